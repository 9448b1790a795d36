"""Which officers must not act in a case, and why: from the service's own records, or declared."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import CharField, Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast
from django.utils import timezone

from ecase.audit import services as audit
from ecase.cases.models import Case, Participation, Person, TeamMember
from ecase.officers.models import Officer, Organisation, Post
from ecase.statements import HotQuery
from workflows.assignment.models import Bar, BarEnd, Draw, Series

# Reasons are stored as codes, so that a draw's record does not depend on language.
ACTED, PARTY, ELSEWHERE = "acted", "party", "judged_elsewhere"
_NOTHING = Value("", output_field=CharField())

Reason = dict[str, str]


def conflicts(
    case: Case, officers: Iterable[UUID], role: str, organisation: Organisation, at: datetime, series: Series
) -> dict[UUID, list[Reason]]:
    """Which of the officers may not act as ``role`` of ``organisation`` in the case, each with every reason.

    They acted in it in another role; were drawn as its judges by another court; are persons of it themselves; or have a
    declared conflict with the case or with a person in it. Conflicts that come only from a covert motion of the case
    count for covert motions only: in the record of an ordinary motion such a reason would reveal it. One query.
    """
    given = {"case": case.pk, "officers": list(officers), "court": organisation.pk, "at": at}
    found: dict[UUID, list[Reason]] = {}
    for officer, code, detail in _CONFLICTS.rows(role, series, **given):
        found.setdefault(officer, []).append(reason(code, detail))
    return found


def reason(code: str, detail: str = "") -> Reason:
    """A reason as a record states it."""
    return {"code": code, "detail": detail} if detail else {"code": code}


def declare(officer: Officer, ground: Bar.Ground, by: Post, *, case: Case | None = None, iin: str = "") -> Bar:
    """Bar an officer from a case, or from all cases of the person with ``iin``: exactly one of the two."""
    with transaction.atomic():
        bar = Bar(officer=officer, ground=ground, declared_by=by, case=case, iin=iin)
        bar.full_clean()
        bar.save(force_insert=True)
        _log("bar.declared", bar, by, {"ground": bar.ground, "case": str(case.pk) if case else ""})
    return bar


def lift(bar: Bar, by: Post, reason: str, at: datetime | None = None) -> BarEnd:
    """End a declared conflict from ``at`` on, by default now. The bar stays on record."""
    with transaction.atomic():
        end = BarEnd.objects.create(bar=bar, ended_by=by, reason=reason, ended_at=at or timezone.now())
        _log("bar.lifted", bar, by, {"reason": reason})
    return end


def _log(event: str, bar: Bar, by: Post, data: dict[str, str]) -> None:
    subject = {"bar": str(bar.pk), "officer": str(bar.officer_id)}
    audit.append(event, chain="system", actor=by.as_actor(), subject=subject, data=data)


Rows = QuerySet[Any, tuple[UUID, str, str]]


def _conflicting(role: str, series: Series, *, case: UUID, officers: list[UUID], court: UUID, at: datetime) -> Rows:
    acting, parties = _acting(case, series), Person.objects.filter(case=case).exclude(iin="").values("iin")
    acted = acting.filter(officer__pk__any_of=officers).exclude(role=role)
    elsewhere = Draw.objects.filter(motion__case=case, chosen__officer__pk__any_of=officers).exclude(court=court)
    if series != Series.COVERT:
        elsewhere = elsewhere.filter(motion__secret=False)
    persons = Officer.objects.filter(pk__any_of=officers, iin__in=parties)
    queries = (
        _rows(acted, "officer", Value(ACTED), Cast("role", CharField())),
        _rows(elsewhere, "chosen__officer", Value(ELSEWHERE), _NOTHING),
        _rows(persons, "pk", Value(PARTY), _NOTHING),
        _rows(_declared(case, acting, parties, officers, at), "officer", Cast("ground", CharField()), _NOTHING),
    )
    return queries[0].union(*queries[1:]).order_by("who", "why", "what")


_CONFLICTS: HotQuery[tuple[UUID, str, str]] = HotQuery(_conflicting)


def _acting(case: UUID, series: Series) -> "QuerySet[Participation]":
    """Who has acted in the case; for ordinary motions, without officers who acted in its covert motions only."""
    rows = Participation.objects.filter(case=case)
    if series == Series.COVERT:
        return rows
    of_team = Exists(TeamMember.objects.filter(case=case, officer=OuterRef("officer")))
    return rows.exclude(_signed(case, secret=True) & ~_signed(case, secret=False) & ~of_team)


def _signed(case: UUID, *, secret: bool) -> Exists:
    """Whether the officer of a participation has signed an act of such a motion of the case."""
    acts = Case.objects.filter(pk=case, motions__acts__author__officer=OuterRef("officer"), motions__secret=secret)
    return Exists(acts)


def _declared(
    case: UUID, acting: "QuerySet[Participation]", parties: "QuerySet[Person, Any]", officers: list[UUID], at: datetime
) -> "QuerySet[Bar]":
    team = TeamMember.objects.filter(case=case).values("officer__iin")
    concerned = Q(case=case) | Q(iin__in=parties) | Q(iin__in=acting.values("officer__iin")) | Q(iin__in=team)
    standing = Q(end=None) | Q(end__ended_at__gt=at)
    return Bar.objects.filter(concerned, standing, officer__pk__any_of=officers, declared_at__lte=at)


def _rows(query: "QuerySet[Any]", officer: str, code: Any, detail: Any) -> Rows:
    stated = query.order_by().annotate(who=F(officer), why=code, what=detail)
    return stated.values_list("who", "why", "what")
