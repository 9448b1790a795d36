"""Writing a motion: the catalogue's form with autosave, its attachments, and what is still missing."""

from collections.abc import Iterable
from functools import partial
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from ecase.cases import documents, resumable
from ecase.cases.models import Upload
from ecase.officers.models import Post
from ecase.portal import attachments, conflicts, forms, refusals
from ecase.portal.conflicts import Payload
from ecase.portal.files import inline
from ecase.portal.pages import PortalRequest, by_field, faults, for_officers, or_404, page, posted_from
from ecase.problems import Invalid, Problem, Refused, Stale, TryLater
from workflows.motions import queries
from workflows.motions.models import Motion
from workflows.motions.persons import persons_of
from workflows.motions.services import acting, drafts
from workflows.motions.states import ActType
from workflows.statute.schema import Form

# More files of one form are left alone: Django itself takes no more than a hundred.
FILES_AT_ONCE = 50


@require_http_methods(["GET", "HEAD", "POST"])
@for_officers
def edit(request: PortalRequest, motion_id: UUID) -> HttpResponseBase:
    """The draft; POST (htmx: autosave) saves it and lists what is missing."""
    motion = or_404(queries.get, request.post, motion_id)
    if request.method == "POST":
        return _save(request, motion)
    if ActType.MOTION not in acting.available(motion, request.post):
        return redirect("portal:motion", motion.pk)
    return page(request, "draft.html", _about(request, motion))


@posted_from("portal:draft", "motion_id")
@for_officers
def file(request: PortalRequest, motion_id: UUID) -> HttpResponseBase:
    """Save the page and prepare the motion for signing, or go back to the page, which shows every problem."""
    motion = or_404(queries.get, request.post, motion_id)
    form, payload, base = _posted(request, motion)
    wrong, saved = list[Problem](), drafts.Saved(payload, ())
    try:
        saved, wrong = forms.save_what_fits(partial(drafts.save_changes, motion, request.post, base), payload)
        if problems := [*wrong, *conflicts.problems_of(conflicts.describe(motion, form, saved))]:
            raise Invalid(problems)
        prepared = acting.prepare(queries.get(request.post, motion.pk), ActType.MOTION, request.post, {})
    except Refused as refusal:
        unsaved = {key: payload[key] for key in payload.keys() - forms.without(payload, wrong).keys()}
        unsaved |= {key: payload.get(key) for key in saved.conflicts}
        before = {key: base.get(key) for key in saved.conflicts}
        return refusals.send_back(request, reverse("portal:draft", args=[motion.pk]), refusal, unsaved, before)
    return redirect("portal:sign", prepared.pk)


@posted_from("portal:draft", "motion_id")
@for_officers
def attach(request: PortalRequest, motion_id: UUID, requirement: str) -> HttpResponse:
    """Attach files under a requirement: those of the form (``file``), and those received in pieces (``upload``).

    Those that are refused are named, the others are attached.
    """
    motion = or_404(queries.get, request.post, motion_id)
    sent: list[UploadedFile | Upload] = [*request.FILES.getlist("file"), *_received(request, motion, requirement)]
    if not sent:
        missing = Invalid(Problem("file-missing", _("Choose a file."), "file"))
        return _attachments(request, motion, requirement, missing.problems, missing.status)
    problems, status = list[Problem](), 200
    for file in sent[:FILES_AT_ONCE]:
        try:
            _attach(request, motion, requirement, file)
        except Refused as refusal:
            problems += refusal.problems
            status = refusal.status
    return _attachments(request, motion, requirement, problems, status)


def _received(request: PortalRequest, motion: Motion, requirement: str) -> list[Upload]:
    """The officer's uploads that the form names; those that were begun for something else are not there."""
    target = {"motion": str(motion.pk), "requirement": requirement}
    named = (or_404(resumable.find, request.post, _id_or_404(typed)) for typed in request.POST.getlist("upload"))
    uploads = [upload for upload in named if upload.target == target]
    if len(uploads) != len(request.POST.getlist("upload")):
        raise Http404
    return uploads


