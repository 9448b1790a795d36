"""Acts: prepared, signed, available."""

from typing import Any

from rest_framework import serializers

from api.serializers.base import Base64Field, Strict
from workflows.motions.acts.registry import SERVICE_ACTS
from workflows.motions.states import ActType, State

OFFICERS_ACTS = [(act.value, act.label) for act in ActType if act not in SERVICE_ACTS]


class PrepareInput(Strict):
    type = serializers.ChoiceField(OFFICERS_ACTS)
    payload = serializers.DictField(
        required=False, default=dict, help_text="By the act's JSON Schema; empty for `motion`, whose draft is taken."
    )


class SignatureInput(Strict):
    cms = Base64Field(
        max_length=512 * 1024, help_text="Detached CAdES over the bytes of `to_sign`: DER in base64, or PEM."
    )


class ActLine(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    url = serializers.URLField()
    type = serializers.ChoiceField(ActType.choices)
    label = serializers.CharField()  # type: ignore[assignment]
    author = serializers.CharField()
    performed_at = serializers.DateTimeField()
    from_state = serializers.CharField()
    to_state = serializers.CharField()
    from_appeal = serializers.CharField()
    to_appeal = serializers.CharField()
    version = serializers.IntegerField()
    sha256 = serializers.CharField(help_text="Of the signed bytes.")


class SchemaLink(serializers.Serializer[Any]):
    outcome = serializers.CharField(allow_blank=True)
    url = serializers.URLField()


class AvailableAct(serializers.Serializer[Any]):
    type = serializers.ChoiceField(OFFICERS_ACTS)
    label = serializers.CharField()  # type: ignore[assignment]
    json_schemas = SchemaLink(many=True)


class PreparedShape(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    url = serializers.URLField()
    status = serializers.ChoiceField(["prepared"])
    motion = serializers.UUIDField()
    type = serializers.ChoiceField(OFFICERS_ACTS)
    to_sign = serializers.CharField(help_text="The bytes to sign (act.json, RFC 8785), in base64.")
    sha256 = serializers.CharField(help_text="Of these bytes.")
    pdf = serializers.URLField(help_text="The document as it will stand; its digest is in the bytes.")
    signature = serializers.URLField(help_text="Where to POST the signature.")
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()


class ActShape(ActLine):
    status = serializers.ChoiceField(["performed"])
    motion = serializers.UUIDField()
    motion_state = serializers.ChoiceField(State.choices)
    motion_revision = serializers.IntegerField()
    position = serializers.IntegerField()
    previous = serializers.UUIDField(allow_null=True)
    act_json = serializers.CharField(help_text="The signed bytes, in base64.")
    cms = serializers.CharField(help_text="The signature over them as received: CMS, DER, in base64.")
    signature_sha256 = serializers.CharField()
    report = serializers.DictField(help_text="The verification report, in the words of EN 319 102-1.")
    pdf = serializers.URLField(allow_null=True)
    container = serializers.URLField()
    proof = serializers.URLField(help_text="The proof that the act is in the audit log.")
