"""Claims messages of a subscription, and numbers them for its receiver.

The subscription's row is locked while its messages are claimed. Acts do not take that lock: they only insert messages.
The lock makes the number in flight and the positions exact, and blocks nothing else.
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

# Messages of a subscription that may be claimed: due, not leased, and the first of their key. Each row is checked by
# its index; without statistics PostgreSQL might otherwise join the backlog with itself.
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
    """The right to try a message once; ``number`` is the number of the claim."""

    message_id: int
    number: int


def lease_end(now: datetime) -> datetime:
    """When a claim or an attempt that begins now counts as lost."""
    return now + timedelta(seconds=settings.OUTBOX_LEASE_SECONDS)


def wanting(now: datetime, limit: int) -> Counter[UUID]:
    """The subscriptions whose messages are to be claimed, and how many of each: ``limit`` in all.

    Those with the fewest in flight come first, so that a long backlog of one does not delay the others.
    """
    most = settings.WEBHOOK_IN_FLIGHT
    with connection.cursor() as cursor:
        cursor.execute(_WANTING, {"now": now, "limit": most})
        rows = cursor.fetchall()
    busy: Counter[UUID] = Counter(_in_flight(now).values_list("subscription", flat=True) if rows else ())
    places = []
    for pk, due in rows:
        busy[pk] += 1
        places.append((busy[pk], due, pk))
    return Counter(pk for place, _due, pk in sorted(places)[:limit] if place <= most)


def _in_flight(now: datetime) -> Any:
    return Message.objects.filter(state__in=UNDER_WAY, lease_until__gt=now).order_by()


@transaction.atomic
def claim_of(subscription_id: UUID, limit: int, now: datetime, *, wait: bool = False) -> list[Claim]:
    """Claim up to ``limit`` messages of one subscription, as far as its circuit allows, and give each its position.

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
    """Claim the first due messages; those never claimed before get the next positions, in sending order."""
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
