"""Reading motions: queues, first openings, the timeline. Every opening is logged."""

import uuid
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from ecase.audit import services as audit
from ecase.cases.models import Case, Document
from ecase.http import only_where_sent
from ecase.instants import format_instant
from ecase.officers.models import Officer, Organisation, Post, Role
from ecase.pagination import Cursor, Page, filter_after, page_of
from ecase.statements import HotQuery
from workflows.assignment import calling
from workflows.copies import services as copies
from workflows.copies.models import Copy
from workflows.measures.models import Measure, MeasureQuerySet
from workflows.motions import permissions, signed
from workflows.motions.models import UNREAD, Act, Admission, Attachment, Motion, MotionQuerySet, Opening
from workflows.motions.rules import events, kind_rules
from workflows.motions.states import AFTER_DECISION, BRING_MATERIALS, ActType

# The columns of a list. Catalogue and last act are not included: both are large.
RELATED = ("case", "author__officer", "author__organisation", "prosecution", "court", "judge")

# What a line of a list of measures shows, without the large columns.
OF_MEASURE = ("person", "motion__case", "motion__court", "begun_by")
NOT_OF_MEASURE = ("begun_by__act_json", "begun_by__cms", "begun_by__report", "begun_by__payload", "motion__search")

# A post in the samples of hot queries has been held since then.
EVER = datetime(1970, 1, 1, tzinfo=UTC)

# The roles that work with the file of the case as a whole.
INVESTIGATES = frozenset({Role.INVESTIGATOR, Role.HEAD_OF_UNIT})


def queue(post: Post) -> MotionQuerySet:
    """The motions that ``post`` may open, newest first."""
    return Motion.objects.visible_to(post).order_by("-created_at", "-id")


def measures(post: Post) -> MeasureQuerySet:
    """The measures that ``post`` may see: those of the motions that it may open."""
    return Measure.objects.filter(motion__in=Motion.objects.visible_to(post).values("pk"))


def queue_page(post: Post, columns: tuple[str, ...], cursor: Cursor | None, size: int) -> Page[dict[str, Any]]:
    """A page of :func:`queue`, as rows of ``columns``: one statement, worded once for each role."""
    if not post.is_current():
        return page_of([], "created_at", cursor, size)
    after = {"at": cursor.at, "last": cursor.id} if cursor else {}
    rows = _QUEUE.rows(post.role, post.organisation.level, columns, size + 1, **_ids_of(post), **after)
    return page_of(rows, "created_at", cursor, size)


def _worded_queue(
    role: str, level: str, columns: tuple[str, ...], size: int, *, at: datetime | None = None, **ids: uuid.UUID
) -> "QuerySet[Motion, dict[str, Any]]":
    """The page after ``at`` and ``last``, for any current post of this role in a body of this level."""
    post = _sample(role, level, ids)
    cursor = Cursor(at, ids["last"]) if at else None
    return filter_after(queue(post).values(*columns), cursor, "created_at")[:size]


_QUEUE: HotQuery[dict[str, Any]] = HotQuery(_worded_queue, planned_once=True)


def _ids_of(post: Post) -> dict[str, uuid.UUID]:
    return {"post": post.pk, "officer": post.officer_id, "organisation": post.organisation_id}


def _sample(role: str, level: str, ids: Mapping[str, uuid.UUID]) -> Post:
    """A current post that is enough to word what a post of this role, in a body of this level, may see."""
    body = Organisation(pk=ids["organisation"], level=level)
    officer = Officer(pk=ids["officer"], active=True)
    return Post(pk=ids["post"], role=role, officer=officer, organisation=body, valid_from=EVER)


def get(post: Post, motion_id: uuid.UUID | str) -> Motion:
    """A visible motion with everything that pages and answers need. Raises ``Motion.DoesNotExist``.

    Raises ``RowAltered``, which is then logged, for a motion whose row differs from what was signed.
    """
    motion = _one(post, motion_id, decided=False)
    signed.require_reported(motion)
    return motion


