"""Court register numbers, the judges' roster, declared conflicts, records of draws, calls of officers on duty."""

import uuid
from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ecase.audit.append_only import AppendOnly
from ecase.audit.guards import NeverDeleted
from ecase.base import UnnamedModel
from ecase.cases.models import Case
from ecase.constraints import forbid_overlap
from ecase.instants import format_instant
from ecase.officers.models import TWELVE_DIGITS, Officer, Organisation, Post, Role
from workflows.assignment.algorithm import FIRST, FULL_SHARE


class Series(models.TextChoices):
    """Numbering series of a court. Covert motions have their own, so that ordinary figures reveal nothing of them."""

    ORDINARY = "ordinary", _("ordinary motions")
    COVERT = "covert", _("covert motions")

    @classmethod
    def of(cls, motion: Any) -> "Series":
        """The series of the motion's number and draws."""
        return cls.COVERT if motion.secret else cls.ORDINARY


class Register(UnnamedModel):
    """The last number given by a court in a year and series. Locking the row keeps the register free of gaps."""

    court = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    series = models.CharField(max_length=8, choices=Series, default=Series.ORDINARY)
    last = models.PositiveIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["court", "year", "series"], name="one_register_a_year_and_series")
        ]
        triggers: ClassVar = [NeverDeleted()]


class RosterEntry(models.Model):
    """A line of a court's roster: between two instants this judge takes ``share`` per cent of a full load.

    ``specialisations`` name kinds, or groups of kinds, of the statute catalogue.
    """

    post = models.ForeignKey(Post, models.PROTECT, related_name="roster_entries", verbose_name=_("judge"))
    valid_from = models.DateTimeField(_("from"), default=timezone.now)
    valid_to = models.DateTimeField(_("until"), null=True, blank=True)
    share = models.PositiveSmallIntegerField(
        _("share of a full load, %"), default=FULL_SHARE, validators=[MaxValueValidator(FULL_SHARE)]
    )
    specialisations = ArrayField(
        models.SlugField(max_length=40),
        default=list,
        blank=True,
        verbose_name=_("specialisations"),
        help_text=_("Kinds or groups of kinds, as the statute catalogue names them, separated by commas."),
    )

    class Meta:
        verbose_name = _("line of the roster")
        verbose_name_plural = _("rosters of judges")
        ordering: ClassVar = ["-valid_from"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="roster_ends_after_it_begins", condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from"))
            ),
            models.CheckConstraint(name="roster_share", condition=Q(share__lte=FULL_SHARE)),
            forbid_overlap(
                "roster_one_line_at_a_time",
                "post",
                violation_error_message=_("Another line of the roster holds for this judge in that time."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.post} {self.share} %"


class Bar(models.Model):
    """A declared conflict: ``officer`` must not act in a case, or in any case in which a person with an IIN takes part.

    Relatives are declared by IIN, which holds for every case in which they ever appear, as a person or as an officer. A
    bar is never changed; a :class:`BarEnd` ends it.
    """

    class Ground(models.TextChoices):
        KIN = "kin", _("kinship")
        ACTED = "acted", _("took part in the case before")
        RECUSED = "recused", _("recused")
        OTHER = "other", _("other conflict")

    officer = models.ForeignKey(Officer, models.PROTECT, related_name="+", verbose_name=_("officer"))
    ground = models.CharField(_("ground"), max_length=8, choices=Ground)
    case = models.ForeignKey(Case, models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("case"))
    iin = models.CharField(
        _("IIN of the other"), max_length=12, blank=True, default="", db_index=True, validators=[TWELVE_DIGITS]
    )
    declared_by = models.ForeignKey(Post, models.PROTECT, related_name="+", verbose_name=_("declared by"))
    declared_at = models.DateTimeField(_("declared at"), default=timezone.now)

    class Meta:
        verbose_name = _("declared conflict")
        verbose_name_plural = _("declared conflicts")
        ordering: ClassVar = ["-declared_at"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="bar_case_or_iin",
                condition=Q(case=None) ^ Q(iin=""),
                violation_error_message=_("Name either a case or an IIN."),
            )
        ]
        triggers: ClassVar = [AppendOnly()]

    def __str__(self) -> str:
        return f"{self.officer} — {self.get_ground_display()}"


class BarEnd(models.Model):
    """That a declared conflict no longer holds, and why."""

    bar = models.OneToOneField(Bar, models.PROTECT, related_name="end", verbose_name=_("declared conflict"))
    reason = models.CharField(_("reason"), max_length=250)
    ended_by = models.ForeignKey(Post, models.PROTECT, related_name="+", verbose_name=_("ended by"))
    ended_at = models.DateTimeField(_("ended at"), default=timezone.now)

    class Meta:
        verbose_name = _("end of a conflict")
        verbose_name_plural = _("ends of conflicts")
        ordering: ClassVar = ["-ended_at"]
        triggers: ClassVar = [AppendOnly()]

    def __str__(self) -> str:
        return f"{self.bar} — {self.reason}"


