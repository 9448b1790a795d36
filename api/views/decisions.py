"""Decisions of which a copy is owed to the caller's clients, when the rest of the motion is closed to him."""

from typing import ClassVar

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from api.authentication import post_of
from api.conditional import answer
from api.filters import DecisionQuery
from api.pagination import answer_page
from api.serializers.decisions import Decided, DecisionLine, DecisionPage
from api.views.base import View
from ecase.pagination import fetch_page
from workflows.motions import queries
from workflows.motions.models import Act
from workflows.motions.states import DECISIONS


class Decisions(View):
    """Decisions that counsel may read in motions about somebody else than his client."""

    queries: ClassVar = {"GET": DecisionQuery}
    revalidated = True

    @extend_schema(operation_id="listDecisions", parameters=[DecisionQuery], responses=DecisionPage)
    def get(self, request: Request) -> HttpResponse:
        """Decisions owed to persons whom the caller defends, newest first, with the acts that he may prepare."""
        post = post_of(request)
        wanted = queries.decisions(post).select_related("case")
        page = fetch_page(wanted, "decided_at", self.filters.get("cursor"), size=self.filters["limit"])
        acts = Act.objects.filter(motion__in=[motion.pk for motion in page.rows], type__in=DECISIONS)
        made = {act.motion_id: act for act in acts.defer("act_json", "cms", "report")}
        rows = [Decided(motion, made[motion.pk]) for motion in page.rows]
        lines = DecisionLine(rows, many=True, context={"request": request}).data
        return answer(request, answer_page(request, page, lines))
