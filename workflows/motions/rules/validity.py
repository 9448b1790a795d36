"""How long a sanction holds: from the decision, by the catalogue, until it is extended, lifted or expired."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ecase.instants import parse_optional_instant
from workflows.deadlines import counting
from workflows.motions.models import Motion
from workflows.motions.rules import kind_rules
from workflows.motions.states import State


def end_stated(motion: Motion, payload: Mapping[str, Any], decided_at: datetime | None) -> datetime | None:
    """The end that a decision with this payload, made at ``decided_at``, gives; None if the law names none."""
    rule = motion.kind_entry.validity
    if rule.ends_field:
        return parse_optional_instant(payload.get(rule.ends_field))
    if rule.longest is None or rule.mode in ("none", "until_lifted"):
        return None
    stated = payload.get(rule.starts_field) or motion.payload.get(rule.starts_field)
    start = parse_optional_instant(stated) or decided_at
    if start is None:
        return None
    return counting.add_length(start, rule.longest.amount, rule.longest.unit, kind_rules.jurisdiction(motion))


def prolong(motion: Motion, until: datetime | None) -> None:
    """Extend the sanction to ``until``, and set the warning before that end."""
    motion.valid_until, motion.warn_at, before = until, None, motion.kind_entry.validity.warn_before
    if until and before:
        law = kind_rules.jurisdiction(motion)
        motion.warn_at = counting.subtract_length(until, before.amount, before.unit, law)


def change(motion: Motion, payload: Mapping[str, Any], at: datetime, *, anew: bool) -> None:
    """Apply an appellate ruling to the sanction: a new end, none at all, or the first end of one given only now.

    ``anew``: the ruling puts another outcome in place, whose sanction counts from the ruling. What was lifted in the
    meantime stays so, and its end is not moved: the ruling is on whether the decision was lawful.
    """
    if motion.state == State.LIFTED:
        return
    if not kind_rules.was_granted(motion):
        end(motion, at)
    elif (until := end_stated(motion, payload, at if anew else motion.decided_at)) is not None:
        prolong(motion, until)


def end(motion: Motion, at: datetime) -> None:
    """End the sanction at ``at``."""
    motion.ended_at, motion.warn_at = at, None
