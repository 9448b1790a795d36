"""Which judges may be drawn, and the reasons why the others may not."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from ecase.cases.models import Case
from ecase.officers.models import Organisation, Role
from workflows.assignment import roster
from workflows.assignment.conflicts import Reason, conflicts, reason
from workflows.assignment.models import Draw, Series
from workflows.assignment.roster import Seat

OFF_ROSTER, NO_SHARE, ABSENT, BARRED = "off_roster", "no_share", "absent", "barred"
NOT_ON_DUTY, LATER_ON_DUTY = "not_on_duty", "later_on_duty"

Excluded = dict[str, list[Reason]]


@dataclass(frozen=True)
class Pool:
    """Judges who may be drawn, by officer id; those who may not, each with every reason; whose roster was used."""

    at: datetime
    seats: list[Seat]
    excluded: Excluded
    roster: Draw.Roster


def pool(court: Organisation, case: Case, at: datetime, barred: Mapping[str, str], series: Series) -> Pool:
    """The judges of ``court`` at ``at`` who may and who may not get a motion of ``case``. Two queries."""
    seats = roster.seats(court, at)
    found = conflicts(case, [seat.post.officer_id for seat in seats], Role.JUDGE, court, at, series)
    excluded = _excluded(seats, found, barred)
    free = [seat for seat in seats if seat.officer not in excluded]
    if first := min((seat.rank for seat in free if seat.rank is not None), default=None):
        # The first on duty who can act; all others are excluded, as next in turn or as not on duty.
        called = [seat for seat in free if seat.rank == first]
        for seat in (seat for seat in free if seat.rank != first):
            excluded[seat.officer] = [reason(NOT_ON_DUTY if seat.rank is None else LATER_ON_DUTY)]
        return Pool(at, called, excluded, Draw.Roster.DUTY)
    kept = any(seat.line for seat in seats)
    return Pool(at, free, excluded, Draw.Roster.ROSTER if kept else Draw.Roster.NONE)


def _excluded(seats: list[Seat], found: Mapping[UUID, list[Reason]], barred: Mapping[str, str]) -> Excluded:
    kept = any(seat.line for seat in seats)
    excluded: Excluded = {}
    for seat in seats:
        of_roster = {OFF_ROSTER: kept and seat.line is None, NO_SHARE: seat.share == 0, ABSENT: seat.absent}
        reasons = [reason(code) for code, holds in of_roster.items() if holds]
        reasons += found.get(seat.post.officer_id, ())
        if seat.officer in barred:
            reasons.append(reason(BARRED, barred[seat.officer]))
        if reasons:
            excluded[seat.officer] = reasons
    return excluded
