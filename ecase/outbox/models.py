"""Messages, notices in the inbox, webhook subscriptions, and the proof of delivery."""

import base64
import secrets
import uuid
from datetime import datetime
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ecase.audit.guards import Fixed, NeverDeleted
from ecase.base import UnnamedModel

SECRET_BYTES = 32
# Maximum length of a channel's name (``ecase.outbox.channels``).
NAME_LENGTH = 30
TOPIC_LENGTH = 60


def new_secret() -> str:
    """A new secret by Standard Webhooks: ``whsec_`` and base64."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


class Subscription(models.Model):
    """Where an organisation's messages are delivered, and over which channel (``ecase.outbox.channels``).

    ``url`` is an address in the form of that channel; ``secret`` is for channels that sign (Standard Webhooks:
    HMAC-SHA256). Until ``previous_until`` messages are signed with ``previous_secret`` too. ``topics``: the topics that
    are delivered; empty: all. ``last_position`` is the last position given to a message of this subscription.
    ``failures`` counts the attempts that failed in a row, ``paused_until`` is when one more is tried
    (``ecase.outbox.circuit``).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(
        "officers.Organisation", models.PROTECT, related_name="subscriptions", verbose_name=_("organisation")
    )
    channel = models.CharField(_("channel"), max_length=NAME_LENGTH, default="webhook")
    url = models.CharField(_("address"), max_length=500)
    secret = models.CharField(max_length=100, default=new_secret)
    previous_secret = models.CharField(max_length=100, blank=True, editable=False)
    previous_until = models.DateTimeField(null=True, editable=False)
    topics = ArrayField(models.CharField(max_length=TOPIC_LENGTH), default=list, verbose_name=_("topics"))
    active = models.BooleanField(_("active"), default=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    last_position = models.PositiveBigIntegerField(default=0, editable=False)
    failures = models.PositiveIntegerField(_("failures in a row"), default=0, editable=False)
    paused_until = models.DateTimeField(_("paused until"), null=True, editable=False)

    class Meta:
        verbose_name = _("webhook subscription")
        verbose_name_plural = _("webhook subscriptions")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "channel", "url"], name="outbox_subscribed_once"),
        ]

    def __str__(self) -> str:
        return self.url

    def secrets_at(self, now: datetime) -> list[str]:
        """The secrets with which messages are signed at ``now``: after a rotation two, for a while."""
        is_valid = self.previous_until is not None and now < self.previous_until
        return [self.secret, self.previous_secret] if is_valid else [self.secret]


class State(models.TextChoices):
    """The state of a message."""

    PENDING = "pending", _("waiting")
    LEASED = "leased", _("being delivered")
    DELIVERED = "delivered", _("delivered")
    DEAD = "dead", _("given up")


UNDER_WAY = (State.PENDING, State.LEASED)


