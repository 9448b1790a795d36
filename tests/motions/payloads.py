"""Complete payloads for any form of the catalogue, made from the form itself, so a new kind needs no fixture."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from ecase.cases.models import Case
from tests.factories import PersonFactory
from workflows.statute.conditions import NOW, all_hold, holds
from workflows.statute.schema import Check, Field, Form


def fill(form: Form, case: Case, **given: Any) -> dict[str, Any]:
    """A payload that states every field of ``form``; ``given`` takes precedence, ``None`` leaves a field out.

    Fields that are required only on a condition that does not hold are left out.
    """
    payload = {field.key: value(field, case) for field in form.fields}
    # Instants follow the order of the form, so that an end is after its beginning.
    instants = [field.key for field in form.fields if field.type == "instant"]
    payload.update({key: now_minus(minutes=120 - step) for step, key in enumerate(instants)})
    payload.update(given)
    idle = [field.key for field in form.fields if field.key not in given and _is_idle(field, form, payload)]
    stated = {key: entry for key, entry in payload.items() if entry is not None and key not in idle}
    for check in form.checks:
        _settle(check, form, stated)
    return stated


def _is_idle(field: Field, form: Form, payload: Mapping[str, Any]) -> bool:
    return field.required_if is not None and not holds(field.required_if, form, payload, datetime.now(UTC))


def _settle(check: Check, form: Form, payload: dict[str, Any]) -> None:
    """Add what a check requires: a yes, the lowest allowed number, an instant after now."""
    if not all_hold(check.when, form, payload, datetime.now(UTC)):
        return
    for condition in (condition for condition in check.when if condition.field == check.then_problem):
        if (condition.op, condition.value) in (("ne", True), ("eq", False)):
            payload[condition.field] = True
        elif condition.op == "lt":
            payload[condition.field] = now_minus(days=-1) if condition.value == NOW else condition.value


def value(field: Field, case: Case) -> Any:
    """A value that ``field`` accepts."""
    return _VALUES[field.type](field, case)


def now_minus(**ago: int) -> str:
    """An instant before now, as RFC 3339."""
    return (datetime.now(UTC) - timedelta(**ago)).strftime("%Y-%m-%dT%H:%M:%SZ")


def _text(field: Field, case: Case) -> str:
    return "Тергеу барысында анықталған мән-жайлар"[: field.max_length]


def _long_text(field: Field, case: Case) -> str:
    return ("Күдікті тергеуден жасырынуы мүмкін деп санауға жеткілікті негіздер бар.\n" * 2)[: field.max_length].strip()


def _integer(field: Field, case: Case) -> int:
    return field.minimum or 1


def _person(field: Field, case: Case) -> str:
    capacity = field.capacities[0] if field.capacities else "suspect"
    # Factories give all persons one name, and each the next IIN: the oldest, wherever its row lies.
    found = case.persons.filter(capacity=capacity).order_by("surname", "given_name", "iin")
    person = found.first() or PersonFactory(case=case, capacity=capacity)
    return str(person.pk)


def _list(field: Field, case: Case) -> list[Mapping[str, Any]]:
    return [fill(Form(fields=field.fields), case)]


_VALUES = {
    "text": _text,
    "long_text": _long_text,
    "integer": _integer,
    "money": lambda field, case: f"{max(field.minimum or 0, 500)}.00",
    "date": lambda field, case: "2026-11-20",
    "instant": lambda field, case: now_minus(minutes=120),
    "boolean": lambda field, case: field.required,
    "choice": lambda field, case: next((choice.key for choice in field.choices), None),
    "choices": lambda field, case: [field.choices[0].key],
    "person": _person,
    "persons": lambda field, case: [_person(field, case)],
    "list": _list,
}
