"""Celery tasks of the outbox. A task may run twice, late or never: the database row decides."""

import time

from celery import shared_task
from django.utils import timezone

from ecase.outbox import claims, relay
from ecase.outbox.channels.base import NotDelivered
from ecase.outbox.channels.registry import find_channel
from ecase.outbox.claims import Claim
from ecase.outbox.models import Message, State

# Seconds that a worker continues with one subscription before others get their turn.
TURN_SECONDS = 1.0
SKIPPED = "skipped"


@shared_task(name=relay.TASK)
def deliver_in_turn(message_id: int, number: int) -> int:
    """Deliver a claimed message, then further due messages of its subscription, for a second; returns how many.

    A receiver that answers promptly gets its backlog without one task per message. After the first failure the pauses
    and the circuit breaker apply.
    """
    end, tried = time.monotonic() + TURN_SECONDS, 1
    outcome = deliver(message_id, number)
    while outcome == State.DELIVERED and time.monotonic() < end:
        subscription = Message.objects.values_list("subscription", flat=True).get(pk=message_id)
        assert subscription is not None  # noqa: S101 - what has none is never claimed
        given = next(iter(claims.claim_of(subscription, 1, timezone.now(), wait=True)), None)
        if given is None:
            break
        outcome, tried = deliver(given.message_id, given.number), tried + 1
    return tried


def deliver(message_id: int, number: int) -> str:
    """Try to deliver a claimed message once; returns the message's new state, or ``skipped``."""
    given = Claim(message_id, number)
    message = relay.start(given, timezone.now())
    if message is None:
        return SKIPPED
    try:
        acknowledgement = find_channel(message.channel).deliver(message, timezone.now())
    except NotDelivered as fault:
        relay.fail(given, str(fault), timezone.now())
        return str(State.PENDING)
    relay.finish(given, acknowledgement, timezone.now())
    return str(State.DELIVERED)


@shared_task(name="outbox.relay")
def run_relay() -> int:
    """Claim due messages and hand them to the workers."""
    return relay.run_once()
