"""What the workers do for the outbox. Each task may come twice, late or never: the row decides."""

from celery import shared_task
from django.utils import timezone

from ecase.outbox import relay, webhook
from ecase.outbox.models import State


@shared_task(name=relay.TASK)
def deliver(message_id: int, attempt: int) -> str:
    """Try to deliver a claimed message once; returns the state it left the message in, or ``skipped``."""
    given = relay.Claim(message_id, attempt)
    message = relay.start(given, timezone.now())
    if message is None:
        return "skipped"
    try:
        acknowledgement = webhook.post(message, timezone.now())
    except webhook.NotDelivered as fault:
        relay.fail(given, str(fault), timezone.now())
        return str(State.PENDING)
    relay.finish(given, acknowledgement, timezone.now())
    return str(State.DELIVERED)


@shared_task(name="outbox.relay")
def run_relay() -> int:
    """Claim what is due and hand it to the workers."""
    return relay.run_once()
