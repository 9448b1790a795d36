"""Signing a prepared act: show what is signed, take the signature, show what happens next."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.views.decorators.http import require_safe

from ecase.cases import integrity
from ecase.officers.models import Post
from ecase.outbox import services as outbox
from ecase.portal import act_fields, files
from ecase.portal.act_buttons import ActButtons, act_buttons, address_of
from ecase.portal.pages import PortalRequest, for_officers, next_json, or_404, page, posted_from, refused, refused_json
from ecase.problems import Refused, Undecided
from workflows.drafting import services as drafting
from workflows.motions import signers
from workflows.motions.exports import act_evidence
from workflows.motions.models import Act, PreparedAct
from workflows.motions.services import acting
from workflows.motions.signers import SeenAct
from workflows.motions.states import DECISIONS, ActType


@require_safe
@for_officers
def sign(request: PortalRequest, prepared_id: UUID) -> HttpResponse:
    """The act to be signed: its content, its SHA-256, its PDF, the expiry, and the button."""
    prepared: PreparedAct = or_404(acting.prepared_for, request.post, prepared_id)
    kind = ActType(prepared.type)
    context = {
        "prepared": prepared,
        "motion": prepared.motion,
        "act_type": kind,
        "lines": act_fields.describe_payload(prepared.motion, kind, prepared.payload),
        "back": address_of(prepared.motion, kind),
        "done": Act.objects.filter(sha256=prepared.sha256).first(),
        "newer": acting.newest_instead(prepared, timezone.now()),
        "kept": _kept(prepared, request.post),
        "minutes": int(settings.PREPARED_LIFETIME.total_seconds() // 60),
    }
    return page(request, "sign.html", context)


@require_safe
@for_officers
def to_sign(request: PortalRequest, prepared_id: UUID) -> HttpResponse:
    """The exact bytes that are signed: canonical JSON."""
    prepared: PreparedAct = or_404(acting.prepared_for, request.post, prepared_id)
    return HttpResponse(bytes(prepared.act_json), "application/json")


@require_safe
@for_officers
def prepared_pdf(request: PortalRequest, prepared_id: UUID) -> HttpResponseBase:
    """The PDF whose hash is part of what is signed."""
    prepared: PreparedAct = or_404(acting.prepared_for, request.post, prepared_id)
    if prepared.pdf is None:
        raise Http404
    return files.inline(integrity.open_intact(prepared.pdf.sha256), f"{prepared.type}.pdf", files.PDF)


@posted_from("portal:sign", "prepared_id")
@for_officers
def submit(request: PortalRequest, prepared_id: UUID) -> HttpResponse:
    """Take the signature; JSON with the next address, or all problems."""
    prepared: PreparedAct = or_404(acting.prepared_for, request.post, prepared_id)
    try:
        act = acting.perform(prepared, request.POST.get("cms", "").encode(), request.post)
    except Undecided:
        return next_json("portal:signatures")
    except Refused as refusal:
        return refused_json(refusal)
    return next_json("portal:done", act.pk)


@require_safe
@for_officers
def done(request: PortalRequest, act_id: UUID) -> HttpResponse:
    """The act is signed: the proof, and what happens next."""
    seen: SeenAct = or_404(signers.act, request.post, act_id)
    outbox.mark_read(request.post, key=str(seen.motion.pk))
    possible = ActButtons([], []) if seen.is_kept else act_buttons(seen.motion, request.post)
    return page(request, "done.html", {**_about(seen, request.post), "buttons": possible})


@require_safe
@for_officers
def show(request: PortalRequest, act_id: UUID) -> HttpResponse:
    """One act: its statement, its document, and the verification of its signature."""
    seen: SeenAct = or_404(signers.act, request.post, act_id)
    return page(request, "act_show.html", {**_about(seen, request.post), "lines": act_fields.describe_act(seen.act)})


@require_safe
@for_officers
def pdf(request: PortalRequest, act_id: UUID) -> HttpResponseBase:
    """The act's PDF."""
    act: Act = or_404(signers.act, request.post, act_id).act
    if act.pdf is None:
        raise Http404
    name = act_evidence.file_name(act).removesuffix(".zip")
    return files.inline(integrity.open_intact(act.pdf.sha256), f"{name}.pdf", files.PDF)


@require_safe
@for_officers
def container(request: PortalRequest, act_id: UUID) -> HttpResponse:
    """The evidence container: everything that a third party without access needs to verify the act."""
    seen: SeenAct = or_404(signers.act, request.post, act_id)
    or_404(signers.require_evidence, seen, request.post)
    try:
        return files.answer_file(
            act_evidence.container(seen.act), act_evidence.SERVED_AS, act_evidence.file_name(seen.act)
        )
    except Refused as refusal:
        return refused(request, "try_later.html", {"act": seen.act, "motion": seen.motion}, refusal)


@require_safe
@for_officers
def file(request: PortalRequest, act_id: UUID, sha256: str) -> HttpResponseBase:
    """A file that was filed with an act, for officers who have signed acts based on it; its reading is logged."""
    found = or_404(signers.file, request.post, act_id, sha256)
    return files.inline(signers.read(found, request.post), found.name, found.media_type)


def _about(seen: SeenAct, post: Post) -> dict[str, Any]:
    """Context of both pages of a signed act."""
    return {
        "act": seen.act,
        "motion": seen.motion,
        "kind": seen.motion.kind_entry,
        "act_type": ActType(seen.act.type),
        "checks": seen.act.report.get("checks", []),
        "kept": _kept(seen.act, post),
        "alone": seen.is_kept and post.role in signers.OWN_ACTS_ALONE,
    }


def _kept(act: Act | PreparedAct, post: Post) -> list[drafting.Comparison]:
    """What a decision keeps of the suggestions that its judge was shown: for that judge alone."""
    is_own = act.author is not None and act.author.officer_id == post.officer_id
    return drafting.compare_decision(act.motion, post, act.payload) if is_own and act.type in DECISIONS else []
