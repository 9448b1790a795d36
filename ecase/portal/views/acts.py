"""Writing any act but a motion and a decision, from the catalogue's form; previews; freezing for the signature."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ecase.officers.models import Post
from ecase.portal import files, forms
from ecase.portal.pages import PortalRequest, by_field, faults, for_officers, or_404, page, refused
from ecase.portal.views.motions import about, address_of
from ecase.problems import Invalid, Problem, Refused
from workflows.motions import acting, drafts, reading
from workflows.motions.models import Motion
from workflows.motions.states import DECISIONS, ActType

WRITTEN_ELSEWHERE = DECISIONS | {ActType.MOTION}


@require_http_methods(["GET", "HEAD", "POST"])
@for_officers
def write(request: PortalRequest, motion_id: UUID, act_type: str) -> HttpResponseBase:
    """The form of an act; POST (htmx: autosave) keeps what is typed."""
    motion, kind = _found(request.post, motion_id, act_type)
    if kind in WRITTEN_ELSEWHERE:
        return redirect(address_of(motion, kind))
    if request.method == "POST":
        return keep(request, motion, kind, forms.read(acting.form(motion, kind), request.POST))
    if kind not in acting.available(motion, request.post):
        return page(request, "act_not_possible.html", {**about(motion, request.post), "act_type": kind}, status=409)
    return page(request, "act.html", _about(motion, request.post, kind, drafts.kept(motion, request.post, kind)))


@require_POST
@for_officers
def freeze(request: PortalRequest, motion_id: UUID, act_type: str) -> HttpResponseBase:
    """Prepare the act for signing, or say everything that is wrong with it."""
    motion, kind = _found(request.post, motion_id, act_type)
    payload = forms.read(acting.form(motion, kind), request.POST)
    try:
        prepared = acting.prepare(motion, kind, request.post, payload)
    except Refused as refusal:
        return refused(request, "act.html", _about(motion, request.post, kind, payload, refusal), refusal)
    return redirect("portal:sign", prepared.pk)


@require_safe
@for_officers
def preview(request: PortalRequest, motion_id: UUID, act_type: str) -> HttpResponse:
    """The document as it would be signed, on a page with the way back and the way on."""
    motion, kind = _found(request.post, motion_id, act_type)
    return page(request, "preview.html", {"motion": motion, "act_type": kind, "back": address_of(motion, kind)})


@require_safe
@for_officers
def preview_pdf(request: PortalRequest, motion_id: UUID, act_type: str) -> HttpResponse:
    """The PDF of what has been typed so far, marked as a preview."""
    motion, kind = _found(request.post, motion_id, act_type)
    payload = {} if kind == ActType.MOTION else drafts.kept(motion, request.post, kind)
    return files.pdf(acting.preview(motion, kind, request.post, payload), f"{kind}-preview.pdf")


def keep(request: PortalRequest, motion: Motion, kind: ActType, payload: dict[str, Any]) -> HttpResponse:
    """Keep what is typed; what is wrong is named and kept by the browser only."""
    try:
        wrong = _keep_what_fits(request.post, motion, kind, payload)
    except Refused as refusal:
        return render(request, "portal/act_status.html", faults(refusal), status=refusal.status)
    context = {"saved": True, "wrong": wrong, "errors": by_field(wrong)}
    answer = render(request, "portal/act_status.html", context)
    answer["X-Kept-All"] = "no" if wrong else "yes"
    return answer


def _keep_what_fits(post: Post, motion: Motion, kind: ActType, payload: dict[str, Any]) -> list[Problem]:
    try:
        drafts.keep(motion, post, kind, payload)
    except Invalid as refusal:
        drafts.keep(motion, post, kind, forms.without(payload, refusal.problems))
        return list(refusal.problems)
    return []


def _found(post: Post, motion_id: UUID, act_type: str) -> tuple[Motion, ActType]:
    try:
        kind = ActType(act_type)
    except ValueError as unknown:
        raise Http404 from unknown
    return or_404(reading.get, post, motion_id), kind


def _about(
    motion: Motion, post: Post, kind: ActType, payload: dict[str, Any], refusal: Refused | None = None
) -> dict[str, Any]:
    errors = by_field(refusal.problems) if refusal else {}
    shown = forms.inputs(acting.form(motion, kind), payload, motion.case.persons.all(), errors)
    return {**about(motion, post), "act_type": kind, "inputs": shown}
