"""Writes messages and notices: one statement for all recipients of all events of a transaction."""

import uuid
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils import timezone
from psycopg.types.json import Jsonb

from ecase.outbox.channels import portal
from ecase.outbox.models import Message, State

RECIPIENTS = ("organisation", "officer")

# The ORM cannot word it: messages, one for each subscription, and notices in one round trip. Rows are numbered, since
# the id of a message orders the messages of a key.
_COLUMNS = ", ".join(str(field.column) for field in Message._meta.concrete_fields)
_SEND = f"""
    WITH given AS (
        SELECT * FROM jsonb_to_recordset(%(rows)s) AS line (
            number integer, uuid uuid, topic varchar, key varchar, organisation_id uuid, officer_id uuid,
            roles varchar[], payload jsonb, noticed boolean
        )
    ),
    message AS (
        SELECT number, uuid, topic, key, %(portal)s AS channel, organisation_id, officer_id,
            NULL::uuid AS subscription_id, payload, %(delivered)s AS state, 1 AS attempts,
            %(now)s::timestamptz AS delivered_at, %(acknowledgement)s::jsonb AS acknowledgement
        FROM given WHERE noticed
        UNION ALL
        SELECT number, gen_random_uuid(), topic, key, subscription.channel, organisation_id, officer_id,
            subscription.id, payload, %(pending)s, 0, NULL, NULL
        FROM given JOIN outbox_subscription AS subscription USING (organisation_id)
        WHERE subscription.active AND (subscription.topics = '{{}}' OR topic = ANY (subscription.topics))
    ),
    sent AS (
        INSERT INTO outbox_message (
            uuid, topic, key, channel, organisation_id, officer_id, subscription_id, payload, created_at, state, claims,
            attempts, next_attempt_at, delivered_at, acknowledgement, fault
        )
        SELECT uuid, topic, key, channel, organisation_id, officer_id, subscription_id, payload, %(now)s, state, 0,
            attempts, %(now)s, delivered_at, acknowledgement, ''
        FROM message ORDER BY number, subscription_id NULLS FIRST
        RETURNING {_COLUMNS}
    ),
    noticed AS (
        INSERT INTO outbox_notice (message_id, organisation_id, officer_id, roles, topic, key, payload, created_at)
        SELECT sent.id, sent.organisation_id, sent.officer_id, given.roles, sent.topic, sent.key, sent.payload, %(now)s
        FROM sent JOIN given USING (uuid)
    )
    SELECT {_COLUMNS} FROM sent ORDER BY id
"""  # noqa: S608 - the names of columns are ours


@dataclass(frozen=True)
class Event:
    """What happened to the thing that ``key`` names, and who is informed, each with the roles that are notified.

    ``systems``: further organisations whose subscriptions get the message, without a notice in the inbox.
    """

    topic: str
    key: str
    to: Sequence[tuple[models.Model, Collection[str]]]
    payload: dict[str, Any]
    systems: Collection[models.Model] = ()


def write_messages(events: Sequence[Event]) -> list[Message]:
    """Write the messages and notices of the events, in their order, in the caller's transaction.

    Raises :class:`TypeError` for a recipient that is neither an organisation nor an officer.
    """
    lines = [line for event in events for line in _lines(event)]
    if not lines:
        return []
    given = {
        "rows": Jsonb([{"number": number, **line} for number, line in enumerate(lines)]),
        "now": timezone.now(),
        "portal": portal.NAME,
        "acknowledgement": Jsonb(portal.ACKNOWLEDGEMENT),
        "delivered": State.DELIVERED,
        "pending": State.PENDING,
    }
    return list(Message.objects.raw(_SEND, given))


def _lines(event: Event) -> Iterator[dict[str, Any]]:
    """One line for each recipient; those of ``systems`` who are notified anyway are not named twice."""
    told = {recipient for recipient, _roles in event.to}
    systems = [(body, ()) for body in event.systems if body not in told]
    for recipient, roles in (*event.to, *systems):
        kind = str(recipient._meta.model_name)
        if kind not in RECIPIENTS:
            raise TypeError(f"a message goes to an organisation or an officer, not to {recipient!r}")
        yield {
            "uuid": str(uuid.uuid4()),
            "topic": event.topic,
            "key": event.key,
            "payload": event.payload,
            f"{kind}_id": str(recipient.pk),
            "roles": sorted(roles),
            "noticed": recipient in told,
        }
