"""The relay: claims the messages that are due, hands them to the workers, and records the outcome.

1. A message is claimed if it is due and the first of its key for its subscription: it is leased, and numbered for its
   receiver (``ecase.outbox.claims``). The number of claims is limited by subscription (``ecase.outbox.circuit``) and in
   all, and is lower while tasks wait in the broker.
2. The claim is committed before the hand-over, so a crash loses no message: the lease ends, and a claim that was never
   started costs nothing.
3. A worker starts a claim at most once (:func:`start`): the attempt is counted and the lease begins again. It delivers
   without holding a lock, and finishes (:func:`finish`, :func:`fail`) only if there is no later claim.
4. After a failed attempt, including one whose worker was lost, the message waits for the pause of
   ``ECASE_OUTBOX_RETRY_SECONDS``. After the last pause it is given up: logged, and listed as dead. Dead messages do not
   block later ones.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from celery import current_app
from django.conf import settings
from django.db import transaction
from django.db.models import Count, F, Q
from django.utils import timezone
from kombu.entity import Queue
from kombu.exceptions import OperationalError

from ecase.audit import services as audit
from ecase.outbox import circuit, claims
from ecase.outbox.channels.registry import proof_of_delivery
from ecase.outbox.claims import Claim
from ecase.outbox.models import UNDER_WAY, Message, State
from ecase.retry import pause_after

log = logging.getLogger(__name__)

LIMIT = 100
FAULT_LENGTH = 500
TASK = "outbox.deliver"
LOST = "the worker did not come back from the attempt"


def run_once(now: datetime | None = None, limit: int = LIMIT) -> int:
    """Claim due messages and hand them to the workers; returns how many.

    Fewer than ``limit`` if tasks handed over before still wait in the broker, because workers are missing or too slow.
    If the broker does not accept tasks, the claims are released and the broker's error is raised.
    """
    now = now or timezone.now()
    made = claim(now, limit, _free_places)
    for number, given in enumerate(made):
        try:
            current_app.send_task(TASK, args=[given.message_id, given.number], queue=settings.WEBHOOK_QUEUE)
        except Exception:
            for unsent in made[number:]:
                _unstarted(unsent).update(lease_until=None)
            raise
    return len(made)


def _free_places() -> int:
    """How many more tasks the webhooks' queue may hold."""
    with current_app.connection_or_acquire() as connection:
        try:
            with connection.channel() as channel:
                queue = Queue(settings.WEBHOOK_QUEUE, channel=channel)  # type: ignore[no-untyped-call]
                waiting = queue.queue_declare(passive=True).message_count  # type: ignore[no-untyped-call]
        except connection.channel_errors:
            # The queue does not exist yet, or, with Redis, it is empty.
            waiting = 0
        except connection.connection_errors as fault:
            raise OperationalError(f"the broker does not answer, messages wait: {fault}") from fault
    return max(0, settings.OUTBOX_IN_FLIGHT - waiting)


def claim(now: datetime, limit: int = LIMIT, free: Callable[[], int] | None = None) -> list[Claim]:
    """Lease due messages without handing them over; attempts whose worker was lost are counted first.

    ``free`` returns how many tasks the workers can take; it is called only if something is due.
    """
    _count_lost(now)
    wanted = claims.wanting(now, min(limit, settings.OUTBOX_IN_FLIGHT))
    left = min(sum(wanted.values()), free()) if wanted and free else sum(wanted.values())
    made: list[Claim] = []
    for subscription, number in wanted.items():
        made += claims.claim_of(subscription, min(number, left - len(made)), now) if len(made) < left else []
    return sorted(made, key=lambda given: given.message_id)


def _count_lost(now: datetime) -> None:
    """Count attempts whose worker was lost as failed; the failure is the worker's, not the receiver's."""
    lost = Message.objects.filter(state=State.LEASED, lease_until__lte=now).order_by("lease_until")
    for pk in list(lost.values_list("pk", flat=True)[:LIMIT]):
        with transaction.atomic():
            message = lost.filter(pk=pk).select_for_update(skip_locked=True).first()
            if message:
                _step_down(message, LOST, now)


def _unstarted(given: Claim) -> Any:
    latest = Message.objects.filter(pk=given.message_id, claims=given.number, state=State.PENDING)
    return latest.filter(lease_until__isnull=False, started_at=None)


def _started(given: Claim) -> Any:
    return Message.objects.filter(pk=given.message_id, claims=given.number, started_at__isnull=False)


