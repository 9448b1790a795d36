"""From inputs to payloads and back: nothing is guessed, and what does not fit is left for validation to name."""

from django.http import QueryDict

from ecase.portal import forms
from ecase.problems import Problem
from workflows.statute.schema import Choice, Field, FieldType, Form, Text


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
        "moment": "2026-11-21T09:30:00+05:00",
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
    shown = {one.field.key: one for one in forms.inputs(FORM, payload, (), errors)}
    assert shown["moment"].value == "2026-11-21T09:30"
    assert [option.chosen for option in shown["some"].options] == [False, True]
    assert shown["things"].rows[0][0].errors[0].message == "Wrong."
    assert shown["things"].new_row[0].path == "payload.things.__row__.name"


def test_a_wrong_answer_costs_only_itself() -> None:
    problems = [Problem("type", "", "payload.number"), Problem("type", "", "payload.things.0.worth")]
    assert forms.without({"words": "w", "number": "x", "things": [1]}, problems) == {"words": "w"}
