"""Duties for deadlines: recounted, missed, escalated and near ones."""

from datetime import datetime
from uuid import UUID

from ecase.audit import services as audit
from ecase.instants import format_instant
from workflows.deadlines import services as deadlines
from workflows.deadlines.models import Deadline
from workflows.motions.models import Motion
from workflows.watch.batch import row_by_row
from workflows.watch.notifications import SUPERIORS, facts_of, responsible, tell


@row_by_row(lambda _now: deadlines.stale().order_by("due_at"))
def recount(pk: UUID, now: datetime) -> bool:
    """Recount deadlines moved by days off, after a change of the calendar."""
    moved = deadlines.recount(now, only=pk)
    for deadline in moved:
        tell(deadline.motion, "deadline.recomputed", responsible(deadline.motion, deadline.role), facts_of(deadline))
        _refresh(deadline.motion)
    return bool(moved)


@row_by_row(lambda now: Deadline.objects.missed_unclaimed(now).order_by("due_at"))
def report_missed(pk: UUID, now: datetime) -> bool:
    """Record every deadline that has passed, earliest first; notify those who missed it, and apply lapses."""
    missed = deadlines.claim_missed(now, only=pk)
    for deadline in missed:
        _log(deadline, "deadline.missed", {"met_at": format_instant(deadline.met_at)} if deadline.met_at else {})
        tell(deadline.motion, "deadline.missed", responsible(deadline.motion, deadline.role), facts_of(deadline))
        _refresh(deadline.motion)
        if deadline.on_missed == "expire":
            # A measure taken without a sanction lapses with the term, even if a decision came later.
            _log(deadline, "measure.lapsed", {})
            roles = ("investigator", "prosecutor", "judge")
            concerned = [addressee for role in roles for addressee in responsible(deadline.motion, role)]
            tell(deadline.motion, "measure.lapsed", concerned, facts_of(deadline))
    return bool(missed)


@row_by_row(lambda now: Deadline.objects.to_escalate(now).order_by("escalate_at"))
def escalate(pk: UUID, now: datetime) -> bool:
    """Notify the superiors of those who must act, at the instants that the catalogue gives."""
    due = deadlines.claim_escalations(now, only=pk)
    for deadline, superiors in due:
        for superior in superiors:
            _log(deadline, "deadline.escalated", {"to": superior})
            facts = {**facts_of(deadline), "state": deadline.state}
            tell(deadline.motion, "deadline.escalated", SUPERIORS[superior](deadline.motion), facts)
    return bool(due)


@row_by_row(lambda now: Deadline.objects.to_remind(now).order_by("remind_at"))
def remind(pk: UUID, now: datetime) -> bool:
    """Remind those who must act, at the fractions of the term that the catalogue gives."""
    due = deadlines.claim_reminders(now, only=pk)
    for deadline in due:
        tell(deadline.motion, "deadline.reminder", responsible(deadline.motion, deadline.role), facts_of(deadline))
    return bool(due)


def _log(deadline: Deadline, event: str, more: dict[str, str]) -> None:
    audit.append(
        event,
        chain=deadline.motion.chain,
        actor=audit.service_actor(),
        subject={"motion": str(deadline.motion_id)},
        data={"deadline": str(deadline.pk), **facts_of(deadline), **more},
    )


def _refresh(motion: Motion) -> None:
    due_at, at_once = deadlines.next_due(motion)
    Motion.objects.filter(pk=motion.pk).update(next_due_at=due_at, due_at_once=at_once)
