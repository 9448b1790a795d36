"""Officers on duty, and absences."""

from datetime import datetime
from uuid import UUID

from django.db.models import Exists, Min, OuterRef, Q, Subquery
from django.utils import timezone

from ecase.officers import posts
from ecase.officers.models import Absence, DutyShift, Organisation, Post, PostQuerySet
from ecase.statements import HotQuery


def on_duty(organisation: Organisation, role: str, at: datetime | None = None) -> list[Post]:
    """The posts of ``role`` that are on duty in ``organisation`` at ``at`` (by default now), in the order of calling.

    Officers who are absent, or no longer hold the post, are left out. One query.
    """
    return _ON_DUTY.rows(role, organisation=organisation.pk, at=at or timezone.now())


def _on_duty(role: str, *, organisation: UUID, at: datetime) -> PostQuerySet:
    running = Q(shifts__starts_at__lte=at, shifts__ends_at__gt=at)
    held = posts.current(at).filter(running, ~is_absent(at), organisation=organisation, role=role)
    return held.annotate(rank=Min("shifts__rank")).order_by("rank", "pk")


_ON_DUTY: HotQuery[Post] = HotQuery(_on_duty)


def present(organisation: Organisation, role: str, at: datetime | None = None) -> PostQuerySet:
    """The posts of ``role`` in ``organisation`` whose holders are not absent at ``at`` (by default now)."""
    at = at or timezone.now()
    return posts.holding(role, organisation, at).filter(~is_absent(at))


def is_absent(at: datetime) -> Exists:
    """A condition for queries of posts: the holder is absent at ``at``."""
    running = Absence.objects.filter(Q(ends_at=None) | Q(ends_at__gt=at), starts_at__lte=at)
    return Exists(running.filter(post=OuterRef("pk")))


def rank_taking_over(at: datetime) -> Subquery:
    """For queries of posts: the rank in a shift that takes over at ``at``, or NULL."""
    running = DutyShift.objects.filter(post=OuterRef("pk"), takes_over=True, starts_at__lte=at, ends_at__gt=at)
    return Subquery(running.order_by("rank").values("rank")[:1])
