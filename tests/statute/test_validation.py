"""What a payload must be to be signed, and that every fault is named at its field."""

from datetime import UTC, datetime
from typing import Any, get_args

import pytest
from jsonschema import Draft202012Validator

from workflows.statute.json_schema import schema_of
from workflows.statute.schema import Catalogue, Choice, Condition, Field, FieldType, Form, Text
from workflows.statute.validation import required_attachments, tidy, validate

NOW = datetime(2026, 11, 21, 6, tzinfo=UTC)
SUSPECT, VICTIM = "2f0c7c1e-0000-4000-8000-000000000001", "2f0c7c1e-0000-4000-8000-000000000002"
PERSONS = {SUSPECT: "suspect", VICTIM: "victim"}
SHORT = {"penalty": "up_to_five_years"}
WORDS = Text(kk="белгі", ru="знак", en="label")


def field(kind: FieldType, **more: Any) -> Field:
    return Field(key="it", type=kind, label=WORDS, help=WORDS, article="1", **more)


def codes(form: Form, payload: Any, **more: Any) -> dict[str, str]:
    found = validate(form, payload, persons=PERSONS, at=NOW, **more)
    assert len({(problem.field, problem.code) for problem in found}) == len(found)
    return {problem.field: problem.code for problem in found}


def custody(**changes: Any) -> dict[str, Any]:
    """A complete custody motion, with changes; None takes a field away."""
    payload = {
        "suspect": SUSPECT,
        "qualification": "ҚК 188-бап 3-бөлік",
        "penalty": "over_five_years",
        "offence": "2026 жылғы 20 қарашада...",
        "held": "detained",
        "detained_at": "2026-11-20T14:05:00+05:00",
        "detention_term": "h48",
        "grounds": ["abscond", "obstruct"],
        "circumstances": "Бұрын сотталған.",
        "reasons": "Жасырынып жүрген.",
        "milder_impossible": "Тұрақты мекенжайы жоқ.",
        **changes,
    }
    return {key: value for key, value in payload.items() if value is not None}


@pytest.mark.parametrize(
    ("kind", "more", "good", "bad"),
    [
        ("text", {"max_length": 5}, ["сөз", "a" * 5], {6: "type", "a" * 6: "too-long", "a\nb": "control-character"}),
        ("text", {}, ["é"], {"e\u0301": "not-normalised", "a\u202eb": "control-character"}),
        ("text", {}, ["-"], {"\x00": "control-character", "\ufdd0": "control-character"}),
        ("long_text", {}, ["a\n\tb"], {"a\rb": "control-character", "\ud800": "control-character"}),
        ("integer", {"minimum": 1, "maximum": 9}, [1, 9], {0: "too-small", 10: "too-large", "1": "type", 1.0: "type"}),
        ("integer", {}, [-5], {True: "type", 2**53: "type"}),
        ("money", {"minimum": 1}, ["1", "150000.50"], {"0.50": "too-small", "1,5": "type", "01": "type", 5: "type"}),
        ("date", {}, ["2026-02-28"], {"2026-02-30": "type", "20260228": "type", "0001-01-01": "out-of-range"}),
        ("instant", {}, ["2026-11-20T14:05:00+05:00", "2026-11-20T09:05:00.5Z"],
         {"2026-11-20T14:05:00": "type", "2026-11-20 14:05:00Z": "type", "2026-11-20T25:00:00Z": "type"}),
        ("boolean", {}, [True, False], {"true": "type", 1: "type"}),
        ("person", {"capacities": ("suspect",)}, [SUSPECT], {VICTIM: "capacity", "x": "unknown-person"}),
        ("choice", {"choices": (Choice(key="a", label=WORDS),)}, ["a"], {"b": "choice", 1: "choice"}),
    ],
)  # fmt: skip
def test_types(kind: FieldType, more: dict[str, Any], good: list[Any], bad: dict[Any, str]) -> None:
    form = Form(fields=(field(kind, **more),))
    for value in good:
        assert codes(form, {"it": value}) == {}, value
    for value, code in bad.items():
        assert codes(form, {"it": value}) == {"payload.it": code}, value


