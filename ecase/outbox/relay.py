"""The relay: claims what is due, hands it to the workers, and writes down how it went. A row first, a task second.

1. A message that is due and the first of its key for its subscription is claimed: leased, its attempt counted
   (``FOR UPDATE SKIP LOCKED``, so that any number of relays may run).
2. The claim's commit comes before the hand-over. Who dies in between loses nothing: the lease runs out.
3. A worker starts a claim at most once (:func:`start`), posts without holding a lock, and finishes it (:func:`finish`,
   :func:`fail`) only if no later claim has been made meanwhile.
4. After a failure the message waits as the ladder says; after the last rung it is given up, into the log and onto the
   list of the dead. The dead do not hold back what was sent after them.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from celery import current_app
from django.conf import settings
from django.db import connection, transaction
from django.db.models import Count, F, Q
from django.utils import timezone

from ecase.audit import services as audit
from ecase.outbox.models import UNDER_WAY, Channel, Message, State

log = logging.getLogger(__name__)

LIMIT = 100
FAULT_LENGTH = 500
TASK = "outbox.deliver"

_CLAIM = """
    UPDATE outbox_message SET
        state = 'leased', attempts = attempts + 1, lease_until = %(until)s, started_at = NULL
    WHERE id IN (
        SELECT due.id FROM outbox_message due
        WHERE due.channel = 'webhook'
        AND (due.state = 'pending' AND due.next_attempt_at <= %(now)s
             OR due.state = 'leased' AND due.lease_until <= %(now)s)
        AND NOT EXISTS (
            SELECT 1 FROM outbox_message earlier
            WHERE earlier.subscription_id = due.subscription_id AND earlier.key = due.key AND earlier.id < due.id
            AND earlier.state IN ('pending', 'leased')
        )
        ORDER BY due.next_attempt_at, due.id LIMIT %(limit)s
        FOR UPDATE SKIP LOCKED
    )
    RETURNING id, attempts
"""


@dataclass(frozen=True)
class Claim:
    """The right to try a message once."""

    message_id: int
    attempt: int


def run_once(now: datetime | None = None, limit: int = LIMIT) -> int:
    """Claim what is due and hand it to the workers; returns how many messages.

    If the broker does not take them, the claims are given back and the broker's error is raised.
    """
    claims = claim(now or timezone.now(), limit)
    for number, given in enumerate(claims):
        try:
            current_app.send_task(TASK, args=[given.message_id, given.attempt])
        except Exception:
            _give_back(claims[number:])
            raise
    return len(claims)


def claim(now: datetime, limit: int = LIMIT) -> list[Claim]:
    """Lease what is due, without handing it over; whatever has used up its attempts is given up first."""
    _give_up_abandoned(now)
    until = now + timedelta(seconds=settings.OUTBOX_LEASE_SECONDS)
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, {"now": now, "until": until, "limit": limit})
        return [Claim(*row) for row in sorted(cursor.fetchall())]


def _give_back(claims: list[Claim]) -> None:
    for given in claims:
        _held(given).update(state=State.PENDING, attempts=F("attempts") - 1, lease_until=None)


def _give_up_abandoned(now: datetime) -> None:
    """Messages at whose last attempt the worker never came back."""
    abandoned = Message.objects.filter(state=State.LEASED, lease_until__lte=now, attempts__gt=len(ladder()))
    for message in abandoned:
        _bury(message, "the worker did not come back from the last attempt")


def ladder() -> list[int]:
    """Seconds to wait after the first, second, ... failed attempt; after the last the message is given up."""
    return [int(seconds) for seconds in settings.OUTBOX_RETRY_SECONDS]


def _held(given: Claim) -> Any:
    return Message.objects.filter(pk=given.message_id, attempts=given.attempt, state=State.LEASED)


def start(given: Claim, now: datetime) -> Message | None:
    """The message, if this claim is the latest one and nobody has started it: a task that comes twice gets nothing."""
    until = now + timedelta(seconds=settings.OUTBOX_LEASE_SECONDS)
    if not _held(given).filter(started_at=None).update(started_at=now, lease_until=until):
        return None
    return Message.objects.select_related("subscription").get(pk=given.message_id)


def finish(given: Claim, acknowledgement: dict[str, Any], now: datetime) -> bool:
    """Write down that the recipient has acknowledged; false if a later claim has taken over."""
    done = {"state": State.DELIVERED, "delivered_at": now, "acknowledgement": acknowledgement, "lease_until": None}
    return bool(_held(given).update(**done, fault=""))


def fail(given: Claim, fault: str, now: datetime) -> bool:
    """Write down why an attempt failed, and when the next one is due; after the last rung the message is given up."""
    message = _held(given).first()
    if message is None:
        return False
    rungs = ladder()
    if given.attempt > len(rungs):
        return _bury(message, fault)
    due = now + timedelta(seconds=rungs[given.attempt - 1])
    return bool(
        _held(given).update(state=State.PENDING, next_attempt_at=due, lease_until=None, fault=fault[:FAULT_LENGTH])
    )


@transaction.atomic
def _bury(message: Message, fault: str) -> bool:
    buried = _held(Claim(message.pk, message.attempts)).update(
        state=State.DEAD, lease_until=None, fault=fault[:FAULT_LENGTH]
    )
    if buried:
        log.error(
            "message %s (%s) was given up after %s attempts: %s", message.uuid, message.topic, message.attempts, fault
        )
        _audit(message, "message.given_up", {"fault": fault[:FAULT_LENGTH], "attempts": message.attempts})
    return bool(buried)


@transaction.atomic
def retry(messages: Any, *, actor: dict[str, Any] | None = None) -> int:
    """Send messages that were given up (a queryset) on their way again, from the first rung; returns how many."""
    revived = list(messages.filter(state=State.DEAD).select_for_update())
    for message in revived:
        Message.objects.filter(pk=message.pk).update(
            state=State.PENDING, attempts=0, next_attempt_at=timezone.now(), started_at=None
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
    """What was sent against what was acknowledged. ``lost`` were called delivered without an acknowledgement."""

    sent: int
    acknowledged: int
    under_way: int
    dead: int
    lost: int

    @property
    def difference(self) -> int:
        """Must come out at zero, every day."""
        return self.sent - self.acknowledged


def reconcile(until: datetime | None = None) -> Reconciliation:
    """Count the messages created before ``until`` (default: all), and look for each one's proof of arrival.

    A portal message has arrived if its notice is there, a webhook's if a 2xx answer was recorded.
    """
    notified = Q(channel=Channel.PORTAL, notice__isnull=False)
    answered = Q(channel=Channel.WEBHOOK, acknowledgement__status__gte=200, acknowledgement__status__lt=300)
    delivered, messages = Q(state=State.DELIVERED), Message.objects.all()
    if until:
        messages = messages.filter(created_at__lt=until)
    counted = messages.aggregate(
        sent=Count("pk"),
        acknowledged=Count("pk", filter=delivered & (notified | answered)),
        under_way=Count("pk", filter=Q(state__in=UNDER_WAY)),
        dead=Count("pk", filter=Q(state=State.DEAD)),
    )
    lost = counted["sent"] - counted["acknowledged"] - counted["under_way"] - counted["dead"]
    return Reconciliation(**counted, lost=lost)
