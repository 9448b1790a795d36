"""Cases: the list, one case with its persons, motions and documents, and starting a motion."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Prefetch
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_safe

from ecase.cases import documents
from ecase.cases.models import Case, TeamMember
from ecase.cases.services import CHANGERS, LEADER_NAMED_BY, OPENERS, investigators_of
from ecase.officers.models import Post, Role
from ecase.pagination import fetch_page, read_cursor
from ecase.portal import kinds, refusals
from ecase.portal.files import inline
from ecase.portal.next_steps import with_awaited_acts
from ecase.portal.pages import PortalRequest, for_officers, or_404, page
from ecase.problems import Refused
from workflows.motions import queries
from workflows.motions.persons import persons_shown_to
from workflows.motions.rules import prefill
from workflows.motions.rules.kind_rules import KindRows
from workflows.motions.search import filter_cases_mentioning
from workflows.motions.services import drafts


@dataclass(frozen=True)
class Team:
    """The investigators of a case; the posts that the reader could add, and whether he names the leader."""

    members: list[TeamMember]
    others: list[Post]
    names_leader: bool


@require_safe
@for_officers
def index(request: PortalRequest) -> HttpResponse:
    """The cases that this post may open, the newest first; those that mention every word of ``q``."""
    text = request.GET.get("q", "").strip()
    shown = Prefetch("persons", persons_shown_to(request.post), to_attr="shown")
    rows = Case.objects.visible_to(request.post).select_related("organisation").prefetch_related(shown)
    rows = filter_cases_mentioning(rows, text, request.post) if text else rows
    cases = fetch_page(rows, "opened_at", read_cursor(request.GET.get("after", "")))
    return page(request, "cases.html", {"cases": cases, "text": text, "opens": request.post.role in OPENERS})


@require_safe
@for_officers
def show(request: PortalRequest, case_id: UUID) -> HttpResponse:
    """One case, with a page of its motions."""
    case = or_404(find, request.post, case_id)
    return page(request, "case.html", about(request.post, case, request.GET.get("after", "")))


@require_http_methods(["GET", "HEAD", "POST"])
@for_officers
def start_motion(request: PortalRequest, case_id: UUID) -> HttpResponseBase:
    """The kinds that this post may file in the case, by group; POST starts a draft. htmx gets only the list."""
    case = or_404(find, request.post, case_id)
    text = request.GET.get("q", "").strip()
    context = {"case": case, "text": text, "groups": kinds.list_offers(request.post, text)}
    if request.method != "POST":
        return page(request, "kinds.html" if request.htmx else "start.html", context)
    try:
        motion = drafts.create(case, request.POST.get("kind", ""), request.post)
        if known := prefill.of_case(motion):
            motion = drafts.save(motion, request.post, known)
    except Refused as refusal:
        return refusals.send_back(request, request.path, refusal)
    return redirect("portal:draft", motion.pk)


@require_safe
@for_officers
def document(request: PortalRequest, case_id: UUID, document_id: UUID) -> HttpResponseBase:
    """A file of the case; its reading is logged."""
    case = or_404(find, request.post, case_id)
    found = or_404(queries.documents(case, request.post).select_related("blob").get, pk=document_id)
    return inline(documents.read(found, request.post), found.name, found.blob.media_type)


def find(post: Post, case_id: UUID) -> Case:
    """The case, if this post may open it; otherwise ``Case.DoesNotExist``."""
    related = ("organisation", "prosecution", "court")
    return Case.objects.visible_to(post).select_related(*related).get(pk=case_id)


def about(post: Post, case: Case, after: str = "") -> dict[str, Any]:
    """The case as shown to this post; of its motions those after the cursor, the newest first."""
    rows = queries.queue(post).filter(case=case).select_related(*queries.RELATED).prefetch_related("case__persons")
    motions = with_awaited_acts(rows, post, KindRows.load())
    changes = post.role in CHANGERS
    persons = persons_shown_to(post).filter(case=case)
    return {
        "case": case,
        "changes": changes,
        "persons": persons.prefetch_related("counsel__officer", "counsel__participant") if changes else persons,
        "motions": fetch_page(motions, "created_at", read_cursor(after)),
        "decisions": queries.decisions(post).filter(case=case).select_related("court"),
        "documents": queries.documents(case, post).select_related("blob", "uploaded_by__officer"),
        "team": team(case, post),
        "starts_motions": kinds.may_start(post),
    }


def team(case: Case, post: Post) -> Team | None:
    """The group of investigators; ``None`` for a post that neither investigates nor supervises."""
    if post.role not in OPENERS | {Role.PROSECUTOR}:
        return None
    members = list(case.team.select_related("officer").order_by("-leads", "officer__sort_key", "pk"))
    others: list[Post] = []
    if post.role in OPENERS:
        known = [member.officer_id for member in members]
        others = list(investigators_of(case).exclude(officer__in=known).select_related("officer"))
    return Team(members, others, post.role in LEADER_NAMED_BY and len(members) > 1)
