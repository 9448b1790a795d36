"""Notifies administrators by name of messages that were given up, one notice for each receiver."""

from datetime import datetime

from django.db import transaction

from ecase.officers import posts
from ecase.officers.models import Role
from ecase.outbox import receivers
from ecase.outbox import services as outbox

TOPIC = "message.given_up"


@transaction.atomic
def report_given_up(now: datetime) -> int:
    """Notify every administrator of the messages given up since the last time; returns the number of messages.

    Each administrator gets the notice personally: one to an organisation would leave through its webhook, possibly the
    failing one. It names the receiver and the number of messages, and no motion.
    """
    found = receivers.claim_given_up(now)
    if not found:
        return 0
    held = posts.current().filter(role=Role.ADMINISTRATOR)
    administrators = {post.officer_id: post.officer for post in held}
    for given_up in found:
        subscription = given_up.subscription
        payload = {
            "receiver": subscription.url,
            "organisation": subscription.organisation.bin,
            "messages": given_up.messages,
        }
        outbox.send_all(
            TOPIC,
            key=str(subscription.pk),
            to=[(administrator, ()) for administrator in administrators.values()],
            payload=payload,
        )
    return sum(given_up.messages for given_up in found)
