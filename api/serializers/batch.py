"""Signing many acts at once."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from api.serializers.base import Base64Field, Strict
from workflows.motions.services.batch import MOST
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


class SignatureResultShape(serializers.Serializer[Any]):
    act = serializers.UUIDField()
    status = serializers.ChoiceField(["performed", "waiting", "refused"])
    url = serializers.URLField(allow_null=True, help_text="The act, if it was performed.")
    motion = serializers.UUIDField(allow_null=True)
    motion_state = serializers.ChoiceField(State.choices, allow_null=True)
    problem = serializers.DictField(allow_null=True, help_text="The problem document, if it was not performed.")


class SignatureResultsShape(serializers.Serializer[Any]):
    results = SignatureResultShape(many=True)
