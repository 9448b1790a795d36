"""Where an organisation's messages are delivered: its endpoints, which an office manages itself.

Those who lead a body, and the prosecutors of an office, manage its endpoints: messages hold numbers and states of
motions, which all of them may see anyway. Every change is in the audit log.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ecase.audit import services as audit
from ecase.outbox.channels import webhook
from ecase.outbox.channels.base import Forbidden
from ecase.outbox.channels.registry import find_channel
from ecase.outbox.models import Message, State, Subscription, new_secret
from ecase.outbox.services import Reader
from ecase.problems import Conflict, Invalid, NotAllowed, Problem

MANAGERS = frozenset({"head_of_unit", "prosecutor", "court_chair"})
# Active endpoints of one organisation: each gets every message.
MOST = 10
# A message to one endpoint, to see that it arrives.
TEST = "endpoint.test"
# How long messages are signed with the old secret too, so that the receiver can change it without losing any.
OVERLAP = timedelta(hours=24)


class Manager(Reader, Protocol):
    """The part of a post (``officers.Post``) that managing endpoints needs."""

    organisation: Any

    def as_actor(self) -> dict[str, str]: ...


def endpoints_of(post: Manager) -> "models.QuerySet[Subscription]":
    """The active endpoints of the post's body, oldest first. Raises ``NotAllowed`` unless the post manages them."""
    if post.role not in MANAGERS or not post.is_current():
        message = _("The head of a body, the chair of a court and the prosecutors of an office manage its endpoints.")
        raise NotAllowed(Problem("role", message))
    ours = Subscription.objects.filter(organisation=post.organisation_id, channel=webhook.NAME, active=True)
    return ours.order_by("created_at", "id")


@transaction.atomic
def add_endpoint(post: Manager, url: str, topics: Collection[str] = ()) -> Subscription:
    """Post the messages of these topics (none: of all) to ``url``; the returned row holds the secret.

    Raises ``NotAllowed``; ``Invalid`` for an address to which nothing may be posted; ``Conflict`` if it is an endpoint
    already, or if there are too many.
    """
    if endpoints_of(post).count() >= MOST:
        raise Conflict(Problem("too-many-endpoints", _("End an endpoint that is no longer needed first."), "url"))
    try:
        return subscribe(post.organisation, url, topics=topics, actor=post.as_actor())
    except Forbidden as fault:
        message = _("Messages are posted to https addresses on the internet only, or to hosts that the operator names.")
        raise Invalid(Problem("url-not-allowed", message, "url", {"detail": str(fault)})) from fault


@transaction.atomic
def subscribe(
    organisation: models.Model,
    url: str,
    *,
    channel: str = webhook.NAME,
    topics: Collection[str] = (),
    actor: dict[str, Any] | None = None,
) -> Subscription:
    """Deliver an organisation's messages to ``url`` over ``channel`` from now on; the returned row holds the secret.

    An ended subscription begins again with a new secret. Raises :class:`ecase.outbox.channels.base.Forbidden` for an
    address that messages may not be sent to, :class:`ecase.outbox.channels.base.NoSuchChannel`, and ``Conflict`` for a
    subscription that is active: its secret is shown once, and replaced by :func:`rotate_secret`.
    """
    find_channel(channel).check_address(url)
    given = {"active": True, "secret": new_secret(), "previous_until": None, "topics": sorted(topics)}
    named = {"organisation_id": organisation.pk, "channel": channel, "url": url}
    subscription, is_new = Subscription.objects.select_for_update().get_or_create(**named, defaults=given)
    if not is_new and subscription.active:
        raise Conflict(Problem("already-subscribed", _("Messages are delivered to this address already."), "url"))
    if not is_new:
        _change(subscription, **given, failures=0, paused_until=None)
    _log(subscription, "subscription.made", actor)
    return subscription


@transaction.atomic
def unsubscribe(subscription: Subscription, *, actor: dict[str, Any] | None = None) -> None:
    """Send no more messages to this address; messages under way are still delivered."""
    _change(subscription, active=False)
    _log(subscription, "subscription.ended", actor)


@transaction.atomic
def choose_topics(subscription: Subscription, topics: Collection[str], *, actor: dict[str, Any] | None = None) -> None:
    """Deliver messages of these topics only from now on; none: of all topics."""
    _change(subscription, topics=sorted(topics))
    _log(subscription, "subscription.changed", actor, {"topics": sorted(topics)})


@transaction.atomic
def rotate_secret(
    subscription: Subscription, *, now: datetime | None = None, actor: dict[str, Any] | None = None
) -> Subscription:
    """Give the subscription a new secret. For :data:`OVERLAP` its messages are signed with the old one too."""
    until = (now or timezone.now()) + OVERLAP
    _change(subscription, previous_secret=subscription.secret, previous_until=until, secret=new_secret())
    _log(subscription, "subscription.rotated", actor)
    return subscription


def send_test(subscription: Subscription) -> Message:
    """Send a message of the topic :data:`TEST` to this subscription alone, whatever its topics are."""
    return Message.objects.create(
        topic=TEST,
        key=str(subscription.pk),
        channel=subscription.channel,
        organisation_id=subscription.organisation_id,
        subscription=subscription,
        payload={"endpoint": str(subscription.pk)},
        state=State.PENDING,
    )


def last_delivery(subscription_id: UUID) -> Message | None:
    """The message that was delivered to the subscription last; None if there was none."""
    delivered = Message.objects.filter(subscription=subscription_id, state=State.DELIVERED, position__isnull=False)
    return delivered.order_by("-position").first()


def _change(subscription: Subscription, **values: Any) -> None:
    for name, value in values.items():
        setattr(subscription, name, value)
    subscription.save(update_fields=list(values))


def _log(
    subscription: Subscription, event: str, actor: dict[str, Any] | None, more: dict[str, Any] | None = None
) -> None:
    subject = {"subscription": str(subscription.pk), "organisation": str(subscription.organisation_id)}
    data = {"channel": subscription.channel, "url": subscription.url, **(more or {})}
    audit.append(event, chain="system", actor=actor or audit.service_actor(), subject=subject, data=data)
