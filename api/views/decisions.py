"""Decisions of which a copy is owed to the caller's clients, where nothing else of the motion is open to him."""

from typing import ClassVar

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from api import answers, pagination
from api.authentication import post_of
from api.conditional import answer
from api.filters import DecisionQuery
from api.serializers.decisions import DecisionPage
from api.views.base import View
from workflows.motions import queries
from workflows.motions.models import Act
from workflows.motions.states import DECISIONS


class Decisions(View):
    """What counsel may read of motions that are about somebody else than his client."""

    queries: ClassVar = {"GET": DecisionQuery}

    @extend_schema(operation_id="listDecisions", parameters=[DecisionQuery], responses=DecisionPage)
    def get(self, request: Request) -> HttpResponse:
        """Decisions owed to persons whom the caller is counsel of, newest first, with the acts that he may prepare."""
        limit, post = self.filters["limit"], post_of(request)
        cursor = pagination.Cursor.parse(self.filters["cursor"]) if "cursor" in self.filters else None
        wanted = queries.decisions(post).select_related("case")
        motions = list(pagination.after(wanted, cursor, by="decided_at")[: limit + 1])
        acts = Act.objects.filter(motion__in=[one.pk for one in motions], type__in=DECISIONS)
        made = {one.motion_id: one for one in acts.defer("act_json", "cms", "report")}
        rows = [answers.decision(request, one, made[one.pk], post) for one in motions]
        return answer(request, pagination.page(request, rows, limit, by="decided_at"))
