"""Measures in force on persons."""

from typing import ClassVar

from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from api.authentication import post_of
from api.conditional import answer
from api.filters import MeasureQuery
from api.pagination import answer_page
from api.serializers.measures import MeasureLine, MeasurePage
from api.views.base import View
from ecase.pagination import fetch_page
from workflows.measures.models import Measure
from workflows.motions import queries
from workflows.motions.filters import MeasureFilter


class Measures(View):
    """The register of measures, as far as the caller may open their motions."""

    queries: ClassVar = {"GET": MeasureQuery}
    revalidated = True
    filterset_class = MeasureFilter
    queryset = Measure.objects.none()

    @extend_schema(operation_id="listMeasures", parameters=[MeasureQuery], responses=MeasurePage)
    def get(self, request: Request) -> HttpResponse:
        """Who is held or otherwise restrained, since when, until when, by which act; by end, the next one first."""
        found = queries.measures(post_of(request)).in_list(self.filters["scope"], timezone.now())
        found = self.filterset.filter_queryset(found) if self.filterset else found
        found = found.select_related(*queries.OF_MEASURE).defer(*queries.NOT_OF_MEASURE)
        cursor, limit = self.filters.get("cursor"), self.filters["limit"]
        page = fetch_page(found, "end", cursor, newest_first=False, size=limit)
        lines = MeasureLine(page.rows, many=True, context={"request": request}).data
        return answer(request, answer_page(request, page, lines))
