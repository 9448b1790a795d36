"""Copies of decisions and notices of hearings."""

from typing import Any

from django.utils import timezone
from rest_framework import serializers

from api.serializers.base import LinkField, Output, Strict
from workflows.copies.models import BY_HAND, Copy, Way
from workflows.motions.persons import addressee_of

WAYS_BY_HAND = [(way.value, way.label) for way in BY_HAND]


class AcknowledgementInput(Strict):
    """Empty from the addressee; from the officer who served the copy by hand: how, when, and the proof."""

    how = serializers.ChoiceField(WAYS_BY_HAND, required=False)
    at = serializers.DateTimeField(required=False, help_text="When it was served; now, if not given.")
    note = serializers.CharField(required=False, default="", max_length=500, allow_blank=True)
    file = serializers.FileField(required=False, max_length=200, allow_empty_file=True, help_text="The proof.")


class CopyShape(Output):
    id = serializers.UUIDField()
    url = LinkField("api:copy", "pk")
    motion = serializers.UUIDField(source="motion_id")
    act = serializers.UUIDField(source="act_id")
    what = serializers.ChoiceField(["decision", "hearing"])
    to = serializers.CharField(help_text="The word of the catalogue.")
    label = serializers.CharField()  # type: ignore[assignment]
    addressee = serializers.CharField(allow_blank=True, help_text="Empty: somebody whom the service does not know.")
    at_once = serializers.BooleanField()
    due_at = serializers.DateTimeField(allow_null=True, help_text="Null: the law sets no term.")
    overdue = serializers.BooleanField()
    how = serializers.ChoiceField(Way.choices, allow_blank=True, help_text="Empty: still to be served by hand.")
    sent_at = serializers.DateTimeField(allow_null=True)
    acknowledged_at = serializers.DateTimeField(allow_null=True)
    acknowledged_by = serializers.CharField(allow_blank=True, help_text="Empty: nobody yet, or the addressee's system.")
    note = serializers.CharField(allow_blank=True)
    proof = LinkField("api:copy-proof", "pk", needs="proof_id", allow_null=True)
    void = serializers.BooleanField(help_text="A notice of a hearing that will not take place as it was ordered.")

    def compute(self, row: Copy) -> dict[str, Any]:
        return {
            "what": "hearing" if row.notice else "decision",
            "addressee": addressee_of(row, self.post),
            "overdue": row.is_overdue(timezone.now()),
            "acknowledged_by": row.acknowledged_by.officer.full_name if row.acknowledged_by else "",
            "void": row.voided_at is not None,
        }


class Copies(serializers.Serializer[Any]):
    results = CopyShape(many=True)
