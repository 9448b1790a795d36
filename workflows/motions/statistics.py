"""Statistics of a period's motions by kind: how many, how they ended, how fast, how often late.

Counts only motions that the reader may open: a secret motion counts for admitted officers only.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Aggregate, Count, DurationField, Exists, ExpressionWrapper, F, OuterRef
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from ecase.officers.models import Post
from ecase.problems import Invalid, Problem
from workflows.deadlines.models import Deadline
from workflows.deadlines.models import State as Due
from workflows.motions.models import Motion, MotionQuerySet
from workflows.motions.states import FINAL_STATES, AppealState
from workflows.statute.catalogue import catalogue

LABELS: Mapping[str, Any] = {
    "filed": _("Filed"),
    "waiting": _("In progress"),
    "granted": _("Granted"),
    "refused": _("Refused by the judge"),
    "dropped": _("Withdrawn or not agreed"),
    "appealed": _("Appealed"),
    "late": _("A term was missed"),
}
# Days whose instants can be expressed in every time zone.
FIRST, LAST = date(1900, 1, 1), date(9000, 1, 1)


@dataclass(frozen=True)
class Tally:
    """Numbers of motions. ``filed`` is the sum of the next four; ``late`` and ``appealed`` overlap with them."""

    filed: int = 0
    waiting: int = 0
    granted: int = 0
    refused: int = 0
    dropped: int = 0
    appealed: int = 0
    late: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(*(getattr(self, field.name) + getattr(other, field.name) for field in fields(Tally)))


@dataclass(frozen=True)
class Line:
    """One kind (None: all of them), and the median time from the court's registration to the decision."""

    kind: str | None
    tally: Tally
    median: timedelta | None


class Median(Aggregate):
    """PostgreSQL's ``percentile_cont(0.5)`` of durations."""

    function = "percentile_cont"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = DurationField()


def count_motions(post: Post, since: date, until: date) -> list[Line]:
    """A line for each kind that was filed from ``since`` to ``until`` (local days, inclusive), and one for all.

    Empty if nothing was filed. Raises ``Invalid`` for an impossible period.
    """
    _require_period(since, until)
    begin, end = (timezone.make_aware(datetime.combine(day, time.min)) for day in (since, until + timedelta(days=1)))
    motions = Motion.objects.visible_to(post).filter(submitted_at__gte=begin, submitted_at__lt=end)
    took = ExpressionWrapper(F("decided_at") - F("registered_at"), output_field=DurationField())
    timed = motions.order_by().filter(decided_at__isnull=False, registered_at__isnull=False).annotate(took=took)
    tallies = _tallies(motions)
    medians = dict(timed.values_list("kind").annotate(median=Median("took")))
    lines = [Line(kind, tallies[kind], medians.get(kind)) for kind in sorted(tallies)]
    if not lines:
        return []
    median = timed.aggregate(median=Median("took"))["median"]
    return [*lines, Line(None, sum(tallies.values(), Tally()), median)]


def _require_period(since: date, until: date) -> None:
    far = [name for name, day in (("since", since), ("until", until)) if not FIRST <= day <= LAST]
    message = format_lazy(_("The day must be between {first} and {last}."), first=FIRST, last=LAST)
    problems = [Problem("period", message, name) for name in far]
    if until < since:
        problems.append(Problem("period", _("The period ends before it begins."), "until"))
    if problems:
        raise Invalid(problems)


def _tallies(motions: MotionQuerySet) -> dict[str, Tally]:
    """The tally of each kind."""
    found: dict[str, Tally] = {}
    grouped = motions.order_by().values("kind", "catalogue", "outcome", "state", "appeal_state")
    missed = Exists(Deadline.objects.filter(state=Due.MISSED, motion=OuterRef("pk")))
    for row in grouped.annotate(number=Count("pk"), late=Count("pk", filter=missed)):
        key, number = row["kind"], row["number"]
        if row["outcome"]:
            outcome = catalogue(row["catalogue"]).kinds[key].outcome(row["outcome"])
            fate = "granted" if outcome.grants else "refused"
        else:
            fate = "dropped" if row["state"] in FINAL_STATES else "waiting"
        appealed = number if row["appeal_state"] != AppealState.NONE else 0
        tally = Tally(filed=number, appealed=appealed, late=row["late"], **{fate: number})
        found[key] = found.get(key, Tally()) + tally
    return found
