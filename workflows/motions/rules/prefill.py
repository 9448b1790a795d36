"""Prefilled values: what the service already knows and the catalogue lets it fill in. All of them can be edited."""

from collections.abc import Callable
from typing import Any

from ecase.instants import format_optional_instant
from workflows.motions import signed
from workflows.motions.models import Motion
from workflows.statute.conditions import is_empty

Payload = dict[str, Any]


def of_case(motion: Motion) -> Payload:
    """Values from the register of cases."""
    return _filled(motion, "case.", lambda name: getattr(motion.case, name))


def of_earlier(motion: Motion) -> Payload:
    """Values from the earlier decision that the motion names; empty if it names none."""
    earlier = motion.earlier
    if earlier is None:
        return {}
    signed.require(earlier)
    return _filled(motion, "earlier.", lambda name: format_optional_instant(getattr(earlier, name)))


def with_earlier(motion: Motion, before: Payload) -> Payload:
    """The motion's payload after it names another earlier decision.

    Fields that are empty, or unchanged since ``before`` (:func:`of_earlier` of the former one), take the new values.
    """
    untouched = {key for key, value in before.items() if motion.payload.get(key) == value}
    kept = {key: value for key, value in motion.payload.items() if key not in untouched and not is_empty(value)}
    return {**of_earlier(motion), **kept}


def _filled(motion: Motion, source: str, read: Callable[[str], Any]) -> Payload:
    asked = [field for field in motion.kind_entry.form.fields if field.prefill.startswith(source)]
    known = {field.key: read(field.prefill.removeprefix(source)) for field in asked}
    return {key: value for key, value in known.items() if value}
