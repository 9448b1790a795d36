"""Complete payloads for any form of the catalogue, made from the form itself: a new kind needs no new fixture."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from ecase.cases.models import Case
from tests.factories import PersonFactory
from workflows.statute.schema import Field, Form


def fill(form: Form, case: Case, **given: Any) -> dict[str, Any]:
    """A payload that states every field of ``form``; ``given`` takes precedence, ``None`` leaves a field out."""
    payload = {field.key: value(field, case) for field in form.fields}
    # Instants follow each other in the order of the form: what ends comes after what begins.
    instants = [field.key for field in form.fields if field.type == "instant"]
    payload.update({key: now_minus(minutes=120 - step) for step, key in enumerate(instants)})
    return {key: one for key, one in {**payload, **given}.items() if one is not None}


def value(field: Field, case: Case) -> Any:
    """Something that ``field`` accepts."""
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
    person = case.persons.filter(capacity=capacity).first() or PersonFactory(case=case, capacity=capacity)
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
    "boolean": lambda field, case: True,
    "choice": lambda field, case: field.choices[0].key,
    "choices": lambda field, case: [field.choices[0].key],
    "person": _person,
    "persons": lambda field, case: [_person(field, case)],
    "list": _list,
}
