"""Statistics of a period, over the motions that the caller may see."""

from typing import ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api.authentication import post_of
from api.filters import PeriodQuery
from api.serializers.statistics import Figures, FiguresLine
from api.views.base import View
from workflows.motions import statistics


class Statistics(View):
    queries: ClassVar = {"GET": PeriodQuery}

    @extend_schema(operation_id="getStatistics", parameters=[PeriodQuery], responses=Figures)
    def get(self, request: Request) -> Response:
        """By kind: how many were filed, how they ended, how fast. Secret motions count only for those admitted."""
        lines = statistics.count_motions(post_of(request), self.filters["since"], self.filters["until"])
        return Response({"results": FiguresLine(lines, many=True).data})
