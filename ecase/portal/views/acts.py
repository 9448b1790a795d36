"""Writing any act except motions and decisions, with the catalogue's form; previews; preparing for the signature."""

from dataclasses import replace
from functools import partial
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from ecase.officers.models import Post
from ecase.portal import attachments, conflicts, files, forms, refusals
from ecase.portal.act_buttons import address_of
from ecase.portal.pages import PortalRequest, by_field, faults, for_officers, or_404, page, posted_from
from ecase.portal.views.drafts import answer_of
from ecase.portal.views.motions import about, decision_alone
from ecase.problems import Problem, Refused
from workflows.motions.acts.registry import spec_of
from workflows.motions.models import Motion
from workflows.motions.persons import persons_of
from workflows.motions.rules import payloads
from workflows.motions.rules.payloads import NEW_OUTCOME, OUTCOME
from workflows.motions.services import acting, drafts
from workflows.motions.states import DECISIONS, WITH_OUTCOME, ActType
from workflows.statute.schema import Field, Form

WRITTEN_ELSEWHERE = DECISIONS | {ActType.MOTION}
# The inputs that decide which fields an act has.
CHOSEN = (OUTCOME, NEW_OUTCOME)


@require_http_methods(["GET", "HEAD", "POST"])
@for_officers
def write(request: PortalRequest, motion_id: UUID, act_type: str) -> HttpResponseBase:
    """The form of an act; POST (htmx: autosave) saves the input."""
    motion, kind = _found(request.post, motion_id, act_type)
    if kind in WRITTEN_ELSEWHERE:
        return redirect(address_of(motion, kind))
    if request.method == "POST":
        payload = _read(motion, request.post, kind, request.POST)
        if kind in WITH_OUTCOME and OUTCOME not in payload:
            return render(request, "portal/act_status.html", {"choose_first": True})
        return keep(request, motion, kind, payload)
    if kind not in acting.available(motion, request.post):
        return not_possible(request, motion, kind)
    payload = {**drafts.load_act_draft(motion, request.post, kind), **refusals.unsaved(request)}
    refusal = acting.refusal_of(motion, kind, request.post, payload) if refusals.MARK in request.GET else None
    shown = faults(refusal) if refusal else {}
    return page(request, "act.html", {**_about(motion, request.post, kind, payload, refusal), **shown})


def not_possible(request: PortalRequest, motion: Motion, kind: ActType) -> HttpResponse:
    """Why this act cannot be written now."""
    refusal = acting.refusal_of(motion, kind, request.post, {})
    context = {**about(motion, request.post), **(faults(refusal) if refusal else {}), "act_type": kind}
    return page(request, "act_not_possible.html", context, status=409)


@posted_from("portal:act", "motion_id", "act_type")
@for_officers
def fields(request: PortalRequest, motion_id: UUID, act_type: str) -> HttpResponse:
    """The fields of the chosen outcome, keeping the input of fields that the previous outcome has as well."""
    motion, kind = _found(request.post, motion_id, act_type)
    payload = _read(motion, request.post, kind, request.POST)
    return render(request, "portal/act_fields.html", _fields(motion, request.post, kind, payload))


@posted_from("portal:act", "motion_id", "act_type")
@for_officers
def freeze(request: PortalRequest, motion_id: UUID, act_type: str) -> HttpResponseBase:
    """Prepare the act for signing, or go back to its form, which shows all problems."""
    motion, kind = _found(request.post, motion_id, act_type)
    return prepare(request, motion, kind, _read(motion, request.post, kind, request.POST))


def prepare(request: PortalRequest, motion: Motion, kind: ActType, payload: dict[str, Any]) -> HttpResponseBase:
    """Prepare an act with this payload; if it is refused, save what fits as its draft and go back to its form."""
    try:
        prepared = acting.prepare(motion, kind, request.post, payload)
    except Refused as refusal:
        unsaved: dict[str, Any] = {}
        if payload and kind in acting.available(motion, request.post):
            save = partial(drafts.save_act_draft, motion, request.post, kind)
            _kept, wrong = forms.save_what_fits(save, payload)
            unsaved = {key: payload[key] for key in payload.keys() - forms.without(payload, wrong).keys()}
        return refusals.send_back(request, address_of(motion, kind), refusal, unsaved)
    return redirect("portal:sign", prepared.pk)


@require_safe
@for_officers
def preview(request: PortalRequest, motion_id: UUID, act_type: str) -> HttpResponse:
    """The document as it would be signed, with links back and onwards."""
    motion, kind = _found(request.post, motion_id, act_type)
    return page(request, "preview.html", {"motion": motion, "act_type": kind, "back": address_of(motion, kind)})


