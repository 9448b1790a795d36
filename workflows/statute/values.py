"""Checks that a value is valid for its field's type. Each check yields every fault it finds."""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from ecase.instants import parse_instant
from ecase.problems import Problem
from workflows.statute.schema import Field

LENGTHS = {"text": 500, "long_text": 20_000}
MOST_ENTRIES = 200
# Larger integers are not the same number in every JSON reader (RFC 8259, section 6).
LARGEST = 2**53 - 1
MONEY = re.compile(r"(0|[1-9][0-9]{0,14})(\.[0-9]{1,2})?")
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2})")
EARLIEST, LATEST = date(1900, 1, 1), date(2199, 12, 31)
# How a moment is written, its bounds, and the sentence for anything else.
MOMENTS = {
    "date": (DATE, EARLIEST, LATEST, _("A date is expected here, such as 2026-03-31.")),
    "instant": (
        INSTANT,
        EARLIEST + timedelta(days=1),
        LATEST - timedelta(days=1),
        _("A date and time with offset is expected here, such as 2026-03-31T09:30:00+05:00."),
    ),
}
# Characters that make text display in another order than it is stored.
REORDERING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@dataclass(frozen=True)
class Context:
    """The persons of the case: their capacity by id."""

    persons: Mapping[str, str]


def _text(field: Field, value: Any, path: str, _context: Context) -> Iterator[Problem]:
    if not isinstance(value, str):
        yield Problem("type", _("A text is expected here."), path)
        return
    limit = field.max_length or LENGTHS[field.type]
    if len(value) > limit:
        yield Problem("too-long", format_lazy(_("At most {number} characters."), number=limit), path)
    allowed = "\n\t" if field.type == "long_text" else ""
    if any(
        character not in allowed and (character in REORDERING or unicodedata.category(character) in ("Cc", "Cs", "Cn"))
        for character in value
    ):
        yield Problem("control-character", _("The text contains characters that cannot be printed."), path)
    elif not unicodedata.is_normalized("NFC", value):
        yield Problem("not-normalised", _("The text must be in Unicode normalisation form C."), path)


def _number(field: Field, value: Any, path: str, _context: Context) -> Iterator[Problem]:
    if field.type == "money":
        fits = isinstance(value, str) and MONEY.fullmatch(value) is not None
        sentence = _("An amount of money is expected here, such as 150000 or 150000.50.")
    else:
        fits = isinstance(value, int) and not isinstance(value, bool) and abs(value) <= LARGEST
        sentence = _("A whole number is expected here.")
    if not fits:
        yield Problem("type", sentence, path)
        return
    number = Decimal(value)
    if field.minimum is not None and number < field.minimum:
        yield Problem("too-small", format_lazy(_("Not less than {number}."), number=field.minimum), path)
    if field.maximum is not None and number > field.maximum:
        yield Problem("too-large", format_lazy(_("Not more than {number}."), number=field.maximum), path)


def _moment(field: Field, value: Any, path: str, _context: Context) -> Iterator[Problem]:
    pattern, earliest, latest, sentence = MOMENTS[field.type]
    day = None
    if isinstance(value, str) and pattern.fullmatch(value):
        with suppress(ValueError):
            day = date.fromisoformat(value) if field.type == "date" else parse_instant(value).date()
    if day is None:
        yield Problem("type", sentence, path)
    elif not earliest <= day <= latest:
        yield Problem("out-of-range", _("This date cannot be right."), path)


def _boolean(_field: Field, value: Any, path: str, _context: Context) -> Iterator[Problem]:
    if not isinstance(value, bool):
        yield Problem("type", _("Yes or no is expected here."), path)


def _choice(field: Field, value: Any, path: str, _context: Context) -> Iterator[Problem]:
    if not isinstance(value, str) or value not in {choice.key for choice in field.choices}:
        yield Problem("choice", _("Choose one of the answers of the list."), path)


def _person(field: Field, value: Any, path: str, context: Context) -> Iterator[Problem]:
    capacity = context.persons.get(value) if isinstance(value, str) else None
    if capacity is None:
        yield Problem("unknown-person", _("There is no such person in this case."), path)
    elif field.capacities and capacity not in field.capacities:
        yield Problem("capacity", _("This person takes part in the case in another capacity."), path)


def _list(field: Field, value: Any, path: str, context: Context) -> Iterator[Problem]:
    """Of a list of choices or persons, every entry passes the check of one, and none is repeated."""
    if not isinstance(value, list):
        yield Problem("type", _("A list is expected here."), path)
        return
    most = field.maximum or MOST_ENTRIES
    if len(value) > most:
        yield Problem("too-many", format_lazy(_("Give at most {number}."), number=most), path)
    check = {"choices": _choice, "persons": _person}.get(field.type)
    if check is None:
        return
    for number, answer in enumerate(value):
        yield from check(field, answer, f"{path}.{number}", context)
        if answer in value[:number]:
            yield Problem("repeated", _("This answer is given twice."), f"{path}.{number}")


CHECKS: dict[str, Callable[[Field, Any, str, Context], Iterator[Problem]]] = {
    "text": _text,
    "long_text": _text,
    "integer": _number,
    "money": _number,
    "date": _moment,
    "instant": _moment,
    "boolean": _boolean,
    "choice": _choice,
    "choices": _list,
    "person": _person,
    "persons": _list,
    "list": _list,
}
