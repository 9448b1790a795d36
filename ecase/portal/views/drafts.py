"""Writing a motion: the catalogue's form with autosave, its attachments, and what is still missing."""

from typing import Any, BinaryIO, cast
from uuid import UUID

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ecase.cases import documents
from ecase.officers.models import Post
from ecase.portal import attachments, forms
from ecase.portal.files import inline
from ecase.portal.pages import PortalRequest, by_field, faults, for_officers, or_404, page, refused
from ecase.problems import Invalid, Problem, Refused, Stale
from workflows.motions import queries
from workflows.motions.models import Motion
from workflows.motions.persons import persons_of
from workflows.motions.services import acting, drafts
from workflows.motions.states import ActType


@require_http_methods(["GET", "HEAD", "POST"])
@for_officers
def edit(request: PortalRequest, motion_id: UUID) -> HttpResponseBase:
    """The draft; POST (htmx: autosave) saves it and lists what is missing."""
    motion = or_404(queries.get, request.post, motion_id)
    if request.method == "POST":
        return _save(request, motion)
    if ActType.MOTION not in acting.available(motion, request.post):
        return redirect("portal:motion", motion.pk)
    return page(request, "draft.html", _about(motion, request.post))


@require_POST
@for_officers
def file(request: PortalRequest, motion_id: UUID) -> HttpResponseBase:
    """Save the page and prepare the motion for signing; shows every problem if it is incomplete."""
    motion = or_404(queries.get, request.post, motion_id)
    payload = forms.read(acting.form(motion, ActType.MOTION), request.POST)
    try:
        motion = drafts.save(motion, request.post, payload, _revision(request))
        prepared = acting.prepare(motion, ActType.MOTION, request.post, {})
    except Refused as refusal:
        return refused(request, "draft.html", _about(motion, request.post, payload, refusal), refusal)
    return redirect("portal:sign", prepared.pk)


@require_POST
@for_officers
def attach(request: PortalRequest, motion_id: UUID, requirement: str) -> HttpResponse:
    """Attach one file under a requirement."""
    motion = or_404(queries.get, request.post, motion_id)
    upload = request.FILES.get("file")
    try:
        if upload is None:
            raise Invalid(Problem("file-missing", _("Choose a file."), "file"))
        drafts.attach(motion, request.post, requirement, upload.name or "", cast(BinaryIO, upload))
    except Refused as refusal:
        return _attachments(request, motion, requirement, refusal)
    return _attachments(request, motion, requirement)


@require_POST
@for_officers
def detach(request: PortalRequest, motion_id: UUID, attachment_id: int) -> HttpResponse:
    """Remove a file from the draft; the case keeps it."""
    motion = or_404(queries.get, request.post, motion_id)
    attachment = or_404(drafts.attachment_of, motion, attachment_id)
    try:
        drafts.detach(motion, request.post, attachment_id)
    except Refused as refusal:
        return _attachments(request, motion, attachment.requirement, refusal)
    return _attachments(request, motion, attachment.requirement)


@require_POST
@for_officers
def relate(request: PortalRequest, motion_id: UUID) -> HttpResponse:
    """Set the earlier decision that the draft is about; an empty choice removes it."""
    motion = or_404(queries.get, request.post, motion_id)
    chosen, candidates = request.POST.get("earlier", ""), _candidates(motion, request.post)
    earlier = next((candidate for candidate in candidates if str(candidate.pk) == chosen), None)
    try:
        if chosen and earlier is None:
            raise Invalid(Problem("unfit", _("Choose one of the decisions that are listed."), "earlier"))
        drafts.relate(motion, request.post, earlier)
    except Refused as refusal:
        return _earlier(request, motion, refusal)
    return _earlier(request, motion)


def _earlier(request: PortalRequest, motion: Motion, refusal: Refused | None = None) -> HttpResponse:
    """The part of the page with the earlier decision, and other parts that have changed."""
    fresh = queries.get(request.post, motion.pk)
    problems = refusal.problems if refusal else ()
    context = {"motion": fresh, "missing": drafts.missing(fresh), "swapped": True, "earlier_problems": problems}
    known = () if refusal else forms.inputs(fresh.kind_entry.form, fresh.payload, ())
    filled = [entry for entry in known if entry.field.prefill.startswith("earlier.")]
    context |= {"kind": fresh.kind_entry, "candidates": _candidates(fresh, request.post), "filled": filled}
    return render(request, "portal/earlier_part.html", context, status=refusal.status if refusal else 200)


