"""Duties for decisions and sanctions: delivery, the warning before the end, what ends by itself, appeals sent up."""

from datetime import datetime
from uuid import UUID

from django.db.models import CharField, Exists, OuterRef
from django.db.models.functions import Cast

from ecase.audit import services as audit
from ecase.instants import format_instant
from ecase.outbox.models import Message
from ecase.outbox.models import State as MessageState
from workflows.copies import services as copies
from workflows.motions.acts import appeal, execution
from workflows.motions.engine.service_acts import perform_service
from workflows.motions.models import Motion
from workflows.motions.rules import finality
from workflows.motions.states import IN_FORCE, ActType, AppealState, State
from workflows.watch import faults
from workflows.watch.batch import each, in_turn, lock_waiting, motion_by_motion
from workflows.watch.notifications import responsible, tell

UNDELIVERED = Message.objects.filter(key=Cast(OuterRef("pk"), CharField())).exclude(state=MessageState.DELIVERED)


@motion_by_motion(lambda _now: Motion.objects.filter(~Exists(UNDELIVERED), state=State.DECIDED).order_by("decided_at"))
def deliver_decisions(motion: Motion, _now: datetime) -> bool:
    """Record a decision as delivered once every message about the motion has been acknowledged."""
    return bool(perform_service(motion, ActType.DELIVERY, copies.payload_of_delivery(motion)))


@motion_by_motion(
    lambda now: Motion.objects.filter(warn_at__lte=now, ended_at=None, state__in=IN_FORCE).order_by("warn_at")
)
def warn_of_end(motion: Motion, _now: datetime) -> bool:
    """Before a sanction ends, notify the roles that the catalogue names, so that nobody is held a minute longer."""
    return warn(motion)


def warn(motion: Motion) -> bool:
    """Notify the roles that the catalogue names of the sanction's end, once. ``motion`` is locked."""
    roles, until = motion.kind_entry.validity.warn, format_instant(motion.valid_until) if motion.valid_until else ""
    audit.append(
        "sanction.ending",
        chain=motion.chain,
        actor=audit.service_actor(),
        subject={"motion": str(motion.pk)},
        data={"valid_until": until, "told": list(roles)},
    )
    wanted = [addressee for role in roles for addressee in responsible(motion, role)]
    tell(motion, "sanction.ending", wanted, {"valid_until": until})
    motion.warn_at = None
    Motion.objects.filter(pk=motion.pk).update(warn_at=None)
    return True


@motion_by_motion(
    lambda now: Motion.objects.filter(valid_until__lt=now, ended_at=None, state__in=IN_FORCE).order_by("valid_until")
)
def expire_sanctions(motion: Motion, now: datetime) -> bool:
    """Record, once each, that sanctions have expired (a custody, a temporary freeze, any with an end).

    A warning that is still due, as after downtime, is given first: in the following state it would be lost. A sanction
    whose warning fails ends without it: ``warn_of_end`` has put the warning aside and counted it.
    """
    if not execution.has_run_out(motion, now):
        return False
    if motion.warn_at is not None and not faults.known("warn_of_end", [motion.pk]):
        warn(motion)
    return bool(execution.expire(motion, perform_service))


def send_up_appeals(now: datetime) -> int:
    """Send appeals to the court above once their materials may be sent, which is checked before any is locked."""
    filed = Motion.objects.filter(appeal_state=AppealState.FILED)

    def send_up(key: UUID) -> bool:
        motion = lock_waiting(filed, key)
        return motion is not None and appeal.is_ripe(motion, now) and bool(appeal.send_up(motion, perform_service))

    keys = in_turn("send_up_appeals", filed, now)
    motions = Motion.objects.in_bulk(keys)
    ripe = [key for key in keys if key in motions and appeal.is_ripe(motions[key], now)]
    return each("send_up_appeals", ripe, send_up)


@motion_by_motion(lambda now: Motion.objects.filter(close_at__lt=now).order_by("close_at"))
def close_finished(motion: Motion, now: datetime) -> bool:
    """Close motions whose decision is final and has nothing left to run or to be carried out.

    A motion that cannot be closed yet is checked again after an act, or the end of a term, that allows it.
    """
    closing = finality.closes_at(motion, now)
    if closing is not None and (motion.appeal_until is None or now > closing):
        return bool(execution.close(motion, perform_service))
    Motion.objects.filter(pk=motion.pk).update(close_at=closing)
    return False
