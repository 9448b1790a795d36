"""Starting, meeting and voiding deadlines, and claiming those that have come due.

Called inside the transaction of the act that causes it. There is no nightly job: ``due_at`` is an indexed instant, and
the caller that claims the row reports it. Recounts after a correction or a calendar change: ``corrections``.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from ecase.instants import parse_instant
from workflows.deadlines import timetable
from workflows.deadlines.corrections import correct_fields, recount, stale
from workflows.deadlines.counting import appeal_until, count, first_of
from workflows.deadlines.models import Deadline, DeadlineQuerySet, State, Voided
from workflows.deadlines.ports import TimedMotion
from workflows.statute.schema import Term

__all__ = [
    "appeal_until",
    "claim_escalations",
    "claim_missed",
    "claim_reminders",
    "correct_fields",
    "meet",
    "next_due",
    "recount",
    "stale",
    "start",
    "void",
]


def start(
    motion: TimedMotion, term: Term, event_at: datetime, payload: Mapping[str, Any], event: str = ""
) -> Deadline | None:
    """Start the deadline that ``term`` sets on an event at ``event_at``; void the one that ran for the same term.

    None if the term does not bind: its conditions do not hold for ``payload`` (the motion's), the choice that sets its
    length is not made, or the law names no figure (mark ``U``). ``event`` says which of ``term.starts_on`` it was, if
    there are several.
    """
    counted = count(motion, term, event_at, payload, event)
    if counted is None:
        return None
    _void(motion, (old for old in timetable.running(motion) if old.term == term.key), event_at, Voided.RESTARTED)
    deadline = Deadline(**counted.facts())
    timetable.add(motion, deadline)
    return deadline


def meet(motion: TimedMotion, act_type: str, at: datetime) -> list[Deadline]:
    """The deadlines that this act meets. One whose end has passed is missed, with the instant of the act."""
    terms = [term.key for term in motion.kind_entry.clocks if act_type in term.met_by]
    met = [deadline for deadline in timetable.open_deadlines(motion) if deadline.term in terms] if terms else []
    for deadline in met:
        deadline.met_at, deadline.remind_at, deadline.escalate_at = at, None, None
        deadline.state = State.MISSED if deadline.late or deadline.state == State.MISSED else State.MET
    timetable.changed(motion, met)
    return met


def void(motion: TimedMotion, at: datetime, terms: Collection[str] | None = None) -> list[UUID]:
    """Void the running deadlines of ``terms`` (all): nothing of them is awaited any more. Returns their ids."""
    ended = [deadline for deadline in timetable.running(motion) if terms is None or deadline.term in terms]
    return _void(motion, ended, at, Voided.ENDED)


def next_due(motion: TimedMotion) -> tuple[datetime | None, bool]:
    """The earliest instant by which an act on the motion is due, or None, and whether that means "at once"."""
    first = min(timetable.running(motion), key=lambda deadline: deadline.due_at, default=None)
    return (first.due_at, first.at_once) if first else (None, False)


def _void(motion: TimedMotion, ended: Iterable[Deadline], at: datetime, because: Voided) -> list[UUID]:
    voided = list(ended)
    for deadline in voided:
        deadline.state, deadline.voided_at, deadline.voided_because = State.VOID, at, because
        deadline.remind_at = deadline.escalate_at = None
    timetable.changed(motion, voided)
    return [deadline.pk for deadline in voided]


def claim_missed(now: datetime, limit: int = 100, only: UUID | None = None) -> list[Deadline]:
    """Claim up to ``limit`` deadlines whose end has passed, earliest first; each is given to one caller only.

    ``only`` names one of them.

    1. Rows that are due are locked together with their motions; rows locked elsewhere are skipped, not waited for, so
       that an act being performed and the watch cannot block each other.
    2. They are marked missed and claimed if they are still unclaimed.
    3. The caller writes the consequences of the miss in the same transaction: if that fails, the claim is undone with
       it.
    """
    with transaction.atomic():
        won = _locked(Deadline.objects.missed_unclaimed(now).order_by("due_at"), limit, only)
        Deadline.objects.filter(pk__in=[deadline.pk for deadline in won], claimed_at__isnull=True).update(
            state=State.MISSED, claimed_at=now, remind_at=None
        )
    for deadline in won:
        deadline.state, deadline.claimed_at, deadline.remind_at = State.MISSED, now, None
    return won


def claim_reminders(now: datetime, limit: int = 100, only: UUID | None = None) -> list[Deadline]:
    """Claim up to ``limit`` deadlines with a reminder due; each reminder goes to one caller only.

    Several missed reminders are given as one.
    """
    with transaction.atomic():
        won = _locked(Deadline.objects.to_remind(now).order_by("remind_at"), limit, only)
        for deadline in won:
            deadline.reminders = [at for at in deadline.reminders if at > now]
            deadline.remind_at = min(deadline.reminders, default=None)
        Deadline.objects.bulk_update(won, ["reminders", "remind_at"])
    return won


def claim_escalations(now: datetime, limit: int = 100, only: UUID | None = None) -> list[tuple[Deadline, list[str]]]:
    """Claim up to ``limit`` deadlines with an escalation due, each with its recipients (no duplicates).

    As :func:`claim_reminders`: each escalation goes to one caller only.
    """
    with transaction.atomic():
        won = _locked(Deadline.objects.to_escalate(now).order_by("escalate_at"), limit, only)
        claimed = []
        for deadline in won:
            come = [step for step in deadline.escalations if parse_instant(step["at"]) <= now]
            deadline.escalations = [step for step in deadline.escalations if step not in come]
            deadline.escalate_at = first_of(deadline.escalations)
            claimed.append((deadline, list(dict.fromkeys(step["to"] for step in come))))
        Deadline.objects.bulk_update(won, ["escalations", "escalate_at"])
    return claimed


def _locked(query: DeadlineQuerySet, limit: int, only: UUID | None) -> list[Deadline]:
    rows = query.filter(pk=only) if only else query
    return list(rows.select_related("motion__case").select_for_update(skip_locked=True, of=("self", "motion"))[:limit])
