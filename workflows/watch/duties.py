"""What the watch does at every tick. Each duty claims rows that have come due; only the winner of a claim acts.

Every duty takes the instant and returns how many rows it handled. A duty may be run by any number of watches at once,
and may be killed at any instruction: a claim and its effects are one transaction.
"""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.db import transaction

from ecase.audit import sequencer
from ecase.audit import services as audit
from ecase.officers.models import Officer, Organisation, Role
from ecase.outbox import relay
from ecase.outbox import services as outbox
from workflows.deadlines import services as deadlines
from workflows.deadlines.models import Deadline
from workflows.motions import acting, follow_up
from workflows.motions.act_json import instant
from workflows.motions.announcements import roles_told
from workflows.motions.models import Motion
from workflows.motions.service_acts import perform_service
from workflows.motions.states import ActType, State

BATCH = 50


@transaction.atomic
def report_missed(now: datetime) -> int:
    """Write down every deadline that has passed, and tell the one who let it pass."""
    missed = deadlines.claim_missed(now, BATCH)
    for deadline in missed:
        _log(deadline, "deadline.missed")
        _tell(deadline, "deadline.missed")
        _refresh(deadline.motion)
    return len(missed)


@transaction.atomic
def remind(now: datetime) -> int:
    """Remind whoever must act, at the fractions of the term that the catalogue gives."""
    due = deadlines.claim_reminders(now, BATCH)
    for deadline in due:
        _tell(deadline, "deadline.reminder")
    return len(due)


def deliver_decisions(now: datetime) -> int:
    """Declare a decision delivered once every message about the motion has been acknowledged."""
    return _each(State.DECIDED, _deliver)


def assign_waiting(now: datetime) -> int:
    """Draw a judge again for motions that found none when they were registered."""
    return _each(State.REGISTERED, lambda motion: follow_up.assign(motion) is not None)


def relay_messages(now: datetime) -> int:
    """Hand waiting outbox messages to the workers."""
    return relay.run_once(now, BATCH)


def sequence_log(now: datetime) -> int:
    """Bring committed audit entries into the tree and sign its head."""
    return sequencer.run_once()


def forget_prepared(now: datetime) -> int:
    """Drop prepared acts that nobody signed in time."""
    return acting.forget_expired(now)


Duty = Callable[[datetime], int]
DUTIES: tuple[Duty, ...] = (
    report_missed,
    remind,
    assign_waiting,
    relay_messages,
    deliver_decisions,
    sequence_log,
    forget_prepared,
)


def _each(state: State, act: Callable[[Motion], bool]) -> int:
    waiting = Motion.objects.filter(state=state).order_by("created_at").values_list("pk", flat=True)[:BATCH]
    return sum(_alone(pk, state, act) for pk in waiting)


@transaction.atomic
def _alone(pk: UUID, state: State, act: Callable[[Motion], bool]) -> bool:
    """Act on one motion if it is free and still in ``state``; another watch may be at it."""
    free = Motion.objects.select_for_update(of=("self",), skip_locked=True).filter(pk=pk, state=state).first()
    return free is not None and act(acting.lock(free))


def _deliver(motion: Motion) -> bool:
    if outbox.pending(str(motion.pk)):
        return False
    recipients = [entry.to for entry in motion.kind_entry.service]
    perform_service(motion, ActType.DELIVERY, {"acknowledged": ["investigator", "prosecutor"], "service": recipients})
    return True


def _log(deadline: Deadline, event: str) -> None:
    audit.append(
        event,
        chain=deadline.motion.case.chain,
        actor=audit.service_actor(),
        subject={"motion": str(deadline.motion_id)},
        data={"term": deadline.term, "role": deadline.role, "due_at": instant(deadline.due_at)},
    )


def _tell(deadline: Deadline, topic: str) -> None:
    motion = deadline.motion
    payload = {
        "motion": str(motion.pk),
        "kind": motion.kind,
        "case": motion.case.number,
        "number": motion.number or "",
        "term": deadline.term,
        "due_at": instant(deadline.due_at),
    }
    for recipient in _responsible(motion, deadline.role):
        outbox.send(topic, key=str(motion.pk), to=recipient, payload=payload, roles=roles_told(recipient))


def _responsible(motion: Motion, role: str) -> list[Officer | Organisation]:
    if role == Role.JUDGE:
        return [motion.judge or motion.court]
    return [motion.prosecution] if role == Role.PROSECUTOR else [motion.author.officer]


def _refresh(motion: Motion) -> None:
    due_at, at_once = deadlines.next_due(motion)
    Motion.objects.filter(pk=motion.pk).update(next_due_at=due_at, due_at_once=at_once)
