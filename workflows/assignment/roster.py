"""Which judges of a court may be drawn at an instant, with their share and their present load."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import CharField, Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import JSONObject

from ecase.officers import duty, posts
from ecase.officers.models import Organisation, Post, Role
from ecase.statements import HotQuery
from workflows.assignment.algorithm import FULL_SHARE
from workflows.assignment.models import Draw, RosterEntry, Series
from workflows.assignment.ports import AssignedMotion


@dataclass(frozen=True)
class Seat:
    """A judge of a court as the roster states at an instant; ``line`` is None off the roster.

    ``officer`` is the judge's id, as records write it; ``share`` that of a full load, in per cent, 100 for judges of a
    court without a roster; ``rank`` the position in a duty shift that takes over, or None.
    """

    post: Post
    officer: str
    share: int
    line: dict[str, Any] | None
    absent: bool
    rank: int | None


def seats(court: Organisation, at: datetime) -> list[Seat]:
    """The judges of the court at ``at``, in ascending order of officer ids. One query."""
    found = []
    for post in _SEATS.rows(court=court.pk, at=at):
        share = int(post.line["share"]) if post.line else FULL_SHARE
        found.append(Seat(post, str(post.officer_id), share, post.line, post.absent, post.rank))
    return found


def _seated(*, court: UUID, at: datetime) -> "QuerySet[Post]":
    holding = RosterEntry.objects.filter(Q(valid_to=None) | Q(valid_to__gt=at), post=OuterRef("pk"), valid_from__lte=at)
    line = Subquery(holding.values(line=JSONObject(share="share", specialisations="specialisations"))[:1])
    judges = posts.current(at).filter(organisation=court, role=Role.JUDGE).order_by("officer_id")
    return judges.annotate(line=line, absent=duty.is_absent(at), rank=duty.rank_taking_over(at))


_SEATS: HotQuery[Any] = HotQuery(_seated)

NO_LOAD = {"open": 0, "done": 0, "appeals": 0}


def loads(motion: AssignedMotion, officers: Iterable[UUID], at: datetime) -> dict[UUID, dict[str, int]]:
    """The load of each judge: motions waiting for a decision, decided lately, and drawn lately on appeal. One query.

    *Lately* is within ``DRAW_DAYS``. Covert motions count for the draws of covert motions only: the loads of an
    ordinary motion are visible to everyone who sees it.
    """
    since, is_covert = at - timedelta(days=settings.DRAW_DAYS), Series.of(motion) == Series.COVERT
    found: dict[UUID, dict[str, int]] = {}
    for officer, what, number in _LOADS.rows(is_covert, officers=list(officers), at=at, since=since):
        found.setdefault(officer, dict(NO_LOAD))[what] = number
    return found


def _counted(is_covert: bool, *, officers: list[UUID], at: datetime, since: datetime) -> "QuerySet[Any, Any]":
    motions: Any = Draw._meta.get_field("motion").related_model
    motions = motions.objects.order_by().filter(Q() if is_covert else Q(secret=False), judge__pk__any_of=officers)
    waiting = motions.open().filter(decided_at=None)
    decided = motions.filter(decided_at__gt=since, decided_at__lte=at)
    appeals = Draw.objects.order_by().filter(chosen__officer__pk__any_of=officers, drawn_at__gt=since)
    appeals = appeals.filter(Q() if is_covert else Q(motion__secret=False)).exclude(court=F("motion__court"))
    counted = (_count(waiting, "judge", "open"), _count(decided, "judge", "done"))
    return _count(appeals, "chosen__officer", "appeals").union(*counted, all=True)


_LOADS: HotQuery[tuple[UUID, str, int]] = HotQuery(_counted, planned_once=True)


def _count(query: "QuerySet[Any]", officer: str, what: str) -> "QuerySet[Any, tuple[UUID, str, int]]":
    tagged = query.annotate(who=F(officer)).values("who").annotate(number=Count("pk", output_field=IntegerField()))
    return tagged.annotate(what=Value(what, output_field=CharField())).values_list("who", "what", "number")
