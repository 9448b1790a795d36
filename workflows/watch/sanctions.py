"""Duties for decisions and sanctions: delivery, the warning before the end, what ends by itself, appeals sent up."""

from datetime import datetime

from django.db.models import CharField, Exists, OuterRef
from django.db.models.functions import Cast

from ecase.audit import services as audit
from ecase.instants import format_instant
from ecase.outbox.models import Message
from ecase.outbox.models import State as MessageState
from workflows.motions.acts import appeal, execution
from workflows.motions.engine.service_acts import perform_service
from workflows.motions.models import Motion
from workflows.motions.rules import finality
from workflows.motions.services import served_copies
from workflows.motions.states import IN_FORCE, ActType, AppealState, State
from workflows.watch import faults
from workflows.watch.batch import each, first_of, in_turn, locked
from workflows.watch.notifications import responsible, tell


def deliver_decisions(now: datetime) -> int:
    """Record a decision as delivered once every message about the motion has been acknowledged."""
    key = Cast(OuterRef("pk"), CharField())
    pending = Message.objects.filter(key=key).exclude(state=MessageState.DELIVERED)
    arrived = Motion.objects.filter(~Exists(pending), state=State.DECIDED)

    def deliver(motion: Motion) -> bool:
        return bool(perform_service(motion, ActType.DELIVERY, served_copies.payload_of_delivery(motion)))

    waiting = first_of("deliver_decisions", arrived.order_by("decided_at"), now)
    return each("deliver_decisions", waiting, locked(arrived, deliver))


def warn_of_end(now: datetime) -> int:
    """Before a sanction ends, notify the roles that the catalogue names, so that nobody is held a minute longer."""
    ending = Motion.objects.filter(warn_at__lte=now, ended_at=None, state__in=IN_FORCE)
    return each("warn_of_end", first_of("warn_of_end", ending.order_by("warn_at"), now), locked(ending, warn))


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


def expire_sanctions(now: datetime) -> int:
    """Record, once each, that sanctions have expired (a custody, a temporary freeze, any with an end).

    A warning that is still due, as after downtime, is given first: in the following state it would be lost. A sanction
    whose warning fails ends without it: ``warn_of_end`` has put the warning aside and counted it.
    """
    waiting = Motion.objects.filter(valid_until__lt=now, ended_at=None, state__in=IN_FORCE)

    def expire(motion: Motion) -> bool:
        if not execution.has_run_out(motion, now):
            return False
        if motion.warn_at is not None and not faults.known("warn_of_end", [motion.pk]):
            warn(motion)
        return bool(execution.expire(motion, perform_service))

    return each(
        "expire_sanctions",
        first_of("expire_sanctions", waiting.order_by("valid_until"), now),
        locked(waiting, expire),
    )


def send_up_appeals(now: datetime) -> int:
    """Send appeals to the court above once their materials may be sent, which is checked before any is locked."""
    filed = Motion.objects.filter(appeal_state=AppealState.FILED)
    send_up = locked(
        filed, lambda motion: appeal.is_ripe(motion, now) and bool(appeal.send_up(motion, perform_service))
    )
    keys = in_turn("send_up_appeals", filed, now)
    motions = Motion.objects.in_bulk(keys)
    ripe = [key for key in keys if key in motions and appeal.is_ripe(motions[key], now)]
    return each("send_up_appeals", ripe, send_up)


def close_finished(now: datetime) -> int:
    """Close motions whose decision is final and has nothing left to run or to be carried out.

    A motion that cannot be closed yet is checked again after an act, or the end of a term, that allows it.
    """
    waiting = Motion.objects.filter(close_at__lt=now)

    def close(motion: Motion) -> bool:
        if finality.is_finished(motion, now):
            return bool(execution.close(motion, perform_service))
        Motion.objects.filter(pk=motion.pk).update(close_at=finality.closes_at(motion, now))
        return False

    ordered = first_of("close_finished", waiting.order_by("close_at"), now)
    return each("close_finished", ordered, locked(waiting, close))