def _candidates(motion: Motion, post: Post) -> list[Motion]:
    relation = motion.kind_entry.relation
    return queries.sanctions(post, motion.case, relation.kinds) if relation else []


@require_POST
@for_officers
def discard(request: PortalRequest, motion_id: UUID) -> HttpResponseBase:
    """Delete a draft that was never filed."""
    motion = or_404(queries.get, request.post, motion_id)
    try:
        drafts.discard(motion, request.post)
    except Refused as refusal:
        return refused(request, "draft.html", _about(motion, request.post, None, refusal), refusal)
    return redirect("portal:case", motion.case_id)


@require_safe
@for_officers
def attachment(request: PortalRequest, motion_id: UUID, attachment_id: int) -> HttpResponseBase:
    """A file of the motion; its reading is logged."""
    motion = or_404(queries.get, request.post, motion_id)
    document = or_404(queries.attachments(motion, request.post).get, pk=attachment_id).document
    return inline(documents.read(document, request.post), document.name, document.blob.media_type)


def _save(request: PortalRequest, motion: Motion) -> HttpResponse:
    payload = forms.read(acting.form(motion, ActType.MOTION), request.POST)
    try:
        kept = forms.save_what_fits(lambda fit: drafts.save(motion, request.post, fit, _revision(request)), payload)
        return _saved(request, *kept)
    except Stale as refusal:
        fresh = queries.get(request.post, motion.pk)
        if fresh.payload == payload:
            # The stored payload is that of the page's own earlier save: there is no conflict.
            return _saved(request, fresh, [])
        return _status(request, motion, {"stale": True, **faults(refusal)}, refusal.status)
    except Refused as refusal:
        return _status(request, motion, faults(refusal), refusal.status)


def _saved(request: PortalRequest, motion: Motion, wrong: list[Problem]) -> HttpResponse:
    answer = _status(request, motion, {"saved": True, "wrong": wrong, "errors": by_field(wrong)}, 200)
    answer["X-Kept-All"] = "no" if wrong else "yes"
    return answer


def _status(request: PortalRequest, motion: Motion, context: dict[str, Any], status: int) -> HttpResponse:
    missing = drafts.missing(motion)
    return render(request, "portal/draft_status.html", {"motion": motion, "missing": missing, **context}, status=status)


def _attachments(
    request: PortalRequest, motion: Motion, requirement: str, refusal: Refused | None = None
) -> HttpResponse:
    """One requirement's part of the page, and other parts that have changed: the revision, what is missing."""
    fresh = queries.get(request.post, motion.pk)
    context = {"motion": fresh, "missing": drafts.missing(fresh), "swapped": True}
    known = attachments.parts(fresh, waiting=not fresh.is_editable)
    part = next(part for part in known if part["requirement"].key == requirement)
    problems = refusal.problems if refusal else ()
    context |= {"part": {**part, "problems": problems}}
    return render(request, "portal/attachments_part.html", context, status=refusal.status if refusal else 200)


def _about(
    motion: Motion, post: Post, payload: dict[str, Any] | None = None, refusal: Refused | None = None
) -> dict[str, Any]:
    errors = by_field(refusal.problems) if refusal else {}
    shown = motion.payload if payload is None else payload
    return {
        "motion": motion,
        "kind": motion.kind_entry,
        "inputs": forms.inputs(acting.form(motion, ActType.MOTION), shown, persons_of(motion, post), errors),
        "parts": attachments.parts(motion),
        "missing": drafts.missing(motion),
        "errors": errors,
        "candidates": _candidates(motion, post),
        "earlier_problems": errors.get("earlier", []),
    }


def _revision(request: PortalRequest) -> int | None:
    typed = request.POST.get("revision", "")
    return int(typed) if typed.isdecimal() else None
