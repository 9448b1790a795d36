"""The group of investigators of a case: adding members and naming the leader."""

from collections.abc import Callable
from uuid import UUID

from django.http import HttpResponseBase
from django.shortcuts import redirect, resolve_url
from django.utils.translation import gettext_lazy as _

from ecase.cases import services
from ecase.cases.models import Case
from ecase.officers.models import Officer, Post
from ecase.portal import refusals
from ecase.portal.pages import PortalRequest, for_officers, or_404, posted_from
from ecase.portal.views.cases import find
from ecase.problems import Invalid, Problem, Refused

Change = Callable[[Case, Post, Officer], None]


@posted_from("portal:case", "case_id")
@for_officers
def join(request: PortalRequest, case_id: UUID) -> HttpResponseBase:
    """Add an investigator of the body to the group."""
    return _changed(request, case_id, services.join_team)


@posted_from("portal:case", "case_id")
@for_officers
def lead(request: PortalRequest, case_id: UUID) -> HttpResponseBase:
    """Name the leader of the group."""
    return _changed(request, case_id, services.name_leader)


def _changed(request: PortalRequest, case_id: UUID, change: Change) -> HttpResponseBase:
    case = or_404(find, request.post, case_id)
    try:
        change(case, request.post, _officer(request.POST.get("officer", "")))
    except Refused as refusal:
        return refusals.send_back(request, resolve_url("portal:case", case.pk), refusal)
    return redirect(f"{resolve_url('portal:case', case.pk)}#team-title")


def _officer(text: str) -> Officer:
    try:
        return Officer.objects.get(pk=UUID(text))
    except (ValueError, Officer.DoesNotExist) as fault:
        raise Invalid(Problem("unknown-officer", _("Choose an investigator."), "officer")) from fault
