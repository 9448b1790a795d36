"""Measures in force on persons."""

from typing import Any

from django.utils import timezone
from rest_framework import serializers

from api.serializers.base import LinkField, Output, PersonOfList
from workflows.measures.models import Measure
from workflows.measures.register import How, State
from workflows.motions.rules.measures import type_of


class MeasureLine(Output):
    id = serializers.UUIDField()
    motion = serializers.UUIDField(source="motion_id")
    motion_url = LinkField("api:motion", "motion_id")
    case = serializers.CharField(source="motion.case.number", help_text="The case's number in the register.")
    kind = serializers.CharField(source="motion.kind")
    number = serializers.CharField(source="motion.number", allow_null=True, help_text="The court's number.")
    person = PersonOfList()
    measure = serializers.CharField(help_text="A key of the catalogue.")
    measure_name = serializers.CharField()
    article = serializers.CharField()
    deprives_of_liberty = serializers.BooleanField(help_text="No clock ends such a measure.")
    since = serializers.DateTimeField()
    until = serializers.DateTimeField(allow_null=True, help_text="Null: no end is stated.")
    state = serializers.ChoiceField(State.choices)
    run_out = serializers.BooleanField(help_text="The term has run, and no decision has prolonged or ended it.")
    order = serializers.UUIDField(source="begun_by_id", help_text="The act that put it in force.")
    order_url = LinkField("api:act", "begun_by_id")
    ordered_at = serializers.DateTimeField(source="begun_by.performed_at")
    changed_by = serializers.UUIDField(source="changed_by_id", help_text="The last act that changed it.")
    ended_at = serializers.DateTimeField(allow_null=True)
    ended_how = serializers.ChoiceField(How.choices, allow_blank=True)

    def compute(self, row: Measure) -> dict[str, Any]:
        law = type_of(row)
        return {
            "measure": row.key,
            "measure_name": law.name,
            "article": law.article,
            "run_out": row.has_run_out(timezone.now()),
        }


class MeasurePage(serializers.Serializer[Any]):
    next = serializers.URLField(allow_null=True)
    results = MeasureLine(many=True)
