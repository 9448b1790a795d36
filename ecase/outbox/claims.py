"""Claiming messages of a subscription, and numbering them for its receiver.

The subscription's row is locked while its messages are claimed, and by nothing that an act does: acts only insert
messages. That lock makes the number in flight and the positions exact, and holds nobody else up.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction

from ecase.outbox import circuit
from ecase.outbox.models import UNDER_WAY, Message, Subscription

# What may be claimed of a subscription: due, in nobody's hands, and the first of its key. That is asked of each row by
# its index: a join of the backlog with itself is what PostgreSQL may choose else, before it has counted the rows.
_DUE = """
    FROM outbox_message due
    WHERE due.subscription_id = subscription.id AND due.state = 'pending'
    AND due.next_attempt_at <= %(now)s AND (due.lease_until IS NULL OR due.lease_until <= %(now)s)
    AND due.id = (
        SELECT first.id FROM outbox_message first
        WHERE first.subscription_id = due.subscription_id AND first.key = due.key
        AND first.state IN ('pending', 'leased')
        ORDER BY first.subscription_id, first.key, first.id LIMIT 1
    )
    ORDER BY due.next_attempt_at, due.id LIMIT %(limit)s
"""
_WANTING = f"""
    SELECT subscription.id, waiting.next_attempt_at FROM outbox_subscription subscription
    CROSS JOIN LATERAL (SELECT due.next_attempt_at {_DUE}) waiting
    WHERE subscription.paused_until IS NULL OR subscription.paused_until <= %(now)s ORDER BY 2
"""  # noqa: S608 - a constant of this module
_CANDIDATES = f"""
    SELECT waiting.* FROM outbox_subscription subscription
    CROSS JOIN LATERAL (SELECT due.id, due.position {_DUE}) waiting WHERE subscription.id = %(subscription)s
"""  # noqa: S608 - a constant of this module
_CLAIM = """
    UPDATE outbox_message message
    SET claims = message.claims + 1, lease_until = %(until)s, started_at = NULL, position = numbered.position
    FROM unnest(%(ids)s::bigint[], %(positions)s::bigint[]) AS numbered(id, position)
    WHERE message.id = numbered.id AND message.state = 'pending'
    RETURNING message.id, message.claims
"""


@dataclass(frozen=True)
class Claim:
    """The right to try a message once; ``number`` says which of its claims."""

    message_id: int
    number: int


def lease_end(now: datetime) -> datetime:
    """When a claim, or an attempt, that begins now is taken for lost."""
    return now + timedelta(seconds=settings.OUTBOX_LEASE_SECONDS)


def wanting(now: datetime, limit: int) -> Counter[UUID]:
    """Of which subscriptions messages are to be claimed, and how many: ``limit`` in all.

    Those that have the fewest in flight come first, so that a long backlog of one keeps no other waiting.
    """
    most = settings.WEBHOOK_IN_FLIGHT
    with connection.cursor() as cursor:
        cursor.execute(_WANTING, {"now": now, "limit": most})
        rows = cursor.fetchall()
    busy: Counter[UUID] = _in_flight_by_subscription(now) if rows else Counter()
    places = []
    for pk, due in rows:
        busy[pk] += 1
        places.append((busy[pk], due, pk))
    return Counter(pk for place, _due, pk in sorted(places)[:limit] if place <= most)


def _in_flight_by_subscription(now: datetime) -> Counter[UUID]:
    return Counter(_in_flight(now).values_list("subscription", flat=True))


def _in_flight(now: datetime) -> Any:
    return Message.objects.filter(state__in=UNDER_WAY, lease_until__gt=now).order_by()


@transaction.atomic
def claim_of(subscription_id: UUID, limit: int, now: datetime, *, wait: bool = False) -> list[Claim]:
    """Claim up to ``limit`` messages of one subscription, as far as its circuit lets; each has its position then.

    Without ``wait`` nothing is claimed while another relay or worker claims messages of the same subscription.
    """
    rows = Subscription.objects.select_for_update(no_key=True, skip_locked=not wait)
    subscription = rows.filter(pk=subscription_id).first()
    if subscription is None:
        return []
    in_flight = _in_flight(now).filter(subscription=subscription).count()
    free = min(limit, circuit.room(subscription, in_flight, now))
    return _take(subscription, free, now) if free else []


def _take(subscription: Subscription, limit: int, now: datetime) -> list[Claim]:
    """Claim the first that are due; those that were never claimed before get the next positions, in sending order."""
    with connection.cursor() as cursor:
        cursor.execute(_CANDIDATES, {"subscription": subscription.pk, "now": now, "limit": limit})
        positions: dict[int, int | None] = dict(cursor.fetchall())
        new = sorted(pk for pk, position in positions.items() if position is None)
        positions.update({pk: subscription.last_position + count for count, pk in enumerate(new, 1)})
        given: dict[str, Any] = {"ids": list(positions), "positions": list(positions.values())}
        cursor.execute(_CLAIM, {**given, "until": lease_end(now)})
        rows = sorted(cursor.fetchall())
    if new:
        Subscription.objects.filter(pk=subscription.pk).update(last_position=subscription.last_position + len(new))
    return [Claim(pk, number) for pk, number in rows]
