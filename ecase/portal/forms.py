"""Forms of the catalogue on a page: converts posted inputs to a payload, and a payload to inputs with their problems.

Inputs are named by the path that problems state, ``payload.items.0.value``, so that an error summary links to them.
"""

import dataclasses
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar

from django.http import QueryDict
from django.utils import timezone

from ecase.cases.models import Person
from ecase.instants import format_instant, parse_instant
from ecase.portal.conditional_fields import Asked, asked
from ecase.problems import Invalid, Problem
from workflows.papers import glyphs
from workflows.statute.schema import Field, Form
from workflows.statute.validation import tidy

Saved = TypeVar("Saved")
PREFIX = "payload"
NEW_ROW = "__row__"
MINUTES = "%Y-%m-%dT%H:%M"
FEW = 7
SPACES = re.compile(r"\s")


@dataclass(frozen=True)
class Option:
    """One answer to a choice."""

    value: str
    label: str
    hint: str
    chosen: bool


class Look(NamedTuple):
    """The template of an input (of ``portal/fields``), its type in HTML, and the keyboard that a phone shows for it."""

    name: str
    html_type: str = "text"
    mode: str = ""


@dataclass(frozen=True)
class Input:
    """A field of the catalogue with its value on the page."""

    field: Field
    path: str
    value: Any
    errors: list[Problem] = dataclasses.field(default_factory=list)
    options: list[Option] = dataclasses.field(default_factory=list)
    rows: list[list["Input"]] = dataclasses.field(default_factory=list)
    new_row: list["Input"] = dataclasses.field(default_factory=list)
    asked: Asked | None = None

    @property
    def look(self) -> Look:
        """How a page shows it."""
        return _LOOKS.get(self.field.type, Look(self.field.type))

    @property
    def is_group(self) -> bool:
        """Whether it is a group of inputs, named by a legend, rather than one input with a label."""
        return self.field.type in ("boolean", "choices", "persons", "list") or self.is_radios

    @property
    def is_radios(self) -> bool:
        return self.field.type in ("choice", "person") and len(self.options) <= FEW

    @property
    def described_by(self) -> str:
        """Ids of the input's hint and error message."""
        hint = [f"{self.path}-hint"] if str(self.field.help) else []
        return " ".join([*hint, f"{self.path}-error"] if self.errors else hint)


# -- reading what was posted ---------------------------------------------------------------------------------------


def read(form: Form, posted: QueryDict) -> dict[str, Any]:
    """The payload in the posted inputs. A value that does not fit its type is kept as typed, for validation."""
    return tidy(form, _read_fields(form.fields, posted, PREFIX))


def _read_fields(fields: Iterable[Field], posted: QueryDict, path: str) -> dict[str, Any]:
    values = {field.key: _READ.get(field.type, _READ["text"])(field, posted, f"{path}.{field.key}") for field in fields}
    return {key: value for key, value in values.items() if value not in (None, "", [])}


def _read_instant(field: Field, posted: QueryDict, path: str) -> Any:
    typed = posted.get(path, "").strip()
    try:
        return format_instant(timezone.make_aware(parse_instant(typed))) if typed else ""
    except (ValueError, OverflowError):
        return typed


def _read_rows(field: Field, posted: QueryDict, path: str) -> Any:
    pattern = re.compile(rf"{re.escape(path)}\.(\d+)\.")
    numbers = sorted({int(match[1]) for name in posted if (match := pattern.match(name))})
    return [_read_fields(field.fields, posted, f"{path}.{number}") for number in numbers]


Reader = Callable[[Field, QueryDict, str], Any]
_READ: dict[str, Reader] = {
    "text": lambda _field, posted, path: posted.get(path, ""),
    "integer": lambda _field, posted, path: (
        int(typed) if re.fullmatch(r"-?[0-9]{1,18}", typed := SPACES.sub("", posted.get(path, ""))) else typed
    ),
    "money": lambda _field, posted, path: SPACES.sub("", posted.get(path, "")).replace(",", "."),
    "instant": _read_instant,
    "boolean": lambda _field, posted, path: {"yes": True, "no": False}.get(posted.get(path, "")),
    "choices": lambda _field, posted, path: posted.getlist(path),
    "persons": lambda _field, posted, path: posted.getlist(path),
    "list": _read_rows,
}