def _attach(request: PortalRequest, motion: Motion, requirement: str, file: UploadedFile | Upload) -> None:
    if not isinstance(file, Upload):
        drafts.attach(motion, request.post, requirement, file.name or "", file)
    elif stream := resumable.take(file):
        try:
            drafts.attach(motion, request.post, requirement, file.name, stream, size=file.size)
        except TryLater:
            resumable.put_back(file)
            raise
        except Refused:
            resumable.end(file)
            raise
        resumable.end(file)
    elif file.offset < file.size:
        message = _("“%(name)s” has not arrived completely. Choose it again to send the rest.") % {"name": file.name}
        raise Invalid(Problem("file-incomplete", message, "file"))


@posted_from("portal:draft", "motion_id")
@for_officers
def attach_known(request: PortalRequest, motion_id: UUID, requirement: str) -> HttpResponse:
    """Attach files that the case has already (field ``document``, any number)."""
    motion = or_404(queries.get, request.post, motion_id)
    problems, status = list[Problem](), 200
    for chosen in request.POST.getlist("document")[:FILES_AT_ONCE]:
        try:
            or_404(drafts.attach_known, motion, request.post, requirement, _id_or_404(chosen))
        except Refused as refusal:
            problems += refusal.problems
            status = refusal.status
    return _attachments(request, motion, requirement, problems, status)


@posted_from("portal:draft", "motion_id")
@for_officers
def detach(request: PortalRequest, motion_id: UUID, attachment_id: int) -> HttpResponse:
    """Remove a file from the draft; the case keeps it."""
    motion = or_404(queries.get, request.post, motion_id)
    attachment = or_404(drafts.attachment_of, motion, attachment_id)
    try:
        drafts.detach(motion, request.post, attachment_id)
    except Refused as refusal:
        return _attachments(request, motion, attachment.requirement, refusal.problems, refusal.status)
    return _attachments(request, motion, attachment.requirement)


@posted_from("portal:draft", "motion_id")
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
    given = {entry.field.key: fresh.payload.get(entry.field.key) for entry in filled}
    context["base"] = conflicts.as_base({**conflicts.read_base(request.POST), **given})
    return render(request, "portal/earlier_part.html", context, status=refusal.status if refusal else 200)


def _candidates(motion: Motion, post: Post) -> list[Motion]:
    relation = motion.kind_entry.relation
    return queries.sanctions(post, motion.case, relation.kinds) if relation else []


@posted_from("portal:draft", "motion_id")
@for_officers
def discard(request: PortalRequest, motion_id: UUID) -> HttpResponseBase:
    """Delete a draft that was never filed."""
    motion = or_404(queries.get, request.post, motion_id)
    try:
        drafts.discard(motion, request.post)
    except Refused as refusal:
        return refusals.send_back(request, reverse("portal:draft", args=[motion.pk]), refusal)
    return redirect("portal:case", motion.case_id)


@require_safe
@for_officers
def attachment(request: PortalRequest, motion_id: UUID, attachment_id: int) -> HttpResponseBase:
    """A file of the motion; its reading is logged."""
    motion = or_404(queries.get, request.post, motion_id)
    document = or_404(queries.attachments(motion, request.post).get, pk=attachment_id).document
    return inline(documents.read(document, request.post), document.name, document.blob.media_type)


def _save(request: PortalRequest, motion: Motion) -> HttpResponse:
    form, payload, base = _posted(request, motion)
    try:
        saved, wrong = forms.save_what_fits(partial(drafts.save_changes, motion, request.post, base), payload)
    except Refused as refusal:
        return _status(request, motion, faults(refusal), refusal.status)
    refusals.forget(request)
    fresh = queries.get(request.post, motion.pk)
    context = answer_of(fresh, request.post, form, saved, base, payload, wrong)
    answer = _status(request, fresh, context, 200)
    answer["X-Kept-All"] = "no" if context["wrong"] else "yes"
    return answer


