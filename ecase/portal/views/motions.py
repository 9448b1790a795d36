"""One motion: where it stands, its deadlines and history, what may be done now, and its materials."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from ecase.officers.models import Post
from ecase.portal import progress, statement
from ecase.portal.pages import PortalRequest, for_officers, or_404, page
from workflows.deadlines.explanation import explain
from workflows.motions import acting, reading, rules
from workflows.motions.models import Motion
from workflows.motions.states import DECISIONS, ActType, State

CALLS: dict[ActType, Any] = {
    ActType.MOTION: _("Correct and file again"),
    ActType.AGREEMENT: _("Agree"),
    ActType.REFUSAL: _("Refuse"),
    ActType.RETURN: _("Return for completion"),
    ActType.WITHDRAWAL: _("Withdraw the motion"),
    ActType.HEARING_ORDER: _("Order a hearing"),
    ActType.PROTOCOL: _("Decide"),
    ActType.ENDORSEMENT: _("Decide"),
    ActType.EXECUTION_REPORT: _("Report the execution"),
}
# The expected step is a full button, what ends or delays the motion a quieter one.
QUIET = frozenset({ActType.REFUSAL, ActType.RETURN, ActType.WITHDRAWAL, ActType.HEARING_ORDER})


@dataclass(frozen=True)
class Call:
    """A button for an act that is possible now."""

    label: Any
    address: str
    quiet: bool


@require_safe
@for_officers
def show(request: PortalRequest, motion_id: UUID) -> HttpResponseBase:
    """The motion's page; whoever is still writing it is taken to the draft."""
    motion = or_404(reading.get, request.post, motion_id)
    if motion.state == State.DRAFT and ActType.MOTION in acting.available(motion, request.post):
        return redirect("portal:draft", motion.pk)
    return page(request, "motion.html", about(motion, request.post))


@require_safe
@for_officers
def materials(request: PortalRequest, motion_id: UUID) -> HttpResponse:
    """What the motion rests on. Opening it stamps and logs the reading."""
    motion = or_404(reading.get, request.post, motion_id)
    opening = reading.open_materials(motion, request.post)
    context = {"opening": opening, "attachments": _attachments(motion), "lines": statement.of_motion(motion)}
    return page(request, "materials.html", {**about(motion, request.post), **context})


def about(motion: Motion, post: Post) -> dict[str, Any]:
    """What the pages of a motion show beside their own part."""
    return {
        "motion": motion,
        "kind": motion.kind_entry,
        "calls": list(calls(motion, post)),
        "opened": rules.has_opened(motion, post),
        "steps": progress.pipeline(motion),
        "stamps": progress.stamps(motion),
        "deadlines": [(one, explain(one)) for one in motion.deadlines.order_by("due_at")],
        "timeline": reading.timeline(motion)[::-1],
        "persons": motion.case.persons.all(),
        "outcome_label": motion.kind_entry.outcome(motion.outcome).label if motion.outcome else "",
        "papers": motion.acts.exclude(pdf=None).order_by("-position"),
    }


def calls(motion: Motion, post: Post) -> Iterator[Call]:
    """The acts that are possible now, each once: a decision is one button, whatever form it will take."""
    seen: set[str] = set()
    for act_type in acting.available(motion, post):
        address = address_of(motion, act_type)
        if address not in seen:
            seen.add(address)
            yield Call(CALLS[act_type], address, act_type in QUIET)


def address_of(motion: Motion, act_type: ActType) -> str:
    """The page on which an act is written."""
    if act_type == ActType.MOTION:
        return reverse("portal:draft", args=[motion.pk])
    if act_type in DECISIONS:
        return reverse("portal:decide", args=[motion.pk])
    return reverse("portal:act", args=[motion.pk, act_type])


def _attachments(motion: Motion) -> list[dict[str, Any]]:
    labels = {one.key: one.label for one in motion.kind_entry.attachments}
    held = motion.attachments.select_related("document__blob")
    return [{"attachment": one, "label": labels.get(one.requirement, "")} for one in held]
