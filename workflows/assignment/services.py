"""Assignment of a motion: its number in the court's register, and a judge by a random draw that can be repeated."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from ecase.audit import services as audit
from ecase.cases.models import Case
from ecase.officers.models import Organisation
from workflows.assignment import algorithm, candidates, roster, seeds
from workflows.assignment.algorithm import winner
from workflows.assignment.candidates import Pool
from workflows.assignment.models import Draw, Series
from workflows.assignment.ports import AssignedMotion
from workflows.assignment.verification import faults

__all__ = ["draw", "faults", "next_number", "winner"]


_NEXT = """
    INSERT INTO assignment_register (court_id, year, series, last) VALUES (%s, %s, %s, 1)
    ON CONFLICT (court_id, year, series) DO UPDATE SET last = assignment_register.last + 1 RETURNING last
"""
# Prefix of a number by series: the two series of a court never share a number, and are counted separately.
_MARKS = {Series.ORDINARY: "", Series.COVERT: "N"}
_NOBODY: Mapping[str, str] = {}


def next_number(court: Organisation, at: datetime | None = None, *, series: Series = Series.ORDINARY) -> str:
    """The next number of the court's register of the year at ``at`` (now), such as ``7511-26-42``.

    Covert motions have a register of their own, with numbers such as ``7511-26-N3``, so the ordinary numbers have no
    gaps where covert ones are. The year is in the court's local time: the installation has one time zone. There are no
    gaps: the register's row stays locked until the caller's transaction ends, and a rollback returns the number.
    """
    year = timezone.localdate(at, timezone.get_default_timezone()).year
    with connection.cursor() as cursor:
        cursor.execute(_NEXT, [court.pk, year, series])
        (number,) = cursor.fetchone()
    return f"{court.code}-{year % 100:02d}-{_MARKS[series]}{number}"


@transaction.atomic(savepoint=False)
def draw(
    motion: AssignedMotion,
    court: Organisation,
    case: Case,
    *,
    at: datetime | None = None,
    barred: Mapping[str, str] = _NOBODY,
) -> Draw | None:
    """Draw a judge of ``court`` for the motion; ``None`` if nobody may be drawn.

    ``barred`` are officers (ids as text) who must not be drawn, each with the reason: recused from, or replaced in,
    this motion. Also left out, with every reason on record: judges who are off the roster, absent, or in conflict with
    the case, and, while a duty shift takes over, all but the first of it who can act. The same rules apply to an
    appellate court.

    The draw of an ordinary motion counts ordinary motions only, in loads, conflicts and seeds, so its record reveals
    nothing of covert ones. The draw of a covert motion counts all, and takes its seed from a chain of its own.
    """
    at = at or timezone.now()
    pool = candidates.pool(court, case, at, barred, Series.of(motion))
    if not pool.seats:
        return None
    made_of = seeds.reveal(motion, court)
    record = _record(motion, court, pool, made_of, _weighed(motion, pool))
    subject = {"motion": str(record.motion_id), "draw": str(record.pk)}
    chain, actor = record.motion.chain, audit.service_actor()
    audit.append("draw.made", chain=chain, actor=actor, subject=subject, data=record.as_dict())
    return record


def _weighed(motion: AssignedMotion, pool: Pool) -> list[dict[str, Any]]:
    """The candidates, each with a weight and its components."""
    loads = roster.loads(motion, [seat.post.officer_id for seat in pool.seats], pool.at)
    kinds = {motion.kind, motion.kind_entry.group}
    candidates = []
    for seat in pool.seats:
        load = loads.get(seat.post.officer_id, roster.NO_LOAD)
        is_specialist = seat.line is not None and not kinds.isdisjoint(seat.line["specialisations"])
        speciality = settings.DRAW_SPECIALIST if is_specialist else 1
        weight = algorithm.weight(seat.share, speciality, sum(load.values()))
        made_of = {"share": seat.share, "speciality": speciality, **load}
        candidates.append({"officer": seat.officer, "weight": weight, "made_of": made_of})
    return candidates


def _record(
    motion: AssignedMotion, court: Organisation, pool: Pool, made_of: dict[str, Any], weighed: list[dict[str, Any]]
) -> Draw:
    seed = algorithm.seed(made_of)
    chosen = winner(seed, weighed)
    drawn: dict[str, Any] = {"motion": motion}
    return Draw.objects.create(
        **drawn,
        court=court,
        algorithm=algorithm.NAME,
        seed=seed,
        made_of=made_of,
        roster=pool.roster,
        candidates=weighed,
        excluded=pool.excluded,
        chosen=next(seat.post for seat in pool.seats if seat.officer == chosen),
        drawn_at=pool.at,
    )
