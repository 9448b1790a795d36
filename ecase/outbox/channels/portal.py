"""The portal's inbox: a message is delivered once its notice is written, in the transaction that sends it."""

from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ecase.outbox.channels.base import Acknowledgement, Forbidden
from ecase.outbox.channels.registry import register
from ecase.outbox.models import Message

NAME = "portal"
ACKNOWLEDGEMENT: Acknowledgement = {"inbox": True}


class Portal:
    """The only channel without addresses and workers: every post has an inbox."""

    name = NAME
    label = _("inbox of the portal")
    # A notice in the inbox has not been opened yet.
    proves_receipt = False

    def check_address(self, address: str) -> None:
        raise Forbidden("the portal's inbox needs no subscription")

    def deliver(self, message: Message, now: datetime) -> Acknowledgement:
        """The acknowledgement of the notice, which ``ecase.outbox.sending`` writes with the message."""
        return ACKNOWLEDGEMENT

    def proof(self) -> Q:
        return Q(notice__isnull=False)


PORTAL = Portal()
register(PORTAL)
