"""Reading motions: queues, the stamp of the first opening, the timeline. Every opening is logged."""

import uuid
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from ecase.audit import services as audit
from ecase.cases.models import Case, Document
from ecase.officers.models import Organisation, Post, Role
from workflows.assignment import calling
from workflows.copies import services as copies
from workflows.copies.models import Copy
from workflows.motions.law import events, nature
from workflows.motions.models import UNREAD, Act, Admission, Attachment, Motion, MotionQuerySet, Opening
from workflows.motions.states import AFTER_DECISION, ActType

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


def sanctions(post: Post, case: Case, kinds: Collection[str]) -> list[Motion]:
    """The sanctions of the case that motions of ``kinds`` were given, the newest first; what ``post`` may see."""
    decided = queue(post).filter(case=case, kind__in=kinds, state__in=AFTER_DECISION)
    return [one for one in decided.order_by("-decided_at") if nature.was_granted(one)]


def hidden(motions: Iterable[str], post: Post) -> set[str]:
    """Which of these motions (by id) are secret and not for ``post``: a screen of the log leaves their entries out."""
    admitted = Admission.objects.filter(officer=post.officer_id).values("motion")
    secret = Motion.objects.filter(pk__in=set(motions), secret=True).exclude(pk__in=admitted)
    return {str(pk) for pk in secret.values_list("pk", flat=True)}


def documents(case: Case, post: Post) -> QuerySet[Document]:
    """The documents of a case that ``post`` may read; those of secret motions only for whoever is admitted to one.

    The defence reads what it has brought itself, and what is attached to motions that are open to it.
    """
    admitted = Admission.objects.filter(officer=post.officer_id).values("motion")
    attached = Attachment.objects.filter(document=OuterRef("pk"))
    kept_from = Exists(attached.filter(motion__secret=True).exclude(motion__in=admitted))
    proofs = Copy.objects.filter(proof=OuterRef("pk"), motion__secret=True).exclude(motion__in=admitted)
    found = case.documents.filter(~kept_from | Exists(attached.filter(motion__in=admitted)), ~Exists(proofs))
    if post.role != Role.DEFENDER:
        return found
    open_ones = Motion.objects.visible_to(post).values("pk")
    return found.filter(Q(uploaded_by__officer=post.officer_id) | Exists(attached.filter(motion__in=open_ones)))


@transaction.atomic
def open_materials(motion: Motion, post: Post) -> Opening:
    """Stamp that the officer has opened the materials (the first time counts) and log this reading.

    Copies that were sent to him through the service are thereby acknowledged.
    """
    now = timezone.now()
    opening, _created = Opening.objects.get_or_create(
        motion=motion, officer=post.officer, role=post.role, defaults={"opened_at": now}
    )
    copies.opened(motion, post, now)
    calling.answer(motion, post.officer, now)
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
    for act in motion.acts.select_related("author__officer", "author__organisation", "pdf").order_by("position"):
        yield TimelineEvent(act.performed_at, "act", _label(act), act.author_in(), act)


def _label(act: Act) -> str:
    return str(events.stated(act).label if act.type == ActType.EVENT else ActType(act.type).label)


def _openings(motion: Motion) -> Iterator[TimelineEvent]:
    for opening in motion.openings.select_related("officer"):
        yield TimelineEvent(opening.opened_at, "opened", opening.get_role_display(), opening.officer.full_name)