def start(given: Claim, now: datetime) -> Message | None:
    """The message, if this claim is the latest and has not been started: a duplicate task gets None.

    The attempt is counted, and the lease begins again.
    """
    began = {"state": State.LEASED, "attempts": F("attempts") + 1, "started_at": now}
    if not _unstarted(given).update(**began, lease_until=claims.lease_end(now)):
        return None
    return Message.objects.select_related("subscription").get(pk=given.message_id)


@transaction.atomic
def finish(given: Claim, acknowledgement: dict[str, Any], now: datetime) -> bool:
    """Record that the recipient has acknowledged; false if a later claim has taken over.

    An answer after the end of the lease is accepted unless another attempt may have begun.
    """
    done = {"state": State.DELIVERED, "delivered_at": now, "acknowledgement": acknowledgement, "lease_until": None}
    if not _started(given).filter(state__in=UNDER_WAY).update(**done, fault=""):
        return False
    circuit.note_success(Message.objects.values_list("subscription", flat=True).get(pk=given.message_id))
    return True


@transaction.atomic
def fail(given: Claim, fault: str, now: datetime) -> bool:
    """Record why an attempt failed, and when the next one is due; after the last pause the message is given up."""
    message = _started(given).filter(state=State.LEASED).select_for_update().first()
    if message is None:
        return False
    _step_down(message, fault, now)
    circuit.note_failure(message.subscription_id, now)
    return True


def _step_down(message: Message, fault: str, now: datetime) -> None:
    """One attempt of a locked message has failed: it waits for the next one, or is given up."""
    pauses = settings.OUTBOX_RETRY_SECONDS
    if message.attempts > len(pauses):
        _bury(message, fault)
        return
    due = now + pause_after(message.attempts, pauses)
    waits = {"state": State.PENDING, "next_attempt_at": due, "lease_until": None, "fault": fault[:FAULT_LENGTH]}
    Message.objects.filter(pk=message.pk).update(**waits)


def _bury(message: Message, fault: str) -> None:
    given_up = {"state": State.DEAD, "lease_until": None, "fault": fault[:FAULT_LENGTH], "reported_at": None}
    Message.objects.filter(pk=message.pk).update(**given_up)
    log.error(
        "message %s (%s) was given up after %s attempts: %s", message.uuid, message.topic, message.attempts, fault
    )
    _audit(message, "message.given_up", {"fault": fault[:FAULT_LENGTH], "attempts": message.attempts})


@transaction.atomic
def retry(messages: Any, *, actor: dict[str, Any] | None = None) -> int:
    """Send messages that were given up (a queryset) again, from the first pause; returns how many."""
    revived = list(messages.filter(state=State.DEAD).select_for_update())
    for message in revived:
        Message.objects.filter(pk=message.pk).update(
            state=State.PENDING, attempts=0, next_attempt_at=timezone.now(), started_at=None, lease_until=None
        )
        _audit(message, "message.retried", {}, actor)
    return len(revived)


def _audit(message: Message, event: str, data: dict[str, Any], actor: dict[str, Any] | None = None) -> None:
    subject = {"message": str(message.uuid), "key": message.key, "topic": message.topic}
    audit.append(
        event, chain=f"message:{message.uuid}", actor=actor or audit.service_actor(), subject=subject, data=data
    )


@dataclass(frozen=True)
class Reconciliation:
    """Messages sent against messages acknowledged. ``lost`` were marked delivered without an acknowledgement."""

    sent: int
    acknowledged: int
    under_way: int
    dead: int
    lost: int

    @property
    def difference(self) -> int:
        """Must be zero, every day."""
        return self.sent - self.acknowledged


def reconcile(until: datetime | None = None) -> Reconciliation:
    """Count the messages created before ``until`` (default: all), and check the proof of delivery of each.

    Each channel defines its proof; a message that is marked delivered without one is lost.
    """
    proven, messages = Q(state=State.DELIVERED) & proof_of_delivery(), Message.objects.all()
    if until:
        messages = messages.filter(created_at__lt=until)
    counted = messages.aggregate(
        sent=Count("pk"),
        acknowledged=Count("pk", filter=proven),
        under_way=Count("pk", filter=Q(state__in=UNDER_WAY)),
        dead=Count("pk", filter=Q(state=State.DEAD)),
    )
    lost = counted["sent"] - counted["acknowledged"] - counted["under_way"] - counted["dead"]
    return Reconciliation(**counted, lost=lost)
