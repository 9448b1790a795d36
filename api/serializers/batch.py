"""Signing many acts at once."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from api.problems import describe
from api.serializers.base import Base64Field, LinkField, Output, Strict
from ecase.problems import Undecided
from workflows.motions.services.batch import MOST, Outcome
from workflows.motions.states import State


class OneSignature(Strict):
    act = serializers.UUIDField(help_text="A prepared act of the caller.")
    cms = Base64Field(max_length=512 * 1024, help_text="Detached CAdES over its `to_sign`: DER in base64, or PEM.")


class SignaturesInput(Strict):
    default_error_messages = {"twice": _("An act is named twice.")}
    signatures = serializers.ListField(child=OneSignature(), min_length=1, max_length=MOST)

    def validate_signatures(self, given: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Allow one signature per act."""
        if len({signature["act"] for signature in given}) < len(given):
            self.fail("twice")
        return given


class SignatureResultShape(Output):
    act = serializers.UUIDField(source="id")
    status = serializers.ChoiceField(["performed", "waiting", "refused"])
    url = LinkField("api:act", "id", needs="act", allow_null=True, help_text="The act, if it was performed.")
    motion = serializers.UUIDField(source="act.motion_id", allow_null=True)
    motion_state = serializers.ChoiceField(State.choices, source="act.motion.state", allow_null=True)
    problem = serializers.DictField(allow_null=True, help_text="The problem document, if it was not performed.")

    def compute(self, row: Outcome) -> dict[str, Any]:
        status = "performed" if row.act else "waiting" if isinstance(row.refusal, Undecided) else "refused"
        problem = describe(row.refusal).as_dict(self.context["request"].path) if row.refusal else None
        return {"status": status, "problem": problem}


class SignatureResultsShape(serializers.Serializer[Any]):
    results = SignatureResultShape(many=True)