EMPTY_OF_ITS_TYPE: dict[FieldType, list[Any]] = {
    "text": [" "],
    "long_text": [" \n"],
    "choices": [[]],
    "persons": [[]],
    "list": [[]],
}


@pytest.mark.parametrize("kind", get_args(FieldType))
def test_what_is_empty_is_empty_of_its_type(kind: FieldType) -> None:
    form = Form(fields=(field(kind, required=False),))
    for value in (None, "", *EMPTY_OF_ITS_TYPE.get(kind, [])):
        assert codes(form, {"it": value}) == {}, value
    for value in ([], " ", " \n"):
        if value not in EMPTY_OF_ITS_TYPE.get(kind, []) and (kind, value) != ("long_text", " "):
            assert set(codes(form, {"it": value})) == {"payload.it"}, value


def test_an_instant_at_the_end_of_time_is_a_fault_like_any_other(kz: Catalogue) -> None:
    form = kz.kinds["custody"].form_for("protocol", "sanctioned")
    keys = [field.key for field in form.fields if field.type == "instant"]
    for end in ("9999-12-31T23:59:59-14:00", "9998-12-31T00:00:00Z"):
        assert codes(form, dict.fromkeys(keys, end), complete=False).keys() >= {f"payload.{key}" for key in keys}


def test_lists_name_the_entry_at_fault(kz: Catalogue) -> None:
    form = Form(fields=(kz.kinds["property_arrest"].form.field("property"),))  # type: ignore[arg-type]
    row = {"name": "Пәтер", "location": "Алтынтау қаласы", "value": "15000000"}
    assert codes(form, {"property": [row]}) == {}
    wrong = [row, {**row, "value": 5, "colour": "red"}, "x"]
    assert codes(form, {"property": wrong}) == {
        "payload.property.1.value": "type",
        "payload.property.1.colour": "unknown-field",
        "payload.property.2": "type",
    }
    assert codes(form, {"property": []}) == {"payload.property": "required"}
    assert codes(form, {"property": [row] * 101}) == {"payload.property": "too-many"}


def test_choices_come_once_each(kz: Catalogue) -> None:
    found = codes(kz.kinds["custody"].form, custody(grounds=["abscond", "abscond", "weather"]))
    assert found == {"payload.grounds.1": "repeated", "payload.grounds.2": "choice"}


def test_a_complete_custody_motion_has_no_fault(kz: Catalogue) -> None:
    assert codes(kz.kinds["custody"].form, custody()) == {}


def test_everything_missing_is_named_at_once_and_in_a_draft_not_at_all(kz: Catalogue) -> None:
    form = kz.kinds["custody"].form
    found = codes(form, {})
    assert set(found) == {f"payload.{field.key}" for field in form.fields if field.required}
    assert set(found.values()) == {"required"}
    assert codes(form, {}, complete=False) == {}


def test_a_draft_may_lack_but_not_be_wrong(kz: Catalogue) -> None:
    found = codes(kz.kinds["custody"].form, {"suspect": VICTIM, "weather": "rain"}, complete=False, prefix="draft")
    assert found == {"draft.suspect": "capacity", "draft.weather": "unknown-field"}


def test_what_is_required_depends_on_other_answers(kz: Catalogue) -> None:
    form = kz.kinds["custody"].form
    assert codes(form, custody(detained_at=None, detention_term=None)) == {
        "payload.detained_at": "required",
        "payload.detention_term": "required",
    }
    assert codes(form, custody(held="at_large", detained_at=None, detention_term=None)) == {}
    assert codes(form, custody(penalty="up_to_five_years")) == {"payload.exception": "required"}
    assert codes(form, custody(exception="  ", penalty="up_to_five_years")) == {"payload.exception": "required"}


