"""Decisions of which the caller's clients are owed a copy."""

from typing import Any

from rest_framework import serializers

from api.serializers.acts import AvailableAct


class DecisionLine(serializers.Serializer[Any]):
    id = serializers.UUIDField(help_text="Of the motion: acts on its decision are prepared under it.")
    case = serializers.CharField(help_text="The case's number in the register.")
    kind = serializers.CharField()
    kind_name = serializers.CharField()
    number = serializers.CharField(allow_null=True, help_text="The court's number.")
    outcome = serializers.CharField()
    decided_at = serializers.DateTimeField()
    appeal_until = serializers.DateTimeField(allow_null=True)
    act = serializers.URLField(help_text="The decision, signed.")
    pdf = serializers.URLField(help_text="Its document.")
    available_acts = AvailableAct(many=True)


class DecisionPage(serializers.Serializer[Any]):
    next = serializers.URLField(allow_null=True)
    results = DecisionLine(many=True)
