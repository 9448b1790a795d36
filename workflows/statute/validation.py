"""Validates a payload against a form: returns every fault, each at its field.

Only what can be signed is accepted: text in NFC without control characters, money as a decimal string, instants as RFC
3339 with an offset, persons by their id. Portal and REST API call this and add no rules.
"""

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from ecase.problems import Problem
from workflows.statute.conditions import all_hold, holds, is_empty
from workflows.statute.schema import Check, Field, Form, Kind, Requirement
from workflows.statute.values import CHECKS, Context

NOTHING = (None, "")


@dataclass(frozen=True)
class _Work:
    """Values that are constant while one form is checked."""

    context: Context
    complete: bool
    at: datetime


def validate(
    form: Form,
    payload: Any,
    *,
    persons: Mapping[str, str],
    prefix: str = "payload",
    complete: bool = True,
    at: datetime | None = None,
) -> list[Problem]:
    """Every fault of ``payload``; an empty list if it can be signed.

    ``persons`` gives the capacity of each person of the case by id. With ``complete=False`` (a draft) missing values
    are not faults; wrong or unknown ones still are. ``at`` is the value of the catalogue's ``now``. Faults name their
    field by a dotted path under ``prefix``, entries of a list by their number from 0.
    """
    if not isinstance(payload, Mapping):  # a client may send any JSON
        return [Problem("type", _("An object is expected here."), prefix)]
    return list(_form(form, payload, prefix, _Work(Context(persons), complete, at or timezone.now())))


def required_attachments(kind: Kind, payload: Mapping[str, Any], at: datetime | None = None) -> list[Requirement]:
    """The documents required by this payload."""
    moment = at or timezone.now()
    return [attachment for attachment in kind.attachments if _is_required(attachment, kind.form, payload, moment)]


def tidy(form: Form, payload: Mapping[str, Any]) -> dict[str, Any]:
    """The payload as typed carefully: NFC, LF line ends, no surrounding spaces, no empty values.

    Only for text typed into a page; signed data and API data are accepted unchanged or refused.
    """
    kept: dict[str, Any] = {}
    for key, value in payload.items():
        field = form.field(key)
        if isinstance(value, str):
            kept[key] = unicodedata.normalize("NFC", value.replace("\r\n", "\n").replace("\r", "\n")).strip()
        elif isinstance(value, list) and field is not None and field.type == "list":
            rows = (tidy(Form(fields=field.fields), row) for row in value if isinstance(row, Mapping))
            kept[key] = [row for row in rows if row]
        else:
            kept[key] = value
    return {key: value for key, value in kept.items() if not is_empty(value)}


def _form(form: Form, payload: Mapping[str, Any], prefix: str, work: _Work) -> Iterator[Problem]:
    known = {field.key for field in form.fields}
    for key in payload:
        if key not in known:
            yield Problem("unknown-field", _("There is no such field in this form."), f"{prefix}.{key}")
    for field in form.fields:
        yield from _field(field, form, payload, f"{prefix}.{field.key}", work)
    for check in form.checks:
        if all_hold(check.when, form, payload, work.at):
            yield from _check(check, payload, prefix, work)


def _field(field: Field, form: Form, payload: Mapping[str, Any], path: str, work: _Work) -> Iterator[Problem]:
    value = payload.get(field.key)
    if is_empty(value):
        if work.complete and _is_required(field, form, payload, work.at):
            yield Problem("required", format_lazy(_("Fill in: {label}."), label=field.label), path)
        elif value not in NOTHING:
            # An empty list, or spaces: empty, and yet not valid for every type.
            yield from CHECKS[field.type](field, value, path, work.context)
        return
    yield from CHECKS[field.type](field, value, path, work.context)
    if field.type == "list" and isinstance(value, list):
        yield from _rows(field, value, path, work)
    if work.complete and isinstance(value, list) and field.minimum is not None and len(value) < field.minimum:
        yield Problem("too-few", format_lazy(_("Give at least {number}."), number=field.minimum), path)


def _is_required(asked: Field | Requirement, form: Form, payload: Mapping[str, Any], at: datetime) -> bool:
    return asked.required or (asked.required_if is not None and holds(asked.required_if, form, payload, at))


def _rows(field: Field, rows: list[Any], path: str, work: _Work) -> Iterator[Problem]:
    inner = Form(fields=field.fields)
    for number, row in enumerate(rows):
        if isinstance(row, Mapping):
            yield from _form(inner, row, f"{path}.{number}", work)
        else:
            yield Problem("type", _("An object is expected here."), f"{path}.{number}")


def _check(check: Check, payload: Mapping[str, Any], prefix: str, work: _Work) -> Iterator[Problem]:
    words = format_lazy("{message}", message=check.message)
    facts = {"article": check.article}
    if check.then_problem:
        yield Problem(check.key, words, f"{prefix}.{check.then_problem}", facts)
    elif work.complete:
        for key in check.then_required:
            if is_empty(payload.get(key)):
                yield Problem(check.key, words, f"{prefix}.{key}", facts)
