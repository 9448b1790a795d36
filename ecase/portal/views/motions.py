"""One motion: its status, deadlines and history, the possible acts, and its materials."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from ecase.officers.models import Post
from ecase.outbox import services as outbox
from ecase.portal import act_fields, files, law, progress, sanction_status
from ecase.portal.act_buttons import act_buttons
from ecase.portal.draws import describe
from ecase.portal.pages import PortalRequest, for_officers, or_404, page
from workflows.deadlines.explanation import explain
from workflows.motions import openings, queries, signers
from workflows.motions.exports import difference, motion_pdf
from workflows.motions.models import Act, Motion
from workflows.motions.services import acting
from workflows.motions.signers import Kept
from workflows.motions.states import DECISIONS, ActType, State

# Large columns of an act that are not shown on any page of a motion.
UNSHOWN = ("cms", "report")


@require_safe
@for_officers
def show(request: PortalRequest, motion_id: UUID) -> HttpResponseBase:
    """The motion's page; its author is redirected to the draft, a signer without access sees what he signed.

    Counsel of a party that the motion is not about is shown only the decision, once a copy is owed to his client.
    """
    motion = queries.find(request.post, motion_id)
    if motion is None:
        return _out_of_sight(request, motion_id)
    if motion.state == State.DRAFT and ActType.MOTION in acting.available(motion, request.post):
        return redirect("portal:draft", motion.pk)
    outbox.mark_read(request.post, key=str(motion.pk))
    return page(request, "motion.html", about(motion, request.post))


@require_safe
@for_officers
def pulse(request: PortalRequest, motion_id: UUID) -> HttpResponse:
    """Polled by an open page every second: 204 while nothing has changed (one query), else the new content."""
    revision = or_404(queries.queue(request.post).values_list("revision", flat=True).get, pk=motion_id)
    if request.GET.get("revision") == str(revision):
        return HttpResponse(status=204)
    motion = or_404(queries.get, request.post, motion_id)
    outbox.mark_read(request.post, key=str(motion.pk))
    return render(request, "portal/motion_live.html", {**about(motion, request.post), "is_news": True})


@require_safe
@for_officers
def materials(request: PortalRequest, motion_id: UUID) -> HttpResponse:
    """The materials of the motion. Opening them stamps and logs the reading."""
    motion = or_404(queries.get, request.post, motion_id)
    opening = queries.open_materials(motion, request.post)
    outbox.mark_read(request.post, key=str(motion.pk))
    labels = {requirement.key: requirement.label for requirement in motion.kind_entry.attachments}
    shown = queries.attachments(motion, request.post)
    attachments = [{"attachment": held, "label": labels.get(held.requirement, "")} for held in shown]
    context = {"opening": opening, "attachments": attachments, "lines": act_fields.describe_motion(motion)}
    return page(request, "materials.html", {**about(motion, request.post), **context})


@require_safe
@for_officers
def versions(request: PortalRequest, motion_id: UUID) -> HttpResponse:
    """Two versions of a returned motion, field by field; by default the last two. Does not count as a reading."""
    motion = or_404(queries.get, request.post, motion_id)
    queries.open_versions(motion, request.post)
    known = difference.versions(motion)
    typed = (request.GET.get(name, "") for name in ("before", "after"))
    chosen = [int(version) if version.isdecimal() and int(version) in known else None for version in typed]
    before, after = chosen[0] or known[max(-2, -len(known))], chosen[1] or known[-1]
    context = {"known": known, "before": before, "after": after}
    changes = difference.between(motion, before, after) if before != after else []
    return page(request, "versions.html", {**_heading(motion), **context, "changes": changes})


@require_safe
@for_officers
def draw(request: PortalRequest, motion_id: UUID) -> HttpResponse:
    """How the judges of this motion were drawn, with the data to repeat it."""
    motion = or_404(queries.get, request.post, motion_id)
    records = motion.draws.select_related("court", "chosen__officer").order_by("-drawn_at")
    return page(request, "draw.html", {**_heading(motion), "draws": [describe(record) for record in records]})


@require_safe
@for_officers
def whole_file(request: PortalRequest, motion_id: UUID) -> HttpResponse:
    """One PDF of the whole current file, for printing."""
    motion = or_404(queries.get, request.post, motion_id)
    queries.open_materials(motion, request.post)
    return files.answer_file(motion_pdf.render(motion, request.post), files.PDF, motion_pdf.file_name(motion))


def about(motion: Motion, post: Post) -> dict[str, Any]:
    """Shared context of the pages of a motion."""
    acts = list(motion.acts.select_related("author__organisation").defer(*UNSHOWN).order_by("position"))
    return {
        **_heading(motion),
        **_standing(motion, post, acts),
        "buttons": act_buttons(motion, post),
        "opened": openings.has_opened(motion, post),
        "opened_before": openings.openings_by(motion, post).exists(),
        "steps": progress.pipeline(motion),
        "stamps": progress.stamps(motion, acts),
        "deadlines": [(deadline, explain(deadline)) for deadline in motion.deadlines.order_by("due_at")],
        "timeline": queries.timeline(motion)[::-1],
        "papers": [act for act in reversed(acts) if act.pdf_id],
        "law": law.describe_kind(motion.kind_entry),
    }


def _out_of_sight(request: PortalRequest, motion_id: UUID) -> HttpResponse:
    """What is shown of a closed motion: a decision that is owed to a client, or what the post has signed."""
    try:
        motion = queries.decided(request.post, motion_id)
    except Motion.DoesNotExist:
        kept: Kept = or_404(signers.get, request.post, motion_id)
        lines = act_fields.describe_act(kept.filed) if kept.filed else []
        own = {"own": kept.own, "filed": kept.filed, "lines": lines, "files": kept.files}
        return page(request, "motion_kept.html", {**_heading(kept.motion), **own})
    shown = decision_alone(motion, request.post)
    outbox.mark_read(request.post, key=str(motion.pk))
    queries.open_act(shown["decision"], motion, request.post)
    return page(request, "decision_alone.html", shown)


def decision_alone(motion: Motion, post: Post) -> dict[str, Any]:
    """Context for counsel who may see only the decision: the decision, his possible acts, and his own acts."""
    acts = motion.acts.select_related("author__organisation").defer(*UNSHOWN).order_by("position")
    return {
        "motion": motion,
        "kind": motion.kind_entry,
        "alone": True,
        "decision": acts.filter(type__in=DECISIONS).last(),
        "own": acts.filter(author__officer=post.officer_id),
        "buttons": act_buttons(motion, post),
    }


def _heading(motion: Motion) -> dict[str, Any]:
    return {"motion": motion, "kind": motion.kind_entry}


def _standing(motion: Motion, post: Post, acts: list[Act]) -> dict[str, Any]:
    ordered, hearing = signers.last_of(acts, ActType.HEARING_ORDER), list[act_fields.Line]()
    if ordered:
        hearing = act_fields.describe_payload(motion, ActType.HEARING_ORDER, ordered.stated["payload"])
    admissions = motion.admissions.select_related("officer", "admitted_by__officer").order_by("admitted_at")
    return {
        "outcome": motion.kind_entry.outcome(motion.outcome) if motion.outcome else None,
        "force": sanction_status.force(motion),
        "measures": sanction_status.measures(motion),
        "consents": sanction_status.consents(motion, acts),
        "appeal": sanction_status.appeal(motion),
        "admissions": admissions if motion.secret else [],
        "hearing": hearing,
        "minutes": signers.last_of(acts, ActType.MINUTES),
        "noted": [(act, act_fields.describe_act(act)) for act in acts if act.type == ActType.EVENT],
        "format_order": signers.last_of(acts, ActType.FORMAT_ORDER),
        "is_compared": motion.version > 1,
        **sanction_status.related(motion, post),
    }