def test_checks_across_fields(kz: Catalogue) -> None:
    form = kz.kinds["custody"].form
    late = custody(detained_at="2026-11-22T00:00:00+05:00")
    assert codes(form, late) == {"payload.detained_at": "detained-in-the-future"}
    assert codes(form, custody(held="at_large")) == {"payload.detained_at": "detained-though-at-large"}


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"minor": True}, {"gravity": "required"}),
        ({"minor": True, "gravity": "minor"}, {"gravity": "minor-not-grave"}),
        ({"minor": True, "gravity": "grave", "detention_term": "h24"}, {}),
        ({"detention_term": "h24"}, {"detention_term": "day-term-not-minor"}),
        ({"detention_term": "h72"}, {"h72_case": "required"}),
        ({"detention_term": "h72", "h72_case": "terrorist"}, {}),
        ({"economic": True}, {"economic_exception": "required"}),
        ({"economic": True, "economic_exception": "item_5"}, {}),
        (
            {"penalty": "up_to_five_years", "exception": "a", "residence_only": True},
            {"residence_only": "residence-alone"},
        ),
    ],
)
def test_the_entry_conditions_of_custody(kz: Catalogue, changes: dict[str, Any], found: dict[str, str]) -> None:
    expected = {f"payload.{key}": code for key, code in found.items()}
    assert codes(kz.kinds["custody"].form, custody(**changes)) == expected


@pytest.mark.parametrize(
    ("gravity", "mci", "halved", "code"),
    [
        ("minor", 29, False, "bail-below-band"),
        ("minor", 30, False, None),
        ("minor", 15, True, None),
        ("minor", 121, False, "bail-above-band"),
        ("medium_negligent", 120, False, None),
        ("medium_negligent", 59, True, "bail-below-half"),
        ("medium_intentional", 351, False, "bail-above-band"),
        ("grave", 349, False, "bail-below-band"),
        ("grave", 175, True, None),
        ("especially_grave", 499, False, "bail-below-band"),
        ("especially_grave", 5000, False, None),
    ],
)
def test_bail_keeps_to_its_band(kz: Catalogue, gravity: str, mci: int, halved: bool, code: str | None) -> None:
    stated = {"bail_gravity": gravity, "bail_mci": mci, **({"bail_halved": True} if halved else {})}
    found = codes(kz.kinds["bail"].form, stated, complete=False)
    assert found == ({"payload.bail_mci": code} if code else {})


@pytest.mark.parametrize(
    ("step", "minor", "ends", "code"),
    [
        ("three_months", False, "2027-02-20T14:05:00+05:00", None),
        ("three_months", False, "2027-02-20T14:06:00+05:00", "total-too-long"),
        ("eighteen_months", False, "2028-05-20T14:05:00+05:00", None),
        ("eighteen_months", False, "2028-05-20T14:06:00+05:00", "total-too-long"),
        ("nine_months", True, "2027-05-20T14:06:00+05:00", "minor-too-long"),
        ("file_reading", False, "2028-12-01T00:00:00+05:00", None),
        ("three_months", False, "2027-01-01T00:00:00+05:00", "not-an-extension"),
    ],
)
def test_the_whole_term_is_counted_from_detention(
    kz: Catalogue, step: str, minor: bool, ends: str, code: str | None
) -> None:
    times = {"detained_at": "2026-11-20T14:05:00+05:00", "current_term_ends": "2027-01-20T14:05:00+05:00"}
    stated = {**times, "step": step, "minor": minor, "term_ends": ends}
    found = codes(kz.kinds["custody_extension"].form, stated, complete=False)
    assert found == ({"payload.term_ends": code} if code else {})


def test_what_was_done_without_a_sanction_is_told_with_its_time_and_reasons(kz: Catalogue) -> None:
    form = kz.kinds["search"].form
    assert set(codes(form, {"urgent": True})) >= {"payload.done_at", "payload.urgency_reasons", "payload.result"}
    assert "payload.done_at" not in codes(form, {})
    done = {"done_at": "2026-11-20T14:05:00+05:00"}
    assert codes(form, done, complete=False) == {"payload.done_at": "done-though-not-urgent"}