def _posted(request: PortalRequest, motion: Motion) -> tuple[Form, Payload, Payload]:
    """The form, the posted payload, and the payload from which it was written, with conflicts resolved as chosen."""
    form = acting.form(motion, ActType.MOTION)
    payload, base = forms.read(form, request.POST), conflicts.read_base(request.POST)
    conflicts.apply_choices(request.POST, base, payload, motion.payload)
    return form, payload, base


def answer_of(
    motion: Motion,
    post: Post,
    form: Form,
    saved: drafts.Saved,
    base: Payload,
    payload: Payload,
    wrong: list[Problem],
) -> dict[str, Any]:
    """Context of the answer to a form that was saved: what was not, what another window has changed."""
    found = conflicts.describe(motion, form, saved)
    problems = [*wrong, *conflicts.problems_of(found)]
    settled = forms.without(payload, problems).keys() | saved.payload.keys()
    faulty = {problem.field.split(".")[1] for problem in problems if "." in problem.field}
    changed = {key for key in settled - faulty if saved.payload.get(key) != payload.get(key)}
    inputs = forms.inputs(form, saved.payload, persons_of(motion, post)) if changed else []
    # Of a conflict the form keeps what it had before.
    stored = {**saved.payload, **{key: base.get(key) for key in saved.conflicts}}
    return {
        "saved": True,
        "wrong": problems,
        "errors": by_field(problems),
        "conflicts": found,
        "unshown": forms.unshown(form, saved.payload),
        "base": conflicts.as_base(stored),
        "changed": [entry for entry in inputs if entry.field.key in changed],
        "swapped": True,
    }


def _status(request: PortalRequest, motion: Motion, context: dict[str, Any], status: int) -> HttpResponse:
    missing = drafts.missing(motion)
    return render(request, "portal/draft_status.html", {"motion": motion, "missing": missing, **context}, status=status)


def _attachments(
    request: PortalRequest, motion: Motion, requirement: str, problems: Iterable[Problem] = (), status: int = 200
) -> HttpResponse:
    """One requirement's part of the page, and other parts that have changed: what is missing."""
    fresh = queries.get(request.post, motion.pk)
    context = {"motion": fresh, "missing": drafts.missing(fresh), "swapped": True}
    known = attachments.parts(fresh, request.post, waiting=not fresh.is_editable)
    part = next((part for part in known if part["requirement"].key == requirement), None)
    if part is None:
        raise Http404
    context |= {"part": {**part, "problems": problems}}
    return render(request, "portal/attachments_part.html", context, status=status)


def _about(request: PortalRequest, motion: Motion) -> dict[str, Any]:
    """The page of a draft; sent back to it, with what no draft holds and every problem."""
    form = acting.form(motion, ActType.MOTION)
    base = {**motion.payload, **refusals.unsaved(request, "base")}
    typed = {**motion.payload, **refusals.unsaved(request)}
    found = conflicts.describe(motion, form, drafts.merge(base, typed, motion.payload))
    motion.payload = typed
    refusal = acting.refusal_of(motion, ActType.MOTION, request.post, {}) if refusals.MARK in request.GET else None
    refusal = Stale(conflicts.problems_of(found)) if found else refusal
    shown = faults(refusal) if refusal else {}
    errors = shown.get("errors", {})
    return {
        "motion": motion,
        "kind": motion.kind_entry,
        "inputs": forms.inputs(form, typed, persons_of(motion, request.post), errors),
        "parts": attachments.parts(motion, request.post),
        "missing": drafts.missing(motion),
        "candidates": _candidates(motion, request.post),
        "earlier_problems": errors.get("earlier", []),
        "base": conflicts.as_base(base),
        "conflicts": found,
        "unshown": forms.unshown(form, typed),
        **shown,
    }


def _id_or_404(typed: str) -> UUID:
    try:
        return UUID(typed)
    except ValueError as fault:
        raise Http404 from fault
