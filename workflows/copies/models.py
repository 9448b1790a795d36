"""Copies of acts: the addressee of each copy, and the proof of service."""

import uuid
from datetime import datetime
from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ecase.cases.models import Document, Person
from ecase.officers.models import Officer, Organisation, Post
from workflows.statute.schema import Text

Recipient = Officer | Organisation


class Way(models.TextChoices):
    """How a copy was served: through the service, or by hand and recorded by the person who served it."""

    SYSTEM = "system", _("through the service")
    HANDED_OVER = "handed_over", _("handed over")
    POST = "post", _("by post")
    MESSAGE = "message", _("by a message")
    REFUSED = "refused", _("the addressee refused to take it")


BY_HAND = tuple(way for way in Way if way != Way.SYSTEM)


class CopyQuerySet(models.QuerySet["Copy"]):
    def outstanding(self) -> "CopyQuerySet":
        """Copies that are still owed and not acknowledged."""
        return self.filter(acknowledged_at__isnull=True, voided_at__isnull=True)

    def to_remind(self, now: datetime) -> "CopyQuerySet":
        """Outstanding copies with a reminder due; exactly the index ``copy_remind``."""
        return self.outstanding().filter(remind_at__isnull=False, remind_at__lte=now)


class Copy(models.Model):
    """A copy of an act that is owed to an addressee: of a decision, or (``notice``) of the order of a hearing.

    ``to`` is the word of the catalogue's service matrix or of the hearing's attendees; the addressee is an officer or
    an organisation of the service, a person of the case, or nobody with a record in the service. ``due_at`` is empty
    where the law sets no term; ``at_once`` marks copies that must be served immediately. ``how`` and ``sent_at`` are
    set at creation for copies sent through the service; else by the person who records the service. ``acknowledged_by``
    is the addressee's post, or that of the recorder; empty if the addressee's own system has answered. ``remind_at`` is
    the instant of the only reminder; ``voided_at`` is set when a notice no longer matters.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    motion = models.ForeignKey("motions.Motion", models.PROTECT, related_name="copies", verbose_name=_("motion"))
    act = models.ForeignKey("motions.Act", models.PROTECT, related_name="copies", verbose_name=_("act"))
    notice = models.BooleanField(_("notice of a hearing"), default=False)
    to = models.SlugField(_("to"), max_length=40)
    officer = models.ForeignKey(Officer, models.PROTECT, related_name="+", null=True)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", null=True)
    person = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True)
    at_once = models.BooleanField(_("at once"), default=False)
    due_at = models.DateTimeField(_("due"), null=True)
    how = models.CharField(_("served how"), max_length=12, choices=Way, blank=True)
    sent_at = models.DateTimeField(_("sent"), null=True)
    acknowledged_at = models.DateTimeField(_("acknowledged"), null=True)
    acknowledged_by = models.ForeignKey(Post, models.PROTECT, related_name="+", null=True)
    proof = models.ForeignKey(Document, models.PROTECT, related_name="+", null=True)
    note = models.CharField(_("note"), max_length=500, blank=True)
    remind_at = models.DateTimeField(_("next reminder"), null=True)
    voided_at = models.DateTimeField(_("void since"), null=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects = CopyQuerySet.as_manager()

    class Meta:
        verbose_name = _("copy")
        verbose_name_plural = _("copies")
        ordering: ClassVar = ["created_at", "to", "id"]
        indexes: ClassVar = [
            models.Index(
                fields=["remind_at"],
                name="copy_remind",
                condition=Q(acknowledged_at__isnull=True, voided_at__isnull=True, remind_at__isnull=False),
            ),
            models.Index(
                fields=["organisation"],
                name="copy_unanswered",
                condition=Q(acknowledged_at__isnull=True, voided_at__isnull=True, how=Way.SYSTEM),
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="copy_one_addressee",
                condition=Q(officer=None, organisation=None)
                | Q(officer=None, person=None)
                | Q(organisation=None, person=None),
            ),
            models.CheckConstraint(
                name="copy_served_somehow", condition=Q(acknowledged_at=None) | ~Q(how="") & Q(sent_at__isnull=False)
            ),
            models.CheckConstraint(
                name="copy_system_reaches_accounts",
                condition=~Q(how=Way.SYSTEM) | Q(officer__isnull=False) | Q(organisation__isnull=False),
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="only_acknowledged",
                operation=pgtrigger.Update,
                when=pgtrigger.Before,
                func="""
                    IF to_jsonb(OLD) - ARRAY['how', 'sent_at', 'acknowledged_at', 'acknowledged_by_id', 'proof_id',
                        'note', 'remind_at', 'voided_at'] IS DISTINCT FROM to_jsonb(NEW) - ARRAY['how', 'sent_at',
                        'acknowledged_at', 'acknowledged_by_id', 'proof_id', 'note', 'remind_at', 'voided_at']
                        OR OLD.acknowledged_at IS NOT NULL OR OLD.voided_at IS NOT NULL
                        OR (OLD.remind_at IS NULL AND NEW.remind_at IS NOT NULL)
                        OR (NEW.acknowledged_at IS NULL AND (OLD.how, OLD.sent_at, OLD.note, OLD.proof_id)
                            IS DISTINCT FROM (NEW.how, NEW.sent_at, NEW.note, NEW.proof_id))
                    THEN
                        RAISE EXCEPTION 'copy %: it is acknowledged once, and never changed', OLD.id
                            USING ERRCODE = 'integrity_constraint_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.to} {self.created_at:%Y-%m-%d %H:%M}"

    @property
    def recipient(self) -> Recipient | None:
        """The addressee, if the service can reach it electronically."""
        return self.officer or self.organisation

    @property
    def addressee(self) -> str:
        """The addressee's name in the active language; empty for an addressee without a record in the service."""
        if self.organisation:
            return self.organisation.name()
        named = self.officer or self.person
        return named.full_name if named else ""

    @property
    def label(self) -> Text:
        """The catalogue's label of the addressee; ``str()`` gives it in the active language."""
        kind = self.motion.kind_entry
        if self.notice:
            return next(attendee.label for attendee in kind.hearing.attendees if attendee.who == self.to)
        return next(entry.label for entry in kind.service if entry.to == self.to)

    def is_overdue(self, now: datetime) -> bool:
        """Whether the law's term has passed without acknowledgement. Copies due at once are never reported as late."""
        open_ = self.acknowledged_at is None and self.voided_at is None
        return open_ and not self.at_once and self.due_at is not None and self.due_at < now
