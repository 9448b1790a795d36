"""Evaluates the comparisons of the catalogue for a payload."""

from calendar import monthrange
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from ecase.instants import parse_instant
from workflows.statute.schema import FIELD_PREFIX, Condition, Field, Form

NOW = "now"


def is_empty(value: Any) -> bool:
    """True for None, an empty text, and a list without content."""
    return value is None or value == [] or (isinstance(value, str) and not value.strip())


def all_hold(conditions: Iterable[Condition], form: Form, payload: Mapping[str, Any], at: datetime) -> bool:
    """Whether every condition holds; ``at`` is what ``now`` means."""
    return all(holds(condition, form, payload, at) for condition in conditions)


def holds(condition: Condition, form: Form, payload: Mapping[str, Any], at: datetime) -> bool:
    """Whether ``condition`` holds. Empty or invalid values satisfy only ``absent``: validation reports their faults."""
    mine = payload.get(condition.field)
    if condition.op in ("absent", "present"):
        return is_empty(mine) == (condition.op == "absent")
    kind = form.field(condition.field)
    left, right = _read(kind, mine), _right(condition.value, kind, form, payload, at)
    if left is None or right is None:
        return False
    try:
        return _OPERATIONS[condition.op](left, right)
    except TypeError:
        return False


def _right(value: Any, kind: Field | None, form: Form, payload: Mapping[str, Any], at: datetime) -> Any:
    if isinstance(value, (tuple, list)):
        return tuple(_read(kind, item) for item in value)
    if value == NOW:
        return at
    if isinstance(value, Mapping):
        return _later(_right(f"{FIELD_PREFIX}{value['field']}", kind, form, payload, at), value)
    if isinstance(value, str) and value.startswith(FIELD_PREFIX):
        other = value.removeprefix(FIELD_PREFIX)
        return _read(form.field(other), payload.get(other))
    return _read(kind, value)


def _later(moment: Any, length: Mapping[str, Any]) -> datetime | date | None:
    """A length after ``moment``: hours, days of 24 hours, or months to the same date (or the last day of the month).

    ``None`` after the last supported year and for a value that is no date: validation reports the field itself.
    """
    if not isinstance(moment, date):
        return None
    unit, amount = length["unit"], length["amount"]
    try:
        if unit != "months":
            return moment + timedelta(**{unit: amount})
        year, month = divmod(moment.year * 12 + moment.month - 1 + amount, 12)
        return moment.replace(year=year, month=month + 1, day=min(moment.day, monthrange(year, month + 1)[1]))
    except (OverflowError, ValueError):
        return None


def _read(kind: Field | None, value: Any) -> Any:
    """The value in a comparable form; ``None`` if it is empty or not of its type.

    An unanswered yes-or-no counts as no.
    """
    if is_empty(value):
        return False if kind is not None and kind.type == "boolean" else None
    reader = _READERS.get(kind.type) if kind else None
    try:
        return reader(value) if reader else value
    except (ValueError, TypeError, InvalidOperation):
        return None


_READERS: dict[str, Callable[[Any], Any]] = {
    "integer": Decimal,
    "money": Decimal,
    "date": date.fromisoformat,
    "instant": lambda value: moment if (moment := parse_instant(value)).tzinfo else None,
}
_OPERATIONS: dict[str, Callable[[Any, Any], bool]] = {
    "eq": lambda left, right: bool(left == right),
    "ne": lambda left, right: bool(left != right),
    "in": lambda left, right: left in right,
    "not_in": lambda left, right: left not in right,
    "contains": lambda left, right: right in left,
    "lt": lambda left, right: bool(left < right),
    "le": lambda left, right: bool(left <= right),
    "gt": lambda left, right: bool(left > right),
    "later_than": lambda left, right: bool(left > right),
    "ge": lambda left, right: bool(left >= right),
}
