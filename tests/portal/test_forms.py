"""From inputs to payloads and back: nothing is guessed, and what does not fit is left for validation to name."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from django.http import QueryDict

from ecase.portal import forms
from ecase.portal.conditional_fields import Asked, asked
from ecase.problems import Problem
from tests.law import law_of
from workflows.statute.schema import Check, Choice, Condition, Field, FieldType, Form, Kind, Text
from workflows.statute.validation import validate


def text(words: str) -> Text:
    return Text(kk=words, ru=words, en=words)


def field(key: str, type_: FieldType, **options: object) -> Field:
    return Field(article="1", key=key, type=type_, label=text(key), help=text(""), **options)  # type: ignore[arg-type]


CHOICES = (Choice(key="a", label=text("A")), Choice(key="b", label=text("B")))
FORM = Form(
    fields=(
        field("words", "text"),
        field("story", "long_text"),
        field("number", "integer"),
        field("sum", "money"),
        field("day", "date"),
        field("moment", "instant"),
        field("sure", "boolean"),
        field("one", "choice", choices=CHOICES),
        field("some", "choices", choices=CHOICES),
        field("things", "list", fields=(field("name", "text"), field("worth", "money"))),
    )
)


def read(query: str) -> dict[str, object]:
    return forms.read(FORM, QueryDict(query))


def test_every_type_is_read_as_it_is_signed() -> None:
    posted = QueryDict(mutable=True)
    typed = {
        "words": "  сөз ",
        "story": "бір\r\nекі",
        "number": "1 200",
        "sum": "150 000,50",
        "day": "2026-11-21",
        "moment": "2026-11-21T09:30",
        "sure": "no",
        "one": "a",
        "things.0.name": "үй",
        "things.0.worth": "1",
        "things.1.name": "",
    }
    posted.update({f"payload.{key}": value for key, value in typed.items()})
    posted.setlist("payload.some", ["a", "b"])
    assert forms.read(FORM, posted) == {
        "words": "сөз",
        "story": "бір\nекі",
        "number": 1200,
        "sum": "150000.50",
        "day": "2026-11-21",
        "moment": "2026-11-21T04:30:00.000000Z",
        "sure": False,
        "one": "a",
        "some": ["a", "b"],
        "things": [{"name": "үй", "worth": "1"}],
    }


def test_what_does_not_fit_its_type_is_kept_as_typed() -> None:
    assert read("payload.number=many&payload.moment=soon") == {"number": "many", "moment": "soon"}


def test_what_the_form_does_not_ask_for_is_not_read() -> None:
    assert read("payload.stranger=1&words=2&payload.sure=maybe") == {}


def test_a_value_comes_back_as_it_was_typed() -> None:
    payload = {"moment": "2026-11-21T04:30:00Z", "some": ["b"], "things": [{"name": "үй"}]}
    errors = {"payload.things.0.name": [Problem("x", "Wrong.", "payload.things.0.name")]}
    shown = {entry.field.key: entry for entry in forms.inputs(FORM, payload, (), errors)}
    assert shown["moment"].value == "2026-11-21T09:30"
    assert [option.chosen for option in shown["some"].options] == [False, True]
    assert shown["things"].rows[0][0].errors[0].message == "Wrong."
    assert shown["things"].new_row[0].path == "payload.things.__row__.name"


def test_a_wrong_answer_costs_only_itself() -> None:
    problems = [Problem("type", "", "payload.number"), Problem("type", "", "payload.things.0.worth")]
    assert forms.without({"words": "w", "number": "x", "things": [1]}, problems) == {"words": "w"}


# -- fields that are asked for after some answers ---------------------------------------------------------------------


def forms_of(kind: Kind) -> Iterator[Form]:
    yield kind.form
    yield from kind.acts.values()
    yield from (kind.form_for(outcome.output, outcome.key) for outcome in kind.outcomes)
    yield kind.form_for("event")


def inner(form: Form) -> Iterator[Form]:
    """The form, and those of the entries of its lists."""
    yield form
    for field in form.fields:
        if field.type == "list":
            yield from inner(Form(fields=field.fields))


@pytest.mark.parametrize("jurisdiction", ["kz", "demo-ua"])
def test_a_field_is_shown_after_exactly_the_answers_after_which_it_is_missing(jurisdiction: str) -> None:
    entry = law_of(jurisdiction)
    every = [part for kind in entry.kinds.values() for form in forms_of(kind) for part in inner(form)]
    conditional = [(form, field) for form in every for field in form.fields if field.required_if]
    assert conditional
    for form, one in conditional:
        when = asked(one, form, forms.PREFIX)
        assert when, one.key
        deciding = form.field(when.by.removeprefix("payload."))
        assert deciding
        answers = {"", *({"yes", "no"} if deciding.type == "boolean" else {each.key for each in deciding.choices})}
        assert set(when.answers) == {answer for answer in answers if is_missing(form, one, when.by, answer)}, one.key


def is_missing(form: Form, one: Field, by: str, answer: str) -> bool:
    payload = forms.read(form, QueryDict(urlencode({by: answer})))
    return f"payload.{one.key}" in {
        each.field for each in validate(form, payload, persons={}) if each.code == "required"
    }


def test_a_field_that_rests_on_more_than_one_answer_is_shown_always() -> None:
    def with_condition(op: Any, on: str, value: object) -> Asked | None:
        later = field("later", "text", required_if=Condition(field=on, op=op, value=value))
        return asked(later, Form(fields=(*FORM.fields, later)), "payload")

    assert with_condition("eq", "one", "b") == Asked("payload.one", ("b",))
    assert with_condition("ne", "sure", True) == Asked("payload.sure", ("", "no"))
    assert with_condition("contains", "some", "a") == Asked("payload.some", ("a",))
    assert with_condition("eq", "some", ["a", "b"]) is None
    assert with_condition("eq", "one", "field:words") is None
    assert with_condition("gt", "number", 5) is None
    assert with_condition("present", "words", None) is None


def test_a_field_that_a_check_requires_too_is_shown_always() -> None:
    later = field("later", "text", required_if=Condition(field="one", op="eq", value="b"))
    check = Check(key="x", article="1", when=(), message=text("x"), then_required=("later",))
    assert asked(later, Form(fields=(*FORM.fields, later), checks=(check,)), "payload") is None


def test_a_field_of_an_entry_is_asked_for_by_its_own_entry() -> None:
    condition = Condition(field="present", op="eq", value=False)
    row = (field("present", "boolean"), field("reason", "text", required_if=condition))
    (shown,) = forms.inputs(Form(fields=(field("people", "list", fields=row),)), {"people": [{"present": False}]}, ())
    assert shown.rows[0][1].asked == Asked("payload.people.0.present", ("", "no"))
    assert shown.new_row[1].asked == Asked("payload.people.__row__.present", ("", "no"))
