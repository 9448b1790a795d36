"""Decisions of which the caller's clients are owed a copy."""

from typing import Any, NamedTuple

from rest_framework import serializers

from api.serializers.acts import Available, AvailableAct
from api.serializers.base import LinkField, Output
from workflows.motions.models import Act, Motion
from workflows.motions.services import acting


class Decided(NamedTuple):
    motion: Motion
    decision: Act


class DecisionLine(Output):
    id = serializers.UUIDField(
        source="motion.pk", help_text="Of the motion: acts on its decision are prepared under it."
    )
    case = serializers.CharField(source="motion.case.number", help_text="The case's number in the register.")
    kind = serializers.CharField(source="motion.kind")
    kind_name = serializers.CharField(source="motion.kind_entry.name")
    number = serializers.CharField(source="motion.number", allow_null=True, help_text="The court's number.")
    outcome = serializers.CharField(source="decision.payload.outcome")
    decided_at = serializers.DateTimeField(source="motion.decided_at")
    appeal_until = serializers.DateTimeField(source="motion.appeal_until", allow_null=True)
    act = LinkField("api:act", "decision.pk", help_text="The decision, signed.")
    pdf = LinkField("api:act-pdf", "decision.pk", help_text="Its document.")
    available_acts = AvailableAct(many=True)

    def compute(self, row: Decided) -> dict[str, Any]:
        available = acting.available(row.motion, self.post)
        return {"available_acts": [Available(row.motion, act_type) for act_type in available]}


class DecisionPage(serializers.Serializer[Any]):
    next = serializers.URLField(allow_null=True)
    results = DecisionLine(many=True)
