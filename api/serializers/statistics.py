"""Statistics of a period."""

from typing import Any

from rest_framework import serializers

from api.serializers.base import Output
from workflows.motions.statistics import Line


class FiguresLine(Output):
    filed = serializers.IntegerField(source="tally.filed", help_text="The sum of the four after it.")
    waiting = serializers.IntegerField(source="tally.waiting")
    granted = serializers.IntegerField(source="tally.granted")
    refused = serializers.IntegerField(source="tally.refused", help_text="By the judge.")
    dropped = serializers.IntegerField(source="tally.dropped", help_text="Withdrawn, or not agreed by the prosecutor.")
    appealed = serializers.IntegerField(source="tally.appealed")
    late = serializers.IntegerField(source="tally.late", help_text="Motions of which a term was missed.")
    kind = serializers.CharField(allow_null=True, help_text="Null: all kinds together.")
    median_seconds = serializers.IntegerField(allow_null=True, help_text="From registration to the decision.")

    def compute(self, row: Line) -> dict[str, Any]:
        return {"median_seconds": None if row.median is None else int(row.median.total_seconds())}


class Figures(serializers.Serializer[Any]):
    results = FiguresLine(many=True)
