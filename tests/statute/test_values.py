"""Each type of a field takes what is meant by it and names what is not."""

from typing import Any

import pytest

from workflows.statute.schema import Choice, Field, Text
from workflows.statute.values import CHECKS, EARLIEST, LARGEST, LATEST, LENGTHS, MOST_ENTRIES, Context

WORDS = Text(kk="с", ru="с", en="w")
CHOICES = tuple(Choice(key=key, label=WORDS) for key in ("a", "b"))
SUSPECT, OWNER = "11111111-1111-1111-1111-111111111111", "22222222-2222-2222-2222-222222222222"
PERSONS = Context({SUSPECT: "suspect", OWNER: "owner"})


def faults(type_: Any, value: Any, **options: Any) -> list[str]:
    """The codes of what is wrong, with the place if it is inside the value."""
    field = Field(key="f", type=type_, article="1", label=WORDS, help=WORDS, choices=CHOICES, **options)
    found = CHECKS[type_](field, value, "f", PERSONS)
    return [problem.code + problem.field.removeprefix("f") for problem in found]


@pytest.mark.parametrize(
    ("type_", "value"),
    [
        ("text", "Қазақша мәтін"),
        ("text", ""),
        ("long_text", "екі\nжол\tкесте"),
        ("integer", 0),
        ("integer", -LARGEST),
        ("money", "0"),
        ("money", "150000.5"),
        ("money", "999999999999999.99"),
        ("date", EARLIEST.isoformat()),
        ("date", "2028-02-29"),
        ("instant", "2026-03-31T09:30:00+05:00"),
        ("instant", "2026-03-31T09:30:00.123456Z"),
        ("boolean", False),
        ("choice", "a"),
        ("choices", ["b", "a"]),
        ("person", SUSPECT),
        ("persons", [OWNER, SUSPECT]),
        ("list", [{}]),
    ],
)
def test_what_is_meant_is_taken(type_: str, value: Any) -> None:
    assert faults(type_, value) == []


@pytest.mark.parametrize("type_", sorted(CHECKS))
@pytest.mark.parametrize("value", [None, {}, 1.5, b"a"], ids=repr)
def test_what_is_of_another_type_is_named_once(type_: str, value: Any) -> None:
    expected = {"choice": "choice", "person": "unknown-person"}.get(type_, "type")
    assert faults(type_, value) == [expected]


@pytest.mark.parametrize("type_", ["text", "long_text"])
def test_a_text_has_an_end(type_: str) -> None:
    assert faults(type_, "a" * LENGTHS[type_]) == []
    assert faults(type_, "a" * (LENGTHS[type_] + 1)) == ["too-long"]
    assert faults(type_, "abc", max_length=2) == ["too-long"]


@pytest.mark.parametrize("hidden", ["\x00", "\x7f", "\u202e", "\u2069", "\ud800", "\uffff"], ids=ascii)
def test_characters_that_nobody_sees(hidden: str) -> None:
    assert faults("long_text", f"a{hidden}b") == ["control-character"]


def test_lines_are_for_long_texts() -> None:
    assert faults("text", "a\nb") == ["control-character"]


def test_a_letter_is_written_in_one_way() -> None:
    assert faults("text", "и\u0306") == ["not-normalised"]


@pytest.mark.parametrize("value", [True, "1", LARGEST + 1, -LARGEST - 1])
def test_what_is_no_whole_number_of_every_reader(value: Any) -> None:
    assert faults("integer", value) == ["type"]


@pytest.mark.parametrize("value", ["01", "1.", ".5", "1.234", "-1", "1e3", "1 000", "٣", "9" * 16])
def test_what_is_no_amount(value: str) -> None:
    assert faults("money", value) == ["type"]


def test_bounds_are_allowed_themselves() -> None:
    within = {"minimum": 2, "maximum": 4}
    assert [faults("integer", number, **within) for number in (1, 2, 4, 5)] == [["too-small"], [], [], ["too-large"]]
    assert [faults("money", amount, **within) for amount in ("1.99", "2", "4.00", "4.01")] == [
        ["too-small"],
        [],
        [],
        ["too-large"],
    ]


@pytest.mark.parametrize("value", ["2026-02-29", "2026-3-1", "20260301", "2026-03-01T00:00:00Z", " 2026-03-01"])
def test_what_is_no_date(value: str) -> None:
    assert faults("date", value) == ["type"]


@pytest.mark.parametrize("value", ["1899-12-31", "2200-01-01"])
def test_a_date_of_another_age(value: str) -> None:
    assert faults("date", value) == ["out-of-range"]


@pytest.mark.parametrize(
    "value",
    ["2026-03-31", "2026-03-31T09:30:00", "2026-03-31T09:30Z", "2026-03-31 09:30:00Z", "2026-03-31T24:30:00Z"],
)
def test_what_is_no_instant(value: str) -> None:
    assert faults("instant", value) == ["type"]


def test_an_instant_is_within_the_days_that_any_offset_can_show() -> None:
    assert faults("instant", f"{EARLIEST}T12:00:00Z") == ["out-of-range"]
    assert faults("instant", f"{LATEST}T12:00:00Z") == ["out-of-range"]


def test_an_answer_is_of_the_list_and_given_once() -> None:
    assert faults("choice", "c") == ["choice"]
    assert faults("choices", ["a", "c", "a"]) == ["choice.1", "repeated.2"]


def test_a_person_is_of_the_case_and_in_the_capacity_that_is_asked_for() -> None:
    assert faults("person", OWNER, capacities=("suspect",)) == ["capacity"]
    assert faults("person", "33333333-3333-3333-3333-333333333333") == ["unknown-person"]
    assert faults("persons", [SUSPECT, OWNER, SUSPECT], capacities=("suspect",)) == ["capacity.1", "repeated.2"]


@pytest.mark.parametrize("type_", ["choices", "persons", "list"])
def test_a_list_has_an_end(type_: str) -> None:
    entries: list[Any] = [{"n": number} for number in range(MOST_ENTRIES + 1)]
    assert "too-many" in faults(type_, entries)
    assert "too-many" in faults(type_, entries[:3], maximum=2)
    assert "too-many" not in faults(type_, entries[:2], maximum=2)