def _one(post: Post, motion_id: uuid.UUID | str, *, decided: bool) -> Motion:
    """The motion with its bodies, if it, or only its decision, is open to ``post``."""
    key = Motion._meta.pk.to_python(motion_id)
    found = _ONE.rows(post.role, post.organisation.level, decided, motion=key, **_ids_of(post))
    if not found or not post.is_current():
        raise Motion.DoesNotExist
    _add_bodies(found[0])
    return found[0]


def _worded_one(role: str, level: str, decided: bool, *, motion: uuid.UUID, **ids: uuid.UUID) -> "QuerySet[Motion]":
    post = _sample(role, level, ids)
    visible = Motion.objects.visible_to(post)
    rows = visible | Motion.objects.decided_for(post) if decided else visible
    rows = rows.select_related("case", "author__officer", "last_act").defer(*UNREAD)
    return signed.loaded(rows).filter(pk=motion)


_ONE: HotQuery[Motion] = HotQuery(_worded_one)


def find(post: Post, motion_id: uuid.UUID | str) -> Motion | None:
    """As :func:`get`; None if ``post`` may open no such motion."""
    try:
        return get(post, motion_id)
    except Motion.DoesNotExist:
        return None


def decided(post: Post, motion_id: uuid.UUID | str) -> Motion:
    """A motion whose decision is open to ``post``, whatever else of it is. Raises ``Motion.DoesNotExist``.

    For acts on the decision: show the decision, and nothing that :func:`get` does not return.
    """
    return _one(post, motion_id, decided=True)


def decisions(post: Post) -> MotionQuerySet:
    """The motions of which only the decision is open to ``post``, newest first."""
    found = Motion.objects.decided_for(post).exclude(pk__in=Motion.objects.visible_to(post).values("pk"))
    return found.order_by("-decided_at", "-id")


def _add_bodies(motion: Motion) -> None:
    """Adds the bodies by a separate query: PostgreSQL takes longer to plan one join of ten tables than to run both."""
    holders = [(motion, name) for name in ("organisation", "prosecution", "court")] + [(motion.author, "organisation")]
    wanted = {getattr(holder, f"{name}_id") for holder, name in holders}
    found = {body.pk: body for body in _BODIES.rows(bodies=list(wanted))}
    for holder, name in holders:
        setattr(holder, name, found[getattr(holder, f"{name}_id")])


_BODIES: HotQuery[Organisation] = HotQuery(lambda bodies: Organisation.objects.filter(pk__any_of=bodies))


def sanctions(post: Post, case: Case, kinds: Collection[str]) -> list[Motion]:
    """The sanctions of the case given on motions of ``kinds`` and visible to ``post``, newest first."""
    decided = queue(post).filter(case=case, kind__in=kinds, state__in=AFTER_DECISION)
    return [motion for motion in decided.order_by("-decided_at") if kind_rules.was_granted(motion)]


def documents(case: Case, post: Post) -> QuerySet[Document]:
    """The documents of a case that ``post`` may read; those of secret motions only for admitted officers.

    The body that investigates reads the files of its case. All others read what they have added themselves, and the
    documents of motions that are open to them: a file attached to a draft would reveal what is being prepared.
    """
    admitted = Admission.objects.filter(officer=post.officer_id).values("motion")
    attached = Attachment.objects.filter(document=OuterRef("pk"))
    kept_from = Exists(attached.filter(motion__secret=True).exclude(motion__in=admitted))
    proofs = Copy.objects.filter(proof=OuterRef("pk"))
    kept_proofs = proofs.filter(motion__secret=True).exclude(motion__in=admitted)
    open_to_admitted = Exists(attached.filter(motion__in=admitted))
    # Files stored for a secret motion and attached to none: only their uploader may read them.
    loose = Q(secret=True) & ~Q(uploaded_by__officer=post.officer_id) & ~Exists(proofs.filter(motion__in=admitted))
    found = case.documents.filter(Q(open_to_admitted) | (~kept_from & ~loose), ~Exists(kept_proofs))
    if post.role in INVESTIGATES:
        return found
    open_ones = Motion.objects.visible_to(post).values("pk")
    belongs = Exists(attached.filter(motion__in=open_ones, filed_by__isnull=False)) | Exists(
        Copy.objects.filter(proof=OuterRef("pk"), motion__in=open_ones)
    )
    return found.filter(Q(uploaded_by__officer=post.officer_id) | belongs)