class Message(models.Model):
    """One message to one recipient over one channel, written in the transaction of the event.

    A message without ``subscription`` is a notice of the portal's inbox, delivered when it is written.

    ``id`` orders the messages of a ``key`` (a motion's id). ``claims`` counts the claims and is the fence: only the
    latest claim may start (``started_at``) and finish a delivery, while ``lease_until`` has not passed. ``attempts``
    counts the started attempts since the message was sent, or sent again. ``position`` numbers the messages of one
    subscription in the order in which they were first claimed. ``acknowledgement`` is the recipient's answer;
    ``reported_at`` is when administrators were notified that the message was given up.
    """

    uuid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    topic = models.CharField(_("topic"), max_length=TOPIC_LENGTH)
    key = models.CharField(_("ordering key"), max_length=60)
    channel = models.CharField(_("channel"), max_length=NAME_LENGTH)
    organisation = models.ForeignKey("officers.Organisation", models.PROTECT, related_name="+", null=True)
    officer = models.ForeignKey("officers.Officer", models.PROTECT, related_name="+", null=True)
    subscription = models.ForeignKey(Subscription, models.PROTECT, related_name="messages", null=True)
    payload = models.JSONField(_("content"))
    created_at = models.DateTimeField(_("created"), default=timezone.now)

    state = models.CharField(_("state"), max_length=10, choices=State, default=State.PENDING)
    position = models.PositiveBigIntegerField(null=True)
    claims = models.PositiveIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    next_attempt_at = models.DateTimeField(_("next attempt"), default=timezone.now)
    lease_until = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(_("delivered"), null=True)
    acknowledgement = models.JSONField(_("acknowledgement"), null=True)
    fault = models.CharField(_("last fault"), max_length=500, blank=True)
    reported_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.CheckConstraint(name="outbox_one_recipient", condition=Q(organisation=None) ^ Q(officer=None)),
            models.CheckConstraint(
                name="outbox_under_way_has_subscription",
                condition=Q(state=State.DELIVERED) | Q(subscription__isnull=False),
            ),
            models.CheckConstraint(
                name="outbox_delivered_is_acknowledged",
                condition=Q(state=State.DELIVERED, delivered_at__isnull=False, acknowledgement__isnull=False)
                | (~Q(state=State.DELIVERED) & Q(delivered_at=None, acknowledgement__isnull=True)),
            ),
            models.UniqueConstraint(
                fields=["subscription", "position"],
                name="outbox_position_once",
                condition=Q(position__isnull=False),
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["subscription", "next_attempt_at", "id"],
                name="outbox_due",
                condition=Q(state=State.PENDING),
            ),
            models.Index(
                fields=["subscription", "lease_until"],
                name="outbox_in_flight",
                condition=Q(state__in=UNDER_WAY, lease_until__isnull=False),
            ),
            models.Index(fields=["id"], name="outbox_given_up", condition=Q(state=State.DEAD)),
            models.Index(
                fields=["id"], name="outbox_to_report", condition=Q(state=State.DEAD, reported_at__isnull=True)
            ),
            models.Index(fields=["lease_until"], name="outbox_lease", condition=Q(state=State.LEASED)),
            models.Index(
                fields=["subscription", "key", "id"], name="outbox_under_way", condition=Q(state__in=UNDER_WAY)
            ),
            models.Index(fields=["key"], name="outbox_undelivered", condition=~Q(state=State.DELIVERED)),
            models.Index(fields=["key"], name="outbox_of_key"),
            models.Index(
                fields=["organisation", "key"],
                name="outbox_answered",
                condition=Q(subscription__isnull=False, state=State.DELIVERED),
            ),
        ]
        triggers: ClassVar = [
            NeverDeleted(),
            Fixed(
                "uuid", "topic", "key", "channel", "organisation", "officer", "subscription", "payload", "created_at"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.topic} {self.uuid}"


class Notice(models.Model):
    """A message in the portal's inbox, for an officer or an organisation (``roles`` empty: for every post there)."""

    message = models.OneToOneField(Message, models.PROTECT, related_name="notice")
    organisation = models.ForeignKey("officers.Organisation", models.PROTECT, related_name="+", null=True)
    officer = models.ForeignKey("officers.Officer", models.PROTECT, related_name="+", null=True)
    roles = ArrayField(models.CharField(max_length=16), default=list)
    topic = models.CharField(_("topic"), max_length=TOPIC_LENGTH)
    key = models.CharField(max_length=60)
    payload = models.JSONField(_("content"))
    created_at = models.DateTimeField(_("created"), default=timezone.now)

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.CheckConstraint(name="notice_one_recipient", condition=Q(organisation=None) ^ Q(officer=None)),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organisation", "-id"], name="notice_of_organisation"),
            models.Index(fields=["officer", "-id"], name="notice_of_officer"),
            models.Index(fields=["key"], name="notice_of_key"),
        ]
        triggers: ClassVar = [
            NeverDeleted(),
            Fixed("message", "organisation", "officer", "roles", "topic", "key", "payload", "created_at"),
        ]

    def __str__(self) -> str:
        return f"{self.topic} {self.key}"


class NoticeRead(UnnamedModel):
    """That an officer, in a post, has opened a notice, and when first."""

    notice = models.ForeignKey(Notice, models.PROTECT, related_name="reads")
    officer = models.ForeignKey("officers.Officer", models.PROTECT, related_name="+")
    post = models.ForeignKey("officers.Post", models.PROTECT, related_name="+")
    read_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["notice", "officer"], name="notice_read_once")]
        triggers: ClassVar = [NeverDeleted()]
