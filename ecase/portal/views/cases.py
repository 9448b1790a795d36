"""Cases: the list, one case with its persons, motions and documents, and starting a motion of a kind."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from ecase.cases import documents
from ecase.cases.models import Case
from ecase.officers.models import Post
from ecase.portal import forms
from ecase.portal.files import inline
from ecase.portal.pages import PortalRequest, for_officers, or_404, page, refused
from ecase.portal.paging import page as paged
from ecase.problems import Refused
from workflows.motions import drafts, reading
from workflows.statute.catalogue import catalogue, in_force


@require_safe
@for_officers
def index(request: PortalRequest) -> HttpResponse:
    """The cases that this post may open, the newest first."""
    text = request.GET.get("q", "").strip()
    rows = Case.objects.visible_to(request.post).select_related("organisation").prefetch_related("persons")
    rows = rows.filter(number__icontains=text) if text else rows
    cases = paged(rows, "opened_at", request.GET.get("after", ""), newest_first=True)
    return page(request, "cases.html", {"cases": cases, "text": text})


@require_safe
@for_officers
def show(request: PortalRequest, case_id: UUID) -> HttpResponse:
    """One case."""
    return page(request, "case.html", _about(request.post, or_404(_case, request.post, case_id)))


@require_POST
@for_officers
def start_motion(request: PortalRequest, case_id: UUID) -> HttpResponseBase:
    """A new draft of the chosen kind."""
    case = or_404(_case, request.post, case_id)
    try:
        motion = drafts.create(case, request.POST.get("kind", ""), request.post)
        motion = drafts.save(motion, request.post, forms.known(motion)) if forms.known(motion) else motion
    except Refused as refusal:
        return refused(request, "case.html", _about(request.post, case), refusal)
    return redirect("portal:draft", motion.pk)


@require_safe
@for_officers
def document(request: PortalRequest, case_id: UUID, document_id: UUID) -> HttpResponseBase:
    """A file of the case; its reading is logged."""
    case = or_404(_case, request.post, case_id)
    found = or_404(case.documents.select_related("blob").get, pk=document_id)
    return inline(documents.read(found, request.post), found.name, found.blob.media_type)


def _case(post: Post, case_id: UUID) -> Case:
    related = ("organisation", "prosecution", "court")
    return Case.objects.visible_to(post).select_related(*related).get(pk=case_id)


def _about(post: Post, case: Case) -> dict[str, Any]:
    version = in_force(settings.JURISDICTION, timezone.now())
    kinds = catalogue(version.pk).kinds.values()
    return {
        "case": case,
        "motions": reading.queue(post).filter(case=case).select_related(*reading.RELATED),
        "documents": case.documents.select_related("blob", "uploaded_by__officer"),
        "kinds": [kind for kind in kinds if post.role in kind.author_roles],
    }
