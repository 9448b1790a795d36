"""Values of a payload in readable form: choices by their label, persons by name, instants in local time."""

from collections.abc import Callable, Mapping, Sequence
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


def display(motion: Motion, field: Field, value: Any, language: str = "", *, on_paper: bool = False) -> str:
    """A value in words, in ``language`` or that of the motion; ``on_paper`` with dates written out as in documents.

    A value of the wrong type is shown unchanged.
    """
    ways = _WRITE if on_paper else _SHOW
    with translation.override(language or motion.language):
        try:
            return ways[field.type](motion, field, value) if field.type in ways else str(value)
        except (ValueError, TypeError, InvalidOperation):
            return str(value)


def table(motion: Motion, field: Field, rows: Sequence[Mapping[str, Any]]) -> tuple[tuple[str, ...], Any]:
    """Header and rows of a list of objects, for a paper."""
    header, cells = tuple(column.label.in_(motion.language) for column in field.fields), []
    for row in rows:
        stated = [(column, row.get(column.key)) for column in field.fields]
        shown = [
            "" if value in (None, "") else display(motion, column, value, on_paper=True) for column, value in stated
        ]
        cells.append(tuple(shown))
    return header, tuple(cells)


def _money(motion: Motion, field: Field, value: str) -> str:
    """With grouped thousands: ``2 480 000,00``; the label names the currency."""
    amount = f"{Decimal(value):,.2f}"
    return amount if get_language() == "en" else amount.translate({ord(","): "\N{NO-BREAK SPACE}", ord("."): ","})


def _person(motion: Motion, field: Field, value: str) -> str:
    names = {str(person.pk): person.full_name for person in motion.case.persons.all()}
    return names.get(value, value)


Way = Callable[[Motion, Field, Any], str]
_SHOW: dict[str, Way] = {
    "instant": lambda motion, field, value: date_format(timezone.localtime(parse_instant(value)), INSTANT),
    "date": lambda motion, field, value: date_format(date.fromisoformat(value), DAY),
    "money": _money,
    "boolean": lambda motion, field, value: _("yes") if value else _("no"),
    "choice": lambda motion, field, value: str(field.label_of(value) or value),
    "choices": lambda motion, field, value: "\n".join(str(field.label_of(choice) or choice) for choice in value),
    "person": _person,
    "persons": lambda motion, field, value: "\n".join(_person(motion, field, person) for person in value),
}
_WRITE: dict[str, Way] = {
    **_SHOW,
    "instant": lambda motion, field, value: words(motion.language).instant(parse_instant(value)),
    "date": lambda motion, field, value: words(motion.language).date(date.fromisoformat(value)),
}