# -- showing a payload ---------------------------------------------------------------------------------------------


def inputs(
    form: Form,
    payload: Any,
    persons: Iterable[Person],
    errors: Mapping[str, list[Problem]] | None = None,
    prefix: str = PREFIX,
) -> list[Input]:
    """The inputs of ``form``, filled with ``payload``, each with its problems; a list has the inputs of its rows."""
    given = payload if isinstance(payload, Mapping) else {}
    people, faults, found = tuple(persons), errors or {}, list[Input]()
    for of in form.fields:
        path, value, inner = f"{prefix}.{of.key}", given.get(of.key), Form(fields=of.fields)
        rows = value if isinstance(value, list) and of.type == "list" else []
        entry = Input(
            field=of,
            path=path,
            value=_local(of, value),
            errors=faults.get(path, []),
            options=_options(of, value, people),
            rows=[inputs(inner, row, people, faults, f"{path}.{number}") for number, row in enumerate(rows)],
            new_row=inputs(inner, {}, people, faults, f"{path}.{NEW_ROW}") if of.type == "list" else [],
            asked=asked(of, form, prefix),
        )
        found.append(entry)
    return found


def unshown(form: Form, payload: Mapping[str, Any]) -> list[tuple[Field, str]]:
    """The fields with characters that the paper cannot show, which it writes as code points (F-F14)."""
    found = ((field, glyphs.unshown(payload.get(field.key))) for field in form.fields)
    return [(field, " ".join(f"{char} (U+{ord(char):04X})" for char in chars)) for field, chars in found if chars]


def _local(of: Field, value: Any) -> Any:
    if value is None:
        return ""
    if of.type != "instant" or not isinstance(value, str):
        return value
    try:
        return timezone.localtime(parse_instant(value)).strftime(MINUTES)
    except ValueError:
        return value


def _options(of: Field, value: Any, persons: Iterable[Person]) -> list[Option]:
    # A posted value may have any shape.
    chosen = {key for key in (value if isinstance(value, list) else [value]) if isinstance(key, str)}
    if of.type in ("choice", "choices"):
        return [Option(choice.key, str(choice.label), choice.article, choice.key in chosen) for choice in of.choices]
    found = []
    for person in persons if of.type in ("person", "persons") else ():
        if not of.capacities or person.capacity in of.capacities:
            born = f"{person.born:%d.%m.%Y}" if person.born else ""
            hint = ", ".join(part for part in (person.get_capacity_display(), born) if part)
            found.append(Option(str(person.pk), person.full_name, hint, str(person.pk) in chosen))
    return found


def save_what_fits(save: Callable[[dict[str, Any]], Saved], payload: dict[str, Any]) -> tuple[Saved, list[Problem]]:
    """Save everything but the invalid fields, and report these: one bad date does not lose the other answers."""
    try:
        return save(payload), []
    except Invalid as refusal:
        return save(without(payload, refusal.problems)), list(refusal.problems)


def without(payload: Mapping[str, Any], problems: Iterable[Problem]) -> dict[str, Any]:
    """The payload without the fields that ``problems`` name: the part of an incomplete form that can be saved."""
    faulty = {problem.field.split(".")[1] for problem in problems if problem.field.startswith(f"{PREFIX}.")}
    return {key: value for key, value in payload.items() if key not in faulty}


_LOOKS = {
    "person": Look("choice"),
    "persons": Look("choices"),
    "date": Look("text", "date"),
    "instant": Look("text", "datetime-local"),
    "money": Look("text", mode="decimal"),
    "integer": Look("text", mode="numeric"),
}
