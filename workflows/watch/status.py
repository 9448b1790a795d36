"""The state of the watch, for readiness, for ``manage.py watch --status`` and for monitoring."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Max, Min
from django.utils import timezone

from workflows.watch.models import FailingDuty, Heartbeat, RowAside

# A watch that has not completed a round for this long is stuck or not running.
LATE = timedelta(seconds=60)


@dataclass(frozen=True)
class Aside:
    """The rows of one duty that are put aside, the oldest since ``since``; ``fault`` is one of their last errors."""

    duty: str
    rows: int
    since: datetime
    fault: str


@dataclass(frozen=True)
class Status:
    """``ticked_at``: when a round last ended (None: never); ``failing``, ``aside``: what fails, and since when."""

    ticked_at: datetime | None
    failing: list[FailingDuty]
    aside: list[Aside]

    def is_late(self, now: datetime | None = None) -> bool:
        """Whether no watch has completed a round lately."""
        return self.ticked_at is None or (now or timezone.now()) - self.ticked_at > LATE

    @property
    def is_well(self) -> bool:
        """Whether a watch is running, and neither a duty nor a row fails."""
        return not (self.is_late() or self.failing or self.aside)


def read() -> Status:
    """The present state."""
    ticked_at = Heartbeat.objects.order_by("-at").values_list("at", flat=True).first()
    rows = RowAside.objects.order_by("duty").values("duty")
    counted = rows.annotate(rows=Count("pk"), since=Min("since"), fault=Max("fault"))
    return Status(ticked_at, list(FailingDuty.objects.all()), [Aside(**row) for row in counted])
