"""The circuit breaker of a subscription: a receiver that does not answer gets no messages for a while.

Its state is in the subscription's row, so that all relays and workers share it.

1. *Closed*: up to ``ECASE_WEBHOOK_IN_FLIGHT`` messages are in flight at once.
2. *Open* after ``ECASE_WEBHOOK_FAILURES`` failures in a row: nothing is claimed until ``paused_until``. No message
   loses an attempt meanwhile.
3. *Half open* from then on: one message is tried. An acknowledgement closes the circuit, a failure opens it for twice
   as long, up to ten minutes.
"""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from ecase.outbox.models import Subscription

LONGEST_PAUSE = timedelta(minutes=10)
# Further doublings exceed the longest pause anyway.
_DOUBLINGS = 16


class Circuit(models.TextChoices):
    """Whether messages of a subscription are claimed."""

    CLOSED = "closed", _("in order")
    OPEN = "open", _("left alone")
    HALF_OPEN = "half-open", _("being tried")


def state(subscription: Subscription, now: datetime) -> Circuit:
    """Whether messages are claimed for the subscription at ``now``."""
    if subscription.paused_until is None:
        return Circuit.CLOSED
    return Circuit.OPEN if subscription.paused_until > now else Circuit.HALF_OPEN


def room(subscription: Subscription, in_flight: int, now: datetime) -> int:
    """How many messages may be claimed in addition to those in flight."""
    allowed: dict[Circuit, int] = {Circuit.CLOSED: settings.WEBHOOK_IN_FLIGHT, Circuit.HALF_OPEN: 1, Circuit.OPEN: 0}
    return max(0, allowed[state(subscription, now)] - in_flight)


def note_success(subscription_id: Any) -> None:
    """The receiver has acknowledged a message: the count of failures is reset."""
    Subscription.objects.filter(pk=subscription_id, failures__gt=0).update(failures=0, paused_until=None)


@transaction.atomic
def note_failure(subscription_id: Any, now: datetime) -> None:
    """The receiver did not acknowledge a message: counts the failure, and opens the circuit at the limit."""
    found = Subscription.objects.select_for_update(no_key=True).get(pk=subscription_id)
    found.failures += 1
    if found.failures >= settings.WEBHOOK_FAILURES:
        doublings = min(found.failures - settings.WEBHOOK_FAILURES, _DOUBLINGS)
        pause = timedelta(seconds=settings.WEBHOOK_PAUSE_SECONDS) * 2**doublings
        found.paused_until = now + min(pause, LONGEST_PAUSE)
    found.save(update_fields=["failures", "paused_until"])
