"""Statistics of a period, over the motions that the caller may see."""

from dataclasses import asdict
from typing import ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api.authentication import post_of
from api.filters import PeriodQuery
from api.serializers.statistics import Figures
from api.views.base import View
from workflows.motions import statistics
from workflows.motions.statistics import Line


class Statistics(View):
    queries: ClassVar = {"GET": PeriodQuery}

    @extend_schema(operation_id="getStatistics", parameters=[PeriodQuery], responses=Figures)
    def get(self, request: Request) -> Response:
        """By kind: how many were filed, how they ended, how fast. Secret motions count only for those admitted."""
        lines = statistics.count_motions(post_of(request), self.filters["since"], self.filters["until"])
        return Response({"results": [_line(line) for line in lines]})


def _line(line: Line) -> dict[str, object]:
    took = None if line.median is None else int(line.median.total_seconds())
    return {"kind": line.kind, **asdict(line.tally), "median_seconds": took}
