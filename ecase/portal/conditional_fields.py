"""Conditional fields of a form: the answers for which a page shows each of them.

The catalogue's own comparison is tried on every answer that the deciding field offers, so the page repeats no rule.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from workflows.statute.conditions import holds
from workflows.statute.schema import FIELD_PREFIX, Condition, Field, Form

# Comparisons that any single member of a list of choices can fulfil.
BY_MEMBER = frozenset({"contains", "present", "absent"})


@dataclass(frozen=True)
class Asked:
    """A field is shown while the input ``by`` posts one of ``answers``; with nothing chosen it posts ``""``."""

    by: str
    answers: tuple[str, ...]

    @property
    def as_json(self) -> str:
        """The answers as a list, for a page's script."""
        return json.dumps(self.answers)


def asked(field: Field, form: Form, prefix: str) -> Asked | None:
    """The answers for which ``field`` of ``form`` is shown; inputs are named under ``prefix``.

    None if the field is always shown: it is unconditional, depends on several answers, or on one with many values.
    """
    condition = field.required_if
    deciding = form.field(condition.field) if condition else None
    if condition is None or deciding is None:
        return None
    value = condition.value
    has_second_field = isinstance(value, Mapping) or (isinstance(value, str) and value.startswith(FIELD_PREFIX))
    if has_second_field or field.required or any(field.key in check.then_required for check in form.checks):
        return None
    offered = _offered(deciding, condition)
    now = timezone.now()
    answers = (posted for posted, given in offered.items() if holds(condition, form, {deciding.key: given}, now))
    return Asked(f"{prefix}.{deciding.key}", tuple(answers)) if offered else None


def _offered(deciding: Field, condition: Condition) -> dict[str, Any]:
    """Every possible answer as posted, and its value; empty if the field has no short list of answers."""
    if deciding.type == "boolean":
        return {"": None, "yes": True, "no": False}
    if deciding.type == "choice":
        return {"": None, **{choice.key: choice.key for choice in deciding.choices}}
    if deciding.type == "choices" and condition.op in BY_MEMBER:
        return {"": None, **{choice.key: [choice.key] for choice in deciding.choices}}
    return {}