@pytest.mark.parametrize(
    ("outcome", "ends", "code"),
    [
        ("sanctioned", "2027-01-20T14:05:00+05:00", None),
        ("sanctioned", "2027-01-20T14:06:00+05:00", "term-too-long"),
        ("sanctioned", "2026-11-20T14:05:00+05:00", "term-ends-before-it-begins"),
        ("sanctioned_ten_days", "2026-11-30T14:05:00+05:00", None),
        ("sanctioned_ten_days", "2026-11-30T14:06:00+05:00", "term-too-long"),
    ],
)
def test_the_term_of_a_custody_ruling(kz: Catalogue, outcome: str, ends: str, code: str | None) -> None:
    form = kz.kinds["custody"].form_for("protocol", outcome)
    terms = {"term_starts": "2026-11-20T14:05:00+05:00", "term_ends": ends}
    assert codes(form, terms, complete=False) == ({"payload.term_ends": code} if code else {})


def test_a_hearing_in_court_has_a_place(kz: Catalogue) -> None:
    form = kz.kinds["custody"].form_for("protocol", "refused")
    times = {"held_at": "2026-11-21T10:00:00+05:00", "announced_at": "2026-11-21T10:40:00+05:00"}
    held = {**times, "attendees": "Прокурор, күдікті, қорғаушы", "reasons": "Негіз жоқ."}
    assert codes(form, {**held, "hearing_form": "videolink"}) == {}
    assert codes(form, {**held, "hearing_form": "in_court"}) == {"payload.place": "required"}


def test_a_payload_that_is_no_object_is_one_fault(kz: Catalogue) -> None:
    assert codes(kz.kinds["search"].form, ["x"]) == {"payload": "type"}


def test_the_protocol_of_detention_is_needed_only_of_the_detained(kz: Catalogue) -> None:
    kind = kz.kinds["custody"]
    assert [requirement.key for requirement in required_attachments(kind, custody(), NOW)] == [
        "materials",
        "detention_protocol",
    ]
    assert [requirement.key for requirement in required_attachments(kind, custody(held="at_large"), NOW)] == [
        "materials"
    ]


def test_tidy_types_as_a_careful_typist(kz: Catalogue) -> None:
    typed = {"offence": " a\r\nb\u0065\u0301 ", "objects": [{"name": " x "}, {"name": ""}], "place": "  ", "odd": "1"}
    tidied = tidy(kz.kinds["search"].form, typed)
    assert tidied == {"offence": "a\nbé", "objects": [{"name": "x"}], "odd": "1"}


def test_conditions_with_wrong_values_hold_nothing() -> None:
    form = Form(fields=(field("integer", required_if=Condition(field="other", op="gt", value=3)), other_number()))
    assert codes(form, {"other": "many"}) == {"payload.other": "type"}
    assert codes(form, {"other": 4}) == {"payload.it": "required"}


def other_number() -> Field:
    return Field(key="other", type="integer", label=WORDS, help=WORDS, article="1")


def test_the_json_schema_agrees_on_a_good_and_on_bad_payloads(kz: Catalogue) -> None:
    for kind in kz.kinds.values():
        for form in (kind.form, *(kind.form_for(outcome.output, outcome.key) for outcome in kind.outcomes)):
            Draft202012Validator.check_schema(schema_of(form))
    checker = Draft202012Validator(schema_of(kz.kinds["custody"].form))
    assert checker.is_valid(custody())
    for wrong in (custody(suspect=None), custody(penalty="x"), custody(detained_at=None), custody(weather="rain"), {}):
        assert not checker.is_valid(wrong)
    assert checker.is_valid(custody(held="at_large", detained_at=None, detention_term=None))


def test_every_act_has_a_form(kz: Catalogue) -> None:
    kind = kz.kinds["custody"]
    assert [field.key for field in kind.form_for("refusal").fields] == ["reasons"]
    assert kind.form_for("registration") == Form()
    assert next(asked for asked in kind.attachments if asked.key == "materials").required
    assert kind.term("decide").amount == 8
    for lookup in (kind.outcome, kind.term):
        with pytest.raises(KeyError):
            lookup("nothing")
