"""Copies of decisions and notices of hearings: to whom they are owed, and the proof of service."""

from datetime import datetime
from typing import Any, BinaryIO, cast
from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, resolve_url
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from ecase.cases import documents
from ecase.instants import parse_instant
from ecase.officers.models import Post
from ecase.portal import refusals
from ecase.portal.files import inline
from ecase.portal.pages import PortalRequest, for_officers, or_404, page, posted_from
from ecase.problems import Invalid, Problem, Refused
from workflows.copies.models import BY_HAND
from workflows.motions import queries
from workflows.motions.models import Motion
from workflows.motions.persons import addressee_of
from workflows.motions.services import served_copies


@require_safe
@for_officers
def of_motion(request: PortalRequest, motion_id: UUID) -> HttpResponse:
    """Every copy that the motion's acts owe, and its status."""
    motion = or_404(queries.get, request.post, motion_id)
    return page(request, "copies.html", _about(motion, request.post, refusals.unsaved(request)))


@posted_from("portal:home")
@for_officers
def acknowledge(request: PortalRequest, copy_id: UUID) -> HttpResponseBase:
    """Record that the addressee has the copy."""
    copy = or_404(served_copies.get, request.post, copy_id)
    try:
        served_copies.acknowledge(copy, request.post)
    except Refused as refusal:
        return refusals.send_back(request, resolve_url("portal:copies", copy.motion_id), refusal)
    return redirect("portal:copies", copy.motion_id)


@posted_from("portal:home")
@for_officers
def record(request: PortalRequest, copy_id: UUID) -> HttpResponseBase:
    """Record how the copy was served by hand, with its proof."""
    copy = or_404(served_copies.get, request.post, copy_id)
    typed = {name: request.POST.get(name, "").strip() for name in ("how", "at", "note")}
    file = request.FILES.get("file")
    try:
        proof = (str(file.name), cast(BinaryIO, file)) if file else None
        served_copies.record(
            copy, request.post, how=typed["how"], at=_instant(typed["at"]), note=typed["note"], proof=proof
        )
    except Refused as refusal:
        unsaved = {"copy": str(copy.pk), **typed}
        return refusals.send_back(request, resolve_url("portal:copies", copy.motion_id), refusal, unsaved)
    return redirect("portal:copies", copy.motion_id)


@require_safe
@for_officers
def proof(request: PortalRequest, copy_id: UUID) -> HttpResponseBase:
    """The document that proves the service; its reading is logged."""
    found = or_404(served_copies.get, request.post, copy_id).proof
    if found is None:
        raise Http404
    document = or_404(queries.documents(found.case, request.post).get, pk=found.pk)
    return inline(documents.read(document, request.post), document.name, document.blob.media_type)


def _instant(typed: str) -> datetime | None:
    """A local date and time as a browser sends it; None if empty, which means now."""
    try:
        return timezone.make_aware(parse_instant(typed)) if typed else None
    except ValueError as fault:
        raise Invalid(Problem("type", _("A date and time is expected here."), "at")) from fault


def _about(motion: Motion, post: Post, typed: dict[str, str]) -> dict[str, Any]:
    rows, now = [], timezone.now()
    for copy in served_copies.copies_of_motion(motion):
        copy.motion = motion
        settled = copy.acknowledged_at is not None or copy.voided_at is not None
        row = {
            "copy": copy,
            "addressee": addressee_of(copy, post),
            "is_overdue": copy.is_overdue(now),
            "may_acknowledge": not settled and copy.how == "system" and served_copies.is_addressee(copy, post),
            "may_record": not settled and served_copies.may_record(copy, post),
            "is_open": typed.get("copy") == str(copy.pk),
        }
        rows.append(row)
    ways = [(way.value, way.label) for way in BY_HAND]
    return {"motion": motion, "kind": motion.kind_entry, "rows": rows, "ways": ways, "typed": typed}
