"""The judge's decision: the outcome and its fields, the reasons, and the assistant's draft."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from ecase.officers.models import Post
from ecase.portal import act_fields, conflicts, forms, refusals
from ecase.portal.pages import PortalRequest, by_field, faults, for_officers, or_404, page, posted_from
from ecase.portal.views.acts import keep, not_possible, prepare
from ecase.portal.views.motions import about
from ecase.problems import Invalid, Problem, Refused
from workflows.drafting import services as drafting
from workflows.motions import queries
from workflows.motions.models import Motion
from workflows.motions.persons import persons_of
from workflows.motions.rules import kind_rules
from workflows.motions.rules.payloads import OUTCOME, SUGGESTION
from workflows.motions.services import acting, drafts
from workflows.motions.states import DECISIONS, ActType

REASONS = "reasons"
FIELD = f"{forms.PREFIX}.{OUTCOME}"


@require_http_methods(["GET", "HEAD", "POST"])
@for_officers
def write(request: PortalRequest, motion_id: UUID) -> HttpResponseBase:
    """The decision page; POST (htmx: autosave) saves the input."""
    motion = or_404(queries.get, request.post, motion_id)
    if request.method == "POST":
        payload = _read(motion, request.POST)
        if OUTCOME not in payload:
            return render(request, "portal/act_status.html", {"choose_first": True})
        return keep(request, motion, _act_type(motion, payload[OUTCOME]), payload)
    if DECISIONS.isdisjoint(acting.available(motion, request.post)):
        return not_possible(request, motion, ActType.PROTOCOL)
    payload = {**_kept(motion, request.post), **refusals.unsaved(request)}
    refusal: Refused | None = None
    if refusals.MARK in request.GET and OUTCOME not in payload:
        refusal = _unchosen()
    elif refusals.MARK in request.GET:
        refusal = acting.refusal_of(motion, _act_type(motion, payload[OUTCOME]), request.post, payload)
    shown = faults(refusal) if refusal else {}
    return page(request, "decision.html", {**_about(motion, request.post, payload, refusal), **shown})


@posted_from("portal:decide", "motion_id")
@for_officers
def fields(request: PortalRequest, motion_id: UUID) -> HttpResponse:
    """The fields of the chosen outcome, keeping the input of fields that the previous outcome has as well."""
    motion = or_404(queries.get, request.post, motion_id)
    payload = _read(motion, request.POST)
    return render(request, "portal/decision_fields.html", _about(motion, request.post, payload))


@posted_from("portal:decide", "motion_id")
@for_officers
def suggest(request: PortalRequest, motion_id: UUID) -> HttpResponse:
    """An assistant's draft for the chosen outcome, labelled, with the source of every paragraph."""
    motion = or_404(queries.get, request.post, motion_id)
    try:
        if OUTCOME not in (payload := _read(motion, request.POST)):
            raise _unchosen()
        suggestion = drafting.suggest(motion, request.post, payload[OUTCOME])
    except Refused as refusal:
        context = {"motion": motion, "suggestion_problems": refusal.problems}
        return render(request, "portal/suggestion.html", context, status=refusal.status)
    return render(request, "portal/suggestion.html", {"motion": motion, "suggestion": suggestion})


@require_safe
@for_officers
def preview(request: PortalRequest, motion_id: UUID) -> HttpResponseBase:
    """Redirect to the preview of the saved input; back to the page while no outcome is chosen."""
    motion = or_404(queries.get, request.post, motion_id)
    outcome = _kept(motion, request.post).get(OUTCOME)
    if not outcome:
        return redirect("portal:decide", motion.pk)
    return redirect("portal:preview", motion.pk, _act_type(motion, outcome))


@posted_from("portal:decide", "motion_id")
@for_officers
def freeze(request: PortalRequest, motion_id: UUID) -> HttpResponseBase:
    """Prepare the decision for signing, or go back to its page, which shows all problems."""
    motion = or_404(queries.get, request.post, motion_id)
    payload = _read(motion, request.POST)
    if OUTCOME not in payload:
        return refusals.send_back(request, reverse("portal:decide", args=[motion.pk]), _unchosen())
    return prepare(request, motion, _act_type(motion, payload[OUTCOME]), payload)


def _kept(motion: Motion, post: Post) -> dict[str, Any]:
    kept = (drafts.load_act_draft(motion, post, act_type) for act_type in DECISIONS)
    return next((payload for payload in kept if payload), {})


def _read(motion: Motion, posted: QueryDict) -> dict[str, Any]:
    outcome = posted.get(FIELD, "")
    if outcome not in {choice.key for choice in kind_rules.outcomes(motion)}:
        return {}
    payload = forms.read(acting.form(motion, _act_type(motion, outcome), outcome), posted)
    suggestion = posted.get(f"{forms.PREFIX}.{SUGGESTION}", "")
    return {OUTCOME: outcome, **payload, **({SUGGESTION: suggestion} if suggestion else {})}


def _unchosen() -> Refused:
    return Invalid(Problem("outcome", _("Choose what you decide."), FIELD))


def _act_type(motion: Motion, outcome: str) -> ActType:
    return ActType(motion.kind_entry.outcome(outcome).output)


def _about(motion: Motion, post: Post, payload: dict[str, Any], refusal: Refused | None = None) -> dict[str, Any]:
    errors = by_field(refusal.problems) if refusal else {}
    outcome = str(payload.get(OUTCOME, ""))
    act_type = _act_type(motion, outcome) if outcome else ActType.PROTOCOL
    form = acting.form(motion, act_type, outcome)
    shown = forms.inputs(form, payload, persons_of(motion, post), errors)
    return {
        **about(motion, post),
        "act_type": act_type,
        "outcome": outcome,
        "outcomes": kind_rules.outcomes(motion),
        "is_urgent": kind_rules.path(motion) == "urgent",
        "inputs": [entry for entry in shown if entry.field.key != REASONS],
        "reasons": next((entry for entry in shown if entry.field.key == REASONS), None),
        "unshown": forms.unshown(form, payload),
        "base": conflicts.as_base(_kept(motion, post)),
        "suggestion_used": "" if f"{forms.PREFIX}.{SUGGESTION}" in errors else payload.get(SUGGESTION, ""),
        "suggestion": drafting.latest(motion, post, outcome) if outcome else None,
        "lines": act_fields.describe_motion(motion),
    }
