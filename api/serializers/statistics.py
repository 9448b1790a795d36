"""Statistics of a period."""

from typing import Any

from rest_framework import serializers


class TallyShape(serializers.Serializer[Any]):
    filed = serializers.IntegerField(help_text="The sum of the four after it.")
    waiting = serializers.IntegerField()
    granted = serializers.IntegerField()
    refused = serializers.IntegerField(help_text="By the judge.")
    dropped = serializers.IntegerField(help_text="Withdrawn, or not agreed by the prosecutor.")
    appealed = serializers.IntegerField()
    late = serializers.IntegerField(help_text="Motions of which a term was missed.")


class FiguresLine(TallyShape):
    kind = serializers.CharField(allow_null=True, help_text="Null: all kinds together.")
    median_seconds = serializers.IntegerField(allow_null=True, help_text="From registration to the decision.")


class Figures(serializers.Serializer[Any]):
    results = FiguresLine(many=True)
