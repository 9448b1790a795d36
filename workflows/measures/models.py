"""The register of measures in force on persons, and every change of it with the act that made it."""

import uuid
from datetime import UTC, date, datetime
from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import Count, F, Q, Value
from django.db.models.functions import Coalesce, TruncDate
from django.utils.translation import gettext_lazy as _

from ecase.audit.append_only import AppendOnly
from ecase.audit.guards import Fixed, Guard, NeverDeleted
from ecase.cases.models import Person
from workflows.measures.register import How, Standing, State, What

# Where a list by end has the measures without one.
NO_END = datetime(9999, 1, 1, tzinfo=UTC)
END = Coalesce("until", Value(NO_END, output_field=models.DateTimeField()))


class Listed(models.TextChoices):
    """Lists of measures; ``run_out`` is a part of ``in_force``."""

    IN_FORCE = "in_force", _("In force")
    RUN_OUT = "run_out", _("The term has run, no decision")
    ENDED = "ended", _("Ended")


class ByAct(Guard):
    """Refuses to change a row that does not name another act as the reason."""

    name = "changed_by_an_act"
    operation = pgtrigger.Update
    condition = pgtrigger.Q(old__changed_by=pgtrigger.F("new__changed_by"))
    func = """
        RAISE EXCEPTION '%: a measure changes by an act alone', TG_TABLE_NAME
            USING ERRCODE = 'integrity_constraint_violation';
    """


class MeasureQuerySet(models.QuerySet["Measure"]):
    def in_list(self, listed: str, now: datetime) -> "MeasureQuerySet":
        """The measures of a list, with their ``end`` to order them by: two indexes, in that order."""
        if listed == Listed.ENDED:
            return self.filter(state=State.ENDED).annotate(end=END)
        standing = self.exclude(state=State.ENDED).annotate(end=END)
        return standing.filter(end__lt=now) if listed == Listed.RUN_OUT else standing

    def count_ends(self, begin: datetime, end: datetime) -> dict[date, int]:
        """How many terms end on each local day from ``begin`` to ``end``; one query."""
        ends = self.exclude(state=State.ENDED).filter(until__gte=begin, until__lt=end)
        days = ends.order_by().annotate(day=TruncDate("until")).values_list("day")
        return dict(days.annotate(number=Count("pk")))


class Measure(models.Model):
    """A restraint on a person that a decision on ``motion`` has put in force.

    ``key`` is a measure of the catalogue. It holds ``since`` an instant ``until`` another (None: no end is stated);
    when that has passed without a decision it is still not ended if it ``deprives_of_liberty``. ``changed_by`` is the
    last act that changed the row, ``begun_by`` the order.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    motion = models.ForeignKey("motions.Motion", models.PROTECT, related_name="measures", verbose_name=_("motion"))
    person = models.ForeignKey(Person, models.PROTECT, related_name="measures", verbose_name=_("person"))
    key = models.SlugField(_("measure"), max_length=40)
    deprives_of_liberty = models.BooleanField(_("deprives of liberty"))
    since = models.DateTimeField(_("since"))
    until = models.DateTimeField(_("until"), null=True)
    state = models.CharField(_("state"), max_length=12, choices=State)
    begun_by = models.ForeignKey("motions.Act", models.PROTECT, related_name="+", verbose_name=_("order"))
    changed_by = models.ForeignKey("motions.Act", models.PROTECT, related_name="+", verbose_name=_("last change"))
    ended_at = models.DateTimeField(_("ended"), null=True)
    ended_how = models.CharField(_("ended how"), max_length=12, choices=How, blank=True)

    objects = MeasureQuerySet.as_manager()

    class Meta:
        verbose_name = _("measure")
        verbose_name_plural = _("measures")
        ordering: ClassVar = ["since", "id"]
        indexes: ClassVar = [
            models.Index(END, F("id"), name="measure_by_end", condition=~Q(state=State.ENDED)),
            models.Index(END, F("id"), name="measure_ended_by_end", condition=Q(state=State.ENDED)),
            models.Index(fields=["person", "since"], name="measure_of_person"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["motion"], name="measure_one_in_force", condition=~Q(state=State.ENDED)),
            models.UniqueConstraint(fields=["motion", "begun_by"], name="measure_begun_once"),
            models.CheckConstraint(
                name="measure_ended_somehow",
                condition=Q(state=State.ENDED, ended_at__isnull=False) & ~Q(ended_how="")
                | ~Q(state=State.ENDED) & Q(ended_at=None, ended_how=""),
            ),
            models.CheckConstraint(
                name="measure_no_clock_ends_custody", condition=~Q(deprives_of_liberty=True, ended_how=How.EXPIRED)
            ),
        ]
        triggers: ClassVar = [
            NeverDeleted(),
            Fixed("motion", "person", "key", "deprives_of_liberty", "begun_by"),
            ByAct(),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.since:%Y-%m-%d %H:%M}"

    @property
    def standing(self) -> Standing:
        """What the row states."""
        return Standing(
            self.key,
            self.deprives_of_liberty,
            self.since,
            self.until,
            State(self.state),
            self.begun_by_id,
            self.changed_by_id,
            self.ended_at,
            self.ended_how,
        )

    def has_run_out(self, now: datetime) -> bool:
        """Whether the term has run, and no decision has prolonged or ended the measure."""
        return self.state != State.ENDED and self.until is not None and self.until < now


class MeasureChange(models.Model):
    """What one act did to a measure, and what the register has said since."""

    measure = models.ForeignKey(Measure, models.PROTECT, related_name="changes")
    act = models.ForeignKey("motions.Act", models.PROTECT, related_name="+", verbose_name=_("act"))
    what = models.CharField(_("what"), max_length=12, choices=What)
    since = models.DateTimeField(_("since"))
    until = models.DateTimeField(_("until"), null=True)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("change of a measure")
        verbose_name_plural = _("changes of measures")
        ordering: ClassVar = ["at", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["measure", "act"], name="measure_changed_once_by_an_act")
        ]
        triggers: ClassVar = [AppendOnly()]

    def __str__(self) -> str:
        return f"{self.what} {self.at:%Y-%m-%d %H:%M}"
