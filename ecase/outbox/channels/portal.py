"""The portal's inbox: a message is delivered once its notice is written, in the transaction that sends it."""

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ecase.outbox.channels.base import Acknowledgement, Forbidden
from ecase.outbox.channels.registry import register
from ecase.outbox.models import Message, Notice

NAME = "portal"


class Portal:
    """The only channel without addresses and workers: every post has an inbox."""

    name = NAME
    label = _("inbox of the portal")
    # A notice in the inbox has not been opened yet.
    proves_receipt = False

    def check_address(self, address: str) -> None:
        raise Forbidden("the portal's inbox needs no subscription")

    def deliver(self, message: Message, now: datetime) -> Acknowledgement:
        """The acknowledgement of the notice, which :func:`write_notices` writes in the same transaction."""
        return {"inbox": True}

    def proof(self) -> Q:
        return Q(notice__isnull=False)


def write_notices(messages: Sequence[tuple[Message, Collection[str]]]) -> None:
    """Write the notices of stored messages, each for the roles that are notified, in one statement."""
    Notice.objects.bulk_create(
        Notice(
            message=message,
            roles=sorted(roles),
            organisation_id=message.organisation_id,
            officer_id=message.officer_id,
            topic=message.topic,
            key=message.key,
            payload=message.payload,
            created_at=message.created_at,
        )
        for message, roles in messages
    )


PORTAL = Portal()
register(PORTAL)
