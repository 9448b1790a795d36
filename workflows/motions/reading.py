"""Reading motions: queues, the stamp of the first opening, the timeline. Every opening is logged."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from ecase.audit import services as audit
from ecase.officers.models import Organisation, Post
from workflows.motions.models import UNREAD, Act, Motion, MotionQuerySet, Opening
from workflows.motions.states import ActType

# What a list shows of each motion. Neither the catalogue nor the last act is among it: both are large.
RELATED = ("case", "author__officer", "author__organisation", "prosecution", "court", "judge")


def queue(post: Post) -> MotionQuerySet:
    """The motions that ``post`` may open, newest first."""
    return Motion.objects.visible_to(post).order_by("-created_at", "-id")


def get(post: Post, motion_id: uuid.UUID | str) -> Motion:
    """One visible motion with what pages and answers need, or ``Motion.DoesNotExist``."""
    rows = Motion.objects.visible_to(post).select_related("case", "author__officer", "last_act").defer(*UNREAD)
    motion = rows.get(pk=motion_id)
    _add_bodies(motion)
    return motion


def _add_bodies(motion: Motion) -> None:
    """By a query of their own: to plan one join of ten tables takes PostgreSQL longer than to run both."""
    holders = [(motion, name) for name in ("organisation", "prosecution", "court")] + [(motion.author, "organisation")]
    found = Organisation.objects.in_bulk({getattr(holder, f"{name}_id") for holder, name in holders})
    for holder, name in holders:
        setattr(holder, name, found[getattr(holder, f"{name}_id")])


@transaction.atomic
def open_materials(motion: Motion, post: Post) -> Opening:
    """Stamp that the officer has opened the materials (the first time counts) and log this reading."""
    opening, _created = Opening.objects.get_or_create(
        motion=motion, officer=post.officer, role=post.role, defaults={"opened_at": timezone.now()}
    )
    audit.read(
        "motion.opened", chain=f"officer:{post.officer_id}", actor=post.as_actor(), subject={"motion": str(motion.pk)}
    )
    return opening


@dataclass(frozen=True)
class TimelineEvent:
    """A line of a motion's history: an act, or the first opening by an officer."""

    at: datetime
    kind: str
    label: str
    who: str
    act: Act | None = None


def timeline(motion: Motion) -> list[TimelineEvent]:
    """What has happened to the motion, oldest first."""
    return sorted([*_acts(motion), *_openings(motion)], key=lambda event: event.at)


def _acts(motion: Motion) -> Iterator[TimelineEvent]:
    for act in motion.acts.select_related("author__officer", "pdf").order_by("position"):
        yield TimelineEvent(act.performed_at, "act", str(ActType(act.type).label), act.author_text, act)


def _openings(motion: Motion) -> Iterator[TimelineEvent]:
    for opening in motion.openings.select_related("officer"):
        yield TimelineEvent(opening.opened_at, "opened", opening.get_role_display(), opening.officer.full_name)