def attachments(motion: Motion, post: Post) -> "QuerySet[Attachment]":
    """The attachments in their order, with document and blob.

    Unsigned attachments are shown to those who see the draft; for a motion under way, to its author only.
    """
    held = motion.attachments.select_related("document__blob")
    return held if motion.is_editable or permissions.is_author(motion, post) else held.exclude(filed_by=None)


@only_where_sent
@transaction.atomic
def open_materials(motion: Motion, post: Post) -> Opening:
    """Record the officer's first opening of the present materials of ``motion``; log every opening.

    Called where all content and attachments are sent: the materials, the whole file. Later additions (a new version, a
    supplement, a correction) must be opened separately. Copies that were sent to him through the service are
    acknowledged, and a call of officers on duty is answered.
    """
    # The last act that changed the content as it was read: later content was not shown.
    now, newest = timezone.now(), None
    if motion.last_act:
        acts = motion.acts.filter(type__in=BRING_MATERIALS, position__lte=motion.last_act.position)
        newest = acts.only("version", "position").order_by("-position").first()
    version, position = (newest.version, newest.position) if newest else (motion.version, 0)
    opening, _created = Opening.objects.get_or_create(
        motion=motion,
        officer=post.officer,
        role=post.role,
        position=position,
        defaults={"version": version, "opened_at": now},
    )
    copies.acknowledge_opened(motion, post, now)
    calling.answer(motion, post.officer, now)
    about = {"opened_at": format_instant(opening.opened_at), "version": opening.version, "position": opening.position}
    _log(motion, post, {}, about)
    return opening


@only_where_sent
@transaction.atomic
def open_act(act: Act, motion: Motion, post: Post) -> None:
    """Log that the officer reads one act of ``motion``, and acknowledge the copies of it that were sent to him.

    It does not count as reading the materials: an act of an earlier version does not show the present content.
    """
    copies.acknowledge_opened(motion, post, timezone.now(), act)
    _log(motion, post, {"act": str(act.pk)}, {"of": "act"})


@only_where_sent
def open_versions(motion: Motion, post: Post) -> None:
    """Log that the officer compares versions. It does not count as reading the materials: it opens no attachment."""
    _log(motion, post, {}, {"of": "versions"})


def _log(motion: Motion, post: Post, subject: Mapping[str, str], data: dict[str, Any]) -> None:
    named, chain = {"motion": str(motion.pk), **subject}, audit.own_chain(post.officer_id, motion.pk)
    audit.read("motion.opened", chain=chain, actor=post.as_actor(), subject=named, data=data)


@dataclass(frozen=True)
class TimelineEvent:
    """A line of a motion's history: an act, or an officer's first opening of its content in ``version``."""

    at: datetime
    kind: str
    label: str
    who: str
    version: int
    act: Act | None = None


def timeline(motion: Motion) -> list[TimelineEvent]:
    """The history of the motion, oldest first."""
    acts = motion.acts.select_related("author__officer", "author__organisation", "pdf").order_by("position")
    history = list(acts_of(acts))
    for opening in motion.openings.select_related("officer"):
        label, who = opening.get_role_display(), opening.officer.full_name
        history.append(TimelineEvent(opening.opened_at, "opened", label, who, opening.version))
    return sorted(history, key=lambda event: event.at)


def acts_of(acts: Iterable[Act]) -> Iterator[TimelineEvent]:
    """Acts as lines of a history."""
    for act in acts:
        label = str(events.event_of(act).label if act.type == ActType.EVENT else ActType(act.type).label)
        yield TimelineEvent(act.performed_at, "act", label, act.author_in(), act.version, act)
