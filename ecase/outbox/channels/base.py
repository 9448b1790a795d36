"""What a channel is: the relay, the workers, the reconciliation and the fan-out know channels by this alone."""

from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from django.db.models import Q
from django.utils.functional import Promise

if TYPE_CHECKING:
    from ecase.outbox.models import Message

# What the recipient answered: JSON-ready, kept with the message as the proof that it arrived.
Acknowledgement: TypeAlias = dict[str, Any]


class NotDelivered(Exception):
    """The recipient did not accept the message this time; the text says why."""


class NoSuchChannel(NotDelivered):
    """This installation has no channel of that name."""


class Forbidden(Exception):
    """Messages may not be sent to this address; the text says why."""


class Channel(Protocol):
    """One way in which a message travels. ``name`` is kept with each message and must never change.

    ``proves_receipt`` says whether an acknowledgement shows that the recipient's own system holds the message, so that
    the copies that are owed with it count as received.
    """

    name: str
    proves_receipt: bool

    @property
    def label(self) -> str | Promise:
        """What people call it."""

    def check_address(self, address: str) -> None:
        """Raise :class:`Forbidden` for an address that no subscription may have."""

    def deliver(self, message: "Message", now: datetime) -> Acknowledgement:
        """Deliver the message to ``message.subscription``; what the recipient answered.

        Called by a worker, outside of a transaction; must end within ``ECASE_OUTBOX_LEASE_SECONDS``. A message may come
        more than once, always with the same ``uuid``. Raises :class:`NotDelivered`; the message is then tried again.
        """

    def proof(self) -> Q:
        """Which delivered messages of this channel have the proof that they arrived; all others count as lost."""
