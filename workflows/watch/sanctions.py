"""Duties for motions that wait: for a judge, for the arrival of messages, for the warning before the end."""

from datetime import datetime

from django.db.models import CharField, Exists, OuterRef
from django.db.models.functions import Cast

from ecase.audit import services as audit
from ecase.instants import format_instant
from ecase.outbox.models import Message
from ecase.outbox.models import State as MessageState
from workflows.motions.acts import court
from workflows.motions.engine.service_acts import perform_service
from workflows.motions.models import Motion
from workflows.motions.services import served_copies
from workflows.motions.states import IN_FORCE, ActType, State
from workflows.watch.batch import each, first_of, in_turn, locked
from workflows.watch.notifications import responsible, tell


def assign_waiting(now: datetime) -> int:
    """Draw a judge again for motions that got none when they were registered."""
    waiting = Motion.objects.filter(state=State.REGISTERED)
    draw = locked(waiting, lambda motion: court.assign(motion, perform_service) is not None)
    return each("assign_waiting", in_turn("assign_waiting", waiting, now), draw)


def deliver_decisions(now: datetime) -> int:
    """Record a decision as delivered once every message about the motion has been acknowledged."""
    key = Cast(OuterRef("pk"), CharField())
    pending = Message.objects.filter(key=key).exclude(state=MessageState.DELIVERED)
    arrived = Motion.objects.filter(~Exists(pending), state=State.DECIDED)
    waiting = first_of("deliver_decisions", arrived.order_by("decided_at"), now)
    return each("deliver_decisions", waiting, locked(arrived, _deliver))


def warn_of_end(now: datetime) -> int:
    """Before a sanction ends, notify the roles that the catalogue names, so that nobody is held a minute longer."""
    ending = Motion.objects.filter(warn_at__lte=now, ended_at=None, state__in=IN_FORCE)
    return each("warn_of_end", first_of("warn_of_end", ending.order_by("warn_at"), now), locked(ending, warn))


def _deliver(motion: Motion) -> bool:
    perform_service(motion, ActType.DELIVERY, served_copies.payload_of_delivery(motion))
    return True


def warn(motion: Motion) -> bool:
    """Notify the roles that the catalogue names of the sanction's end, once. ``motion`` is locked."""
    told, until = motion.kind_entry.validity.warn, format_instant(motion.valid_until) if motion.valid_until else ""
    audit.append(
        "sanction.ending",
        chain=motion.chain,
        actor=audit.service_actor(),
        subject={"motion": str(motion.pk)},
        data={"valid_until": until, "told": list(told)},
    )
    wanted = [addressee for role in told for addressee in responsible(motion, role)]
    tell(motion, "sanction.ending", wanted, {"valid_until": until})
    motion.warn_at = None
    Motion.objects.filter(pk=motion.pk).update(warn_at=None)
    return True
