"""Values of a payload in readable form: choices by their label, persons by name, instants in local time."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from ecase.instants import parse_instant
from workflows.motions.models import Motion
from workflows.papers.wording import words
from workflows.statute.schema import Field

INSTANT = "d.m.Y H:i"
DAY = "d.m.Y"


def display(motion: Motion, field: Field, value: Any, language: str = "") -> str:
    """A value in words, in ``language`` or that of the motion. A value of the wrong type is shown unchanged."""
    return _shown(_SHOW, motion, field, value, language or motion.language)


def on_paper(motion: Motion, field: Field, value: Any) -> str:
    """As :func:`display` in the language of the motion, with dates written out as in documents."""
    return _shown(_WRITE, motion, field, value, motion.language)


def table(motion: Motion, field: Field, rows: Sequence[Mapping[str, Any]]) -> tuple[tuple[str, ...], Any]:
    """Header and rows of a list of objects, for a paper."""
    header = tuple(column.label.in_(motion.language) for column in field.fields)
    return header, tuple(tuple(_cell(motion, column, row) for column in field.fields) for row in rows)


def paragraphs(text: str) -> Iterator[str]:
    """The paragraphs of a typed text."""
    return (line.strip() for line in text.splitlines() if line.strip())


def _cell(motion: Motion, column: Field, row: Mapping[str, Any]) -> str:
    value = row.get(column.key)
    return "" if value in (None, "") else on_paper(motion, column, value)


def _shown(ways: Mapping[str, "Way"], motion: Motion, field: Field, value: Any, language: str) -> str:
    with translation.override(language):
        try:
            return ways.get(field.type, _as_text)(motion, field, value)
        except (ValueError, TypeError, InvalidOperation):
            return str(value)


def _as_text(motion: Motion, field: Field, value: Any) -> str:
    return str(value)


def _as_instant(motion: Motion, field: Field, value: str) -> str:
    return date_format(timezone.localtime(parse_instant(value)), INSTANT)


def _as_date(motion: Motion, field: Field, value: str) -> str:
    return date_format(date.fromisoformat(value), DAY)


def _in_words(motion: Motion, field: Field, value: str) -> str:
    return words(motion.language).instant(parse_instant(value))


def _day_in_words(motion: Motion, field: Field, value: str) -> str:
    return words(motion.language).date(date.fromisoformat(value))


def _as_money(motion: Motion, field: Field, value: str) -> str:
    """With grouped thousands: ``2 480 000,00``; the label names the currency."""
    amount = f"{Decimal(value):,.2f}"
    return amount if get_language() == "en" else amount.translate({ord(","): "\N{NO-BREAK SPACE}", ord("."): ","})


def _as_boolean(motion: Motion, field: Field, value: bool) -> str:
    return _("yes") if value else _("no")


def _as_choice(motion: Motion, field: Field, value: str) -> str:
    return str(field.label_of(value) or value)


def _as_choices(motion: Motion, field: Field, value: list[str]) -> str:
    return "\n".join(_as_choice(motion, field, choice) for choice in value)


def _as_person(motion: Motion, field: Field, value: str) -> str:
    names = {str(person.pk): person.full_name for person in motion.case.persons.all()}
    return names.get(value, value)


def _as_persons(motion: Motion, field: Field, value: list[str]) -> str:
    return "\n".join(_as_person(motion, field, person) for person in value)


Way = Callable[[Motion, Field, Any], str]
_SHOW: dict[str, Way] = {
    "instant": _as_instant,
    "date": _as_date,
    "money": _as_money,
    "boolean": _as_boolean,
    "choice": _as_choice,
    "choices": _as_choices,
    "person": _as_person,
    "persons": _as_persons,
}
_WRITE: dict[str, Way] = {**_SHOW, "instant": _in_words, "date": _day_in_words}