class Commitment(UnnamedModel):
    """The nonce that a court's next draw of a series will use: secret until then, its SHA-256 already in the audit log.

    One row a court and series; its lock serialises draws. ``entry`` is the log entry that commits to it, ``number``
    that entry's number in the chain of the court and series.
    """

    court = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    series = models.CharField(max_length=8, choices=Series, default=Series.ORDINARY)
    nonce = models.CharField(max_length=64)
    entry = models.ForeignKey("audit.Entry", models.PROTECT, related_name="+")
    number = models.PositiveBigIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["court", "series"], name="one_commitment_a_court_and_series")
        ]
        triggers: ClassVar = [NeverDeleted()]


class Draw(models.Model):
    """A random draw of a judge: :meth:`as_dict` has everything needed to repeat it (``docs/reference/draw.md``).

    ``candidates`` are in ascending order of officer ids, each with its ``weight`` and what that was ``made_of``;
    ``excluded`` has a list of reasons by officer id; ``made_of`` the parts of the seed; ``roster`` says whose roster
    was used. Draws of the first algorithm list officer ids only.
    """

    class Roster(models.TextChoices):
        ROSTER = "roster", _("the court's roster of judges")
        NONE = "none", _("no roster: all judges of the court, with a full share each")
        DUTY = "duty", _("the judges on duty")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    motion = models.ForeignKey("motions.Motion", models.PROTECT, related_name="draws")
    court = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    algorithm = models.CharField(max_length=20, default=FIRST)
    seed = models.CharField(max_length=64)
    made_of = models.JSONField(default=dict)
    roster = models.CharField(max_length=8, choices=Roster, default=Roster.NONE)
    candidates = models.JSONField()
    excluded = models.JSONField(default=dict)
    chosen = models.ForeignKey(Post, models.PROTECT, related_name="+")
    drawn_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("draw")
        verbose_name_plural = _("draws")
        triggers: ClassVar = [AppendOnly()]

    def __str__(self) -> str:
        return f"{self.drawn_at:%Y-%m-%d %H:%M} {self.chosen}"

    def as_dict(self) -> dict[str, Any]:
        """The record: JSON without floats, for the act of assignment, the audit log and verification."""
        return {
            "id": str(self.pk),
            "algorithm": self.algorithm,
            "at": format_instant(self.drawn_at),
            "seed": self.seed,
            "made_of": self.made_of,
            "roster": self.roster,
            "candidates": self.candidates,
            "excluded": self.excluded,
            "chosen": str(self.chosen.officer_id),
        }


class DutyCall(models.Model):
    """A call of an officer on duty for a motion. ``next_at``: when the next one is called without an answer.

    ``position`` is 1 for the first called; calls with the same ``began_at`` belong to one calling.
    """

    class State(models.TextChoices):
        RUNNING = "running", _("called")
        ANSWERED = "answered", _("answered")
        PASSED_ON = "passed_on", _("passed on to the next")
        EXHAUSTED = "exhausted", _("nobody left to call")
        STOPPED = "stopped", _("no longer needed")

    motion = models.ForeignKey("motions.Motion", models.PROTECT, related_name="duty_calls", verbose_name=_("motion"))
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("organisation"))
    role = models.CharField(_("role"), max_length=16, choices=Role)
    post = models.ForeignKey(Post, models.PROTECT, related_name="+", verbose_name=_("post"))
    position = models.PositiveSmallIntegerField(_("position"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.RUNNING)
    began_at = models.DateTimeField()
    called_at = models.DateTimeField(_("called at"))
    next_at = models.DateTimeField(_("next call"))
    ended_at = models.DateTimeField(_("ended at"), null=True)
    answered_by = models.ForeignKey(Officer, models.PROTECT, related_name="+", null=True)

    class Meta:
        verbose_name = _("call of duty")
        verbose_name_plural = _("calls of duty")
        ordering: ClassVar = ["called_at", "position"]
        triggers: ClassVar = [NeverDeleted()]
        indexes: ClassVar = [models.Index(fields=["next_at"], name="duty_call_due", condition=Q(state="running"))]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["motion", "organisation", "role"], condition=Q(state="running"), name="duty_call_runs_once"
            ),
            models.UniqueConstraint(
                fields=["motion", "organisation", "role", "began_at", "position"], name="duty_call_position_once"
            ),
            models.CheckConstraint(
                name="duty_call_ended",
                condition=Q(state="running", ended_at=None) | (~Q(state="running") & Q(ended_at__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position} {self.get_state_display()}"
