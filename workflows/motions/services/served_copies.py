"""Serving copies: which copies are owed, who may acknowledge them, who may record service by hand."""

from collections.abc import Iterator
from datetime import datetime
from typing import BinaryIO
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ecase.cases import documents
from ecase.cases.documents import Purpose
from ecase.officers.models import Post, Role
from ecase.problems import Conflict, Invalid, NotAllowed, Problem
from workflows.copies import services as copies
from workflows.copies.models import BY_HAND, Copy, CopyQuerySet, Way
from workflows.motions.engine.refusals import recording
from workflows.motions.models import Motion
from workflows.motions.permissions import is_author, is_clerk_of_court


def copies_of_motion(motion: Motion) -> CopyQuerySet:
    """The copies owed with a motion's acts, with everything that an answer shows of them."""
    related = ("officer", "organisation", "person", "acknowledged_by__officer", "proof__blob")
    return Copy.objects.filter(motion=motion).select_related(*related)


def get(post: Post, copy_id: UUID) -> Copy:
    """A copy of a motion that ``post`` may open. Raises ``Copy.DoesNotExist``."""
    visible = Motion.objects.visible_to(post).values("pk")
    related = ("motion__case", "motion__author", "act", "officer", "organisation", "person", "proof__blob")
    return Copy.objects.select_related(*related).get(pk=copy_id, motion__in=visible)


def is_addressee(copy: Copy, post: Post) -> bool:
    """Whether the copy is addressed to the officer or to his organisation."""
    return post.officer_id == copy.officer_id or post.organisation_id == copy.organisation_id


def may_record(copy: Copy, post: Post) -> bool:
    """Whether the post serves copies by hand: the author, an investigator of the case, a clerk of the court."""
    motion = copy.motion
    if post.role == Role.CLERK:
        return is_clerk_of_court(motion, post)
    of_team = post.role == Role.INVESTIGATOR and motion.case.team.filter(officer=post.officer_id).exists()
    return is_author(motion, post) or of_team


def acknowledge(copy: Copy, post: Post) -> Copy:
    """Acknowledge a copy as its addressee. Raises ``NotAllowed`` or ``Conflict``; a refusal is in the audit log."""
    with recording(copy.motion, post, "copy"), transaction.atomic():
        if not is_addressee(copy, post) or copy.how != Way.SYSTEM:
            raise NotAllowed(Problem("not-yours", _("This copy was not sent to you through the service.")))
        if not copies.acknowledge(copy, post, timezone.now()):
            raise _settled(copy)
        return copy


def record(
    copy: Copy, post: Post, *, how: str, at: datetime | None = None, note: str = "", proof: tuple[str, BinaryIO] | None
) -> Copy:
    """Record that the copy was served by hand at ``at`` (now). ``proof`` is the name and the bytes of a file.

    Raises ``NotAllowed``, ``Conflict``, or ``Invalid`` with every fault at its field; a refusal is in the audit log.
    """
    with recording(copy.motion, post, "copy"), transaction.atomic():
        if not may_record(copy, post):
            message = _("Copies are served by the author of the motion or the court's clerk.")
            raise NotAllowed(Problem("not-yours", message))
        if copy.acknowledged_at or copy.voided_at:
            raise _settled(copy)
        served_at = at or timezone.now()
        if faults := list(_faults(copy, how, served_at, note, proof)):
            raise Invalid(faults)
        document, purpose = None, Purpose({"motion": str(copy.motion_id)}, copy.motion.secret)
        if proof:
            document = documents.store(copy.motion.case, post, *proof, purpose=purpose)
        if not copies.record(copy, post, how=Way(how), at=served_at, proof=document, note=note):
            raise _settled(copy)
        return copy


def _faults(copy: Copy, how: str, at: datetime, note: str, proof: object) -> Iterator[Problem]:
    if how not in BY_HAND:
        yield Problem("how", _("Say how the copy was served."), "how")
    elif how == Way.REFUSED and not note.strip():
        yield Problem("required", _("Say how the addressee refused, and before whom."), "note")
    elif how != Way.REFUSED and proof is None:
        yield Problem("required", _("Attach the proof that the copy was served."), "file")
    if not copy.created_at <= at <= timezone.now():
        yield Problem("at", _("A copy is served after the act and not in the future."), "at")


def _settled(copy: Copy) -> Conflict:
    message = _("This copy has been acknowledged already, or is no longer owed.")
    return Conflict(Problem("already-settled", message, params={"copy": str(copy.pk)}))