@require_safe
@for_officers
def preview_pdf(request: PortalRequest, motion_id: UUID, act_type: str) -> HttpResponse:
    """The PDF of the input so far, marked as a preview."""
    motion, kind = _found(request.post, motion_id, act_type)
    payload = {} if kind == ActType.MOTION else drafts.load_act_draft(motion, request.post, kind)
    return files.answer_file(acting.preview(motion, kind, request.post, payload), files.PDF, f"{kind}-preview.pdf")


def keep(request: PortalRequest, motion: Motion, kind: ActType, payload: dict[str, Any]) -> HttpResponse:
    """Save the input; invalid values are reported and kept by the browser only."""
    stored, base = drafts.load_act_draft(motion, request.post, kind), conflicts.read_base(request.POST)
    conflicts.apply_choices(request.POST, base, payload, stored)
    try:
        save = partial(drafts.save_act_draft, motion, request.post, kind, base=base)
        saved, wrong = forms.save_what_fits(save, payload)
    except Refused as refusal:
        return render(request, "portal/act_status.html", faults(refusal), status=refusal.status)
    refusals.forget(request)
    form = _form(motion, kind, payload, request.post)
    context = answer_of(motion, request.post, form, saved, base, payload, wrong)
    answer = render(request, "portal/act_status.html", {"motion": motion, **context})
    answer["X-Kept-All"] = "no" if context["wrong"] else "yes"
    return answer


def _found(post: Post, motion_id: UUID, act_type: str) -> tuple[Motion, ActType]:
    try:
        kind = ActType(act_type)
    except ValueError as unknown:
        raise Http404 from unknown
    return or_404(acting.motion_for_act, post, motion_id, kind), kind


def _form(motion: Motion, kind: ActType, payload: dict[str, Any], author: Post) -> Form:
    """The form that ``payload`` of ``author`` fills, with choices for texts of which the register knows the values.

    The stored and signed value stays the text: the key of a field, the number of a court.
    """
    form, fields = payloads.form_of(motion, kind, payload, author=author), list[Field]()
    for field in form.fields:
        known = spec_of(kind).choices.get(field.key)
        fields.append(replace(field, type="choice", choices=tuple(known(motion))) if known else field)
    return replace(form, fields=tuple(fields))


def _read(motion: Motion, post: Post, kind: ActType, posted: QueryDict) -> dict[str, Any]:
    """The posted payload: the form's fields, with the chosen outcomes, unless this act cannot state them."""
    stated = {key: value for key in CHOSEN if (value := posted.get(f"{forms.PREFIX}.{key}", ""))}
    payload, outcome = forms.read(_form(motion, kind, stated, post), posted), stated.get(OUTCOME, "")
    if kind not in WITH_OUTCOME or outcome not in {choice.key for choice in payloads.outcomes(motion, kind)}:
        return payload
    new_outcomes = {new_outcome.key for new_outcome in payloads.new_outcomes(motion, kind, outcome)}
    new = {NEW_OUTCOME: stated[NEW_OUTCOME]} if stated.get(NEW_OUTCOME) in new_outcomes else {}
    return {OUTCOME: outcome, **new, **payload}


def _about(
    motion: Motion, post: Post, kind: ActType, payload: dict[str, Any], refusal: Refused | None = None
) -> dict[str, Any]:
    errors = by_field(refusal.problems) if refusal else {}
    parts = attachments.parts(motion, post, waiting=True) if kind == ActType.SUPPLEMENT else []
    around = about(motion, post) if motion.is_open_to(post) else decision_alone(motion, post)
    return {**around, **_fields(motion, post, kind, payload, errors), "parts": parts}


def _fields(
    motion: Motion, post: Post, kind: ActType, payload: dict[str, Any], errors: dict[str, list[Problem]] | None = None
) -> dict[str, Any]:
    outcome = str(payload.get(OUTCOME, ""))
    payload = payloads.with_only_choice(motion, kind, payload, post)
    form = _form(motion, kind, payload, post)
    return {
        "motion": motion,
        "act_type": kind,
        "outcomes": payloads.outcomes(motion, kind),
        "outcome": outcome,
        "new_outcomes": payloads.new_outcomes(motion, kind, outcome),
        "new_outcome": payload.get(NEW_OUTCOME, ""),
        "inputs": forms.inputs(form, payload, persons_of(motion, post), errors),
        "unshown": forms.unshown(form, payload),
        "errors": errors or {},
        "base": conflicts.as_base(drafts.load_act_draft(motion, post, kind)),
    }
