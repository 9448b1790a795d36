"""The state of the receivers of messages, for operators, readiness and administrators."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.db.models import Count, Min, Q
from django.utils import timezone

from ecase.outbox import circuit
from ecase.outbox.models import UNDER_WAY, Message, State, Subscription

REPORTED_AT_ONCE = 1000


@dataclass(frozen=True)
class Receiver:
    """One subscription: its circuit, and its undelivered messages. ``since``: the oldest one under way."""

    subscription: Subscription
    circuit: circuit.Circuit
    under_way: int
    in_flight: int
    given_up: int
    since: datetime | None


@dataclass(frozen=True)
class GivenUp:
    """Messages of one subscription that were given up, and about which no administrator has been notified yet."""

    subscription: Subscription
    messages: int


def receivers(now: datetime | None = None) -> list[Receiver]:
    """Every subscription that is active, or has undelivered messages."""
    now = now or timezone.now()
    counted = {row["subscription"]: row for row in _counted(now)}
    shown = Subscription.objects.filter(Q(active=True) | Q(pk__in=counted)).select_related("organisation")
    found = shown.order_by("organisation__bin", "url")
    return [receiver(subscription, now, counted.get(subscription.pk, NOTHING)) for subscription in found]


NOTHING: dict[str, Any] = {"under_way": 0, "in_flight": 0, "given_up": 0, "since": None}


def receiver(subscription: Subscription, now: datetime, counted: Mapping[str, Any] | None = None) -> Receiver:
    """One subscription, whose messages are counted unless their numbers are given."""
    if counted is None:
        counted = next(iter(_counted(now).filter(subscription=subscription)), NOTHING)
    return Receiver(subscription, circuit.state(subscription, now), **{name: counted[name] for name in NOTHING})


def _counted(now: datetime) -> "models.QuerySet[Message, dict[str, Any]]":
    """The undelivered messages of each subscription."""
    unarrived = Message.objects.exclude(state=State.DELIVERED).order_by()
    under_way = Q(state__in=UNDER_WAY)
    rows: Any = unarrived.values("subscription").annotate(
        under_way=Count("pk", filter=under_way),
        in_flight=Count("pk", filter=under_way & Q(lease_until__gt=now)),
        given_up=Count("pk", filter=Q(state=State.DEAD)),
        since=Min("created_at", filter=under_way),
    )
    return rows


@transaction.atomic
def claim_given_up(now: datetime) -> list[GivenUp]:
    """Messages that were given up since the last call, by subscription; each is returned to one caller only.

    The caller sends the notice in the same transaction: if that fails, the claim is rolled back with it.
    """
    rows = Message.objects.filter(state=State.DEAD, reported_at=None).order_by("id").only("id", "subscription")
    found = list(rows.select_for_update(skip_locked=True)[:REPORTED_AT_ONCE])
    Message.objects.filter(pk__in=[message.pk for message in found]).update(reported_at=now)
    counted = Counter(message.subscription_id for message in found if message.subscription_id)
    named = Subscription.objects.filter(pk__in=counted).select_related("organisation")
    return [GivenUp(subscription, counted[subscription.pk]) for subscription in named]
