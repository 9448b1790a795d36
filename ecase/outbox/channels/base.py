"""The interface of a channel. Relay, workers, reconciliation and fan-out use only this."""

from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from django.db.models import Q
from django.utils.functional import Promise

if TYPE_CHECKING:
    from ecase.outbox.models import Message

# The recipient's answer: JSON-ready, kept with the message as proof of delivery.
Acknowledgement: TypeAlias = dict[str, Any]


class NotDelivered(Exception):
    """The recipient did not accept the message this time; the text states why."""


class NoSuchChannel(NotDelivered):
    """This installation has no channel of this name."""


class Forbidden(Exception):
    """Messages may not be sent to this address; the text states why."""


class Channel(Protocol):
    """A delivery channel. ``name`` is stored with each message and must never change.

    ``proves_receipt`` states whether an acknowledgement shows that the recipient's own system holds the message, so
    that the copies owed with it count as received.
    """

    name: str
    proves_receipt: bool

    @property
    def label(self) -> str | Promise:
        """The channel's name for people."""

    def check_address(self, address: str) -> None:
        """Raise :class:`Forbidden` for an address that no subscription may have."""

    def deliver(self, message: "Message", now: datetime) -> Acknowledgement:
        """Deliver the message to ``message.subscription``; returns the recipient's answer.

        Called by a worker, outside of a transaction; must end within ``ECASE_OUTBOX_LEASE_SECONDS``. A message may be
        delivered more than once, always with the same ``uuid``. Raises :class:`NotDelivered`; the message is then
        retried.
        """

    def proof(self) -> Q:
        """The delivered messages of this channel with proof of delivery; all others count as lost."""
