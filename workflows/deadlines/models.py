"""Deadlines: instants by which a role must act, stored as rows that come due."""

import uuid
from datetime import datetime
from typing import ClassVar

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ecase.audit.guards import Fixed, Guard, NeverDeleted, SetOnce
from workflows.statute.schema import Text


class State(models.TextChoices):
    """State of a deadline. ``missed`` is permanent, even if the act was done later (``met_at``)."""

    RUNNING = "running", _("running")
    MET = "met", _("met")
    MISSED = "missed", _("missed")
    VOID = "void", _("void")


class Voided(models.TextChoices):
    """Why a deadline is void."""

    RESTARTED = "restarted", _("the term began anew")
    ENDED = "ended", _("nothing is awaited any more")
    CORRECTED = "corrected", _("its event or its length was corrected")
    CALENDAR = "calendar", _("the calendar of days off was changed")
    EXTENDED = "extended", _("the law gives more time for this step")


class DeadlineQuerySet(models.QuerySet["Deadline"]):
    def missed_unclaimed(self, now: datetime) -> "DeadlineQuerySet":
        """Deadlines whose end has passed and that are not reported yet; exactly the index ``deadline_due``."""
        open_ones = self.filter(state__in=[State.RUNNING, State.MISSED], claimed_at__isnull=True, at_once=False)
        return open_ones.filter(due_at__lt=now)

    def to_remind(self, now: datetime) -> "DeadlineQuerySet":
        """Running deadlines whose next reminder is due; exactly the index ``deadline_remind``."""
        return self.filter(state=State.RUNNING, remind_at__isnull=False, remind_at__lte=now)

    def to_escalate(self, now: datetime) -> "DeadlineQuerySet":
        """Unmet deadlines whose next escalation is due; exactly the index ``deadline_escalate``."""
        return self.filter(state__in=[State.RUNNING, State.MISSED], escalate_at__isnull=False, escalate_at__lte=now)

    def by_calendar(self) -> "DeadlineQuerySet":
        """Running deadlines that a change of the calendar may move; the index ``deadline_by_calendar``."""
        return self.filter(state=State.RUNNING).exclude(calendar="")


class Deadline(models.Model):
    """An instant by which ``role`` must act on a motion, computed from a term of its catalogue and an event.

    ``due_at`` is inclusive: an act at that very instant is in time. ``computed`` holds the steps of the count (see
    ``workflows.clock.Step``). ``at_once`` marks what the law wants done immediately without naming a length: it is due
    from the event on and is never missed. ``reminders`` are the future instants at which the role is reminded,
    ``escalations`` those at which a superior is notified (``at``, ``to``). ``claimed_at`` is when the watch reported
    the miss, once. ``calendar`` is the stamp of the calendar that it was counted by; empty if none was needed. A row
    that is recounted stays with its values, void, and names its replacement.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    motion = models.ForeignKey("motions.Motion", models.PROTECT, related_name="deadlines", verbose_name=_("motion"))
    term = models.SlugField(_("term"), max_length=40)
    role = models.CharField(_("role"), max_length=16)
    article = models.CharField(_("article"), max_length=120)
    on_missed = models.CharField(_("when missed"), max_length=16, default="record")
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.RUNNING)
    started_at = models.DateTimeField(_("started"))
    due_at = models.DateTimeField(_("due"))
    at_once = models.BooleanField(_("at once"), default=False)
    met_at = models.DateTimeField(_("met at"), null=True, blank=True)
    voided_at = models.DateTimeField(_("void since"), null=True, blank=True)
    voided_because = models.CharField(_("void because"), max_length=10, choices=Voided, blank=True)
    replaced_by = models.OneToOneField(
        "self", models.RESTRICT, null=True, blank=True, related_name="replaces", verbose_name=_("replaced by")
    )
    claimed_at = models.DateTimeField(_("miss reported"), null=True, blank=True)
    remind_at = models.DateTimeField(_("next reminder"), null=True, blank=True)
    reminders = ArrayField(models.DateTimeField(), default=list, blank=True, verbose_name=_("reminders to come"))
    escalate_at = models.DateTimeField(_("next escalation"), null=True, blank=True)
    escalations = models.JSONField(_("escalations to come"), default=list, blank=True)
    extended = models.BooleanField(_("extended"), default=False)
    calendar = models.CharField(_("calendar"), max_length=16, blank=True)
    computed = models.JSONField(_("computation"), default=dict)
    created_at = models.DateTimeField(default=timezone.now)

    objects = DeadlineQuerySet.as_manager()

    class Meta:
        verbose_name = _("deadline")
        verbose_name_plural = _("deadlines")
        ordering: ClassVar = ["due_at"]
        indexes: ClassVar = [
            models.Index(
                fields=["due_at"],
                name="deadline_due",
                condition=Q(state__in=["running", "missed"], claimed_at__isnull=True, at_once=False),
            ),
            models.Index(
                fields=["remind_at"], name="deadline_remind", condition=Q(state="running", remind_at__isnull=False)
            ),
            models.Index(
                fields=["escalate_at"],
                name="deadline_escalate",
                condition=Q(state__in=["running", "missed"], escalate_at__isnull=False),
            ),
            models.Index(
                fields=["calendar"], name="deadline_by_calendar", condition=Q(state="running") & ~Q(calendar="")
            ),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["motion", "term"], condition=Q(state="running"), name="deadline_runs_once"),
            models.CheckConstraint(
                condition=~Q(state="met") | Q(met_at__lte=F("due_at")) | Q(at_once=True), name="deadline_met_in_time"
            ),
            models.CheckConstraint(condition=~Q(state="void") | Q(voided_at__isnull=False), name="deadline_void_since"),
        ]
        triggers: ClassVar = [
            NeverDeleted(),
            # A recount creates another row.
            Fixed("motion", "term", "role", "article", "started_at", "due_at", "at_once", "computed", "created_at"),
            *(SetOnce(field) for field in ("met_at", "voided_at", "claimed_at", "replaced_by")),
            Guard(
                name="never_runs_again",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__state__in=["met", "missed", "void"], new__state="running")
                | (pgtrigger.Q(old__state="void") & ~pgtrigger.Q(new__state="void")),
                func="""
                    RAISE EXCEPTION 'deadline %: what has ended never runs again', OLD.id
                        USING ERRCODE = 'integrity_constraint_violation';
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.term} {self.due_at:%Y-%m-%d %H:%M}"

    @property
    def late(self) -> bool:
        """Whether the act was done, but after the end."""
        return not self.at_once and self.met_at is not None and self.met_at > self.due_at

    @property
    def event(self) -> str:
        """The event that started it: an act of the motion, or ``field:<key>`` of it; empty if that was not recorded."""
        return str(self.computed.get("event", ""))

    @property
    def label(self) -> Text:
        """The task, in the words of the motion's catalogue; ``str()`` gives it in the active language."""
        return self.motion.kind_entry.term(self.term).label
