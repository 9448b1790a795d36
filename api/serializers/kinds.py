"""The kinds of the catalogue."""

from typing import Any

from rest_framework import serializers

from api import schemas
from api.serializers.base import Named, Output
from workflows.statute.schema import Kind


class ConditionShape(serializers.Serializer[Any]):
    field = serializers.CharField(help_text="A field of the form.")
    op = serializers.CharField(help_text="`eq ne in not_in contains present absent lt le gt ge later_than`.")
    value = serializers.JSONField(
        help_text="A scalar or a list; `field:<key>`: another field; `now`; or a length of time. Null: it takes none."
    )


class RequirementShape(Named):
    required = serializers.BooleanField()  # type: ignore[assignment]
    required_if = ConditionShape(allow_null=True, help_text="Required where the form's values meet this.")
    article = serializers.CharField(allow_blank=True)


class OutcomeShape(Named):
    act = serializers.ChoiceField(["protocol", "endorsement"], source="output")
    path = serializers.ChoiceField(["ordinary", "urgent"], help_text="`urgent`: of a step taken without a sanction.")
    grants = serializers.BooleanField()
    inadmissible = serializers.BooleanField(help_text="It makes the results of an urgent step inadmissible.")
    article = serializers.CharField(allow_blank=True)
    json_schema = serializers.DictField(help_text="JSON Schema 2020-12 of the decision's payload.")


class AppealOutcomeShape(Named):
    effect = serializers.ChoiceField(["stands", "changed", "cancelled"])
    article = serializers.CharField(allow_blank=True)
    json_schema = serializers.DictField(help_text="JSON Schema 2020-12 of the ruling's payload.")


class AppealShape(serializers.Serializer[Any]):
    allowed = serializers.BooleanField()
    suspensive = serializers.BooleanField(allow_null=True, help_text="Null: not set in law.")
    who = Named(many=True)
    decisions = serializers.ListField(child=serializers.CharField(), help_text="Outcomes; empty: any.")
    article = serializers.CharField(allow_blank=True)
    outcomes = AppealOutcomeShape(many=True)


class LadderStepShape(serializers.Serializer[Any]):
    key = serializers.CharField()
    moved_by = serializers.CharField()
    authors = serializers.ListField(child=serializers.CharField(), help_text="Roles; empty: as the kind says.")
    levels = serializers.ListField(child=serializers.CharField(), help_text="Of the prosecutors who consent, in order.")
    article = serializers.CharField(allow_blank=True)


class RelationShape(serializers.Serializer[Any]):
    kinds = serializers.ListField(child=serializers.CharField())
    effect = serializers.ChoiceField(["extends", "ends", "replaces"])
    required = serializers.BooleanField()  # type: ignore[assignment]


class KindShape(Output):
    key = serializers.CharField()
    group = serializers.CharField()
    name = serializers.CharField()
    summary = serializers.CharField()
    articles = serializers.ListField(child=serializers.CharField())
    review = serializers.CharField(help_text="Whether counsel has reviewed the rules.")
    author_roles = serializers.ListField(child=serializers.CharField())
    prosecutor = serializers.ChoiceField(["consent", "notify_copy", "author", "none"], source="prosecutor.role")
    hearing = serializers.ChoiceField(["mandatory", "none", "optional", "on_request"], source="hearing.mode")
    validity = serializers.ChoiceField(["none", "fixed", "ladder", "until_lifted"], source="validity.mode")
    ladder = LadderStepShape(source="validity.ladder", many=True)
    secrecy = serializers.ChoiceField(["investigation", "closed", "covert"], source="secrecy.level")
    urgent_field = serializers.CharField(
        source="urgent.field",
        allow_blank=True,
        help_text="True in the motion: check a step that was taken without a sanction.",
    )
    relation = RelationShape(allow_null=True)
    attachments = RequirementShape(many=True)
    outcomes = OutcomeShape(many=True)
    appeal = AppealShape()
    json_schemas = serializers.DictField(
        child=serializers.DictField(), help_text="JSON Schema 2020-12 of the payload, by type of act."
    )

    def compute(self, row: Kind) -> dict[str, Any]:
        """The JSON Schemas, and what has some of its own."""
        outcomes = [
            {**vars(outcome), "json_schema": schemas.build_decision_schema(row, outcome)} for outcome in row.outcomes
        ]
        rulings = [
            {**vars(ruling), "json_schema": schemas.build_ruling_schema(row, ruling)} for ruling in row.appeal.outcomes
        ]
        appeal = {**vars(row.appeal), "outcomes": rulings}
        return {"outcomes": outcomes, "appeal": appeal, "json_schemas": schemas.build_kind_schemas(row)}


class KindPage(serializers.Serializer[Any]):
    jurisdiction = serializers.CharField()
    version = serializers.CharField()
    sha256 = serializers.CharField()
    groups = Named(many=True, help_text="In the order in which people look for them.")
    next = serializers.URLField(allow_null=True)
    results = KindShape(many=True)
