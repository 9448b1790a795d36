"""Acts: prepared, signed, available."""

from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.forms.models import model_to_dict
from rest_framework import serializers
from rest_framework.reverse import reverse

from api.serializers.base import Base64Field, BytesField, ConstantField, LinkField, Output, Strict
from api.serializers.problems import ProblemItem
from workflows.motions.acts.registry import SERVICE_ACTS
from workflows.motions.models import Act, Motion, PendingSignature, PreparedAct
from workflows.motions.rules import payloads
from workflows.motions.states import ActType, State

# Of a signature that waits, what its author follows.
FOLLOWED = ("received_at", "missing", "tries", "next_try_at", "settled_at", "problems")
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
    url = LinkField("api:act", "pk")
    type = serializers.ChoiceField(ActType.choices)
    label = serializers.CharField(source="get_type_display")  # type: ignore[assignment]
    author = serializers.CharField(source="author_text")
    performed_at = serializers.DateTimeField()
    from_state = serializers.CharField()
    to_state = serializers.CharField()
    from_appeal = serializers.CharField()
    to_appeal = serializers.CharField()
    version = serializers.IntegerField()
    sha256 = serializers.CharField(help_text="Of the signed bytes.")


def list_acts(motion: Motion) -> QuerySet[Act]:
    """The acts performed on the motion, oldest first, without their large columns."""
    return motion.acts.defer("act_json", "cms", "report").order_by("position")


class SchemaLink(serializers.Serializer[Any]):
    outcome = serializers.CharField(allow_blank=True)
    url = serializers.URLField()


class Available(NamedTuple):
    """An act that may be prepared on a motion."""

    motion: Motion
    type: ActType


class AvailableAct(Output):
    type = serializers.ChoiceField(OFFICERS_ACTS)
    label = serializers.CharField(source="type.label")  # type: ignore[assignment]
    json_schemas = SchemaLink(many=True)

    def compute(self, row: Available) -> dict[str, Any]:
        """One schema for each outcome that the act may state, or a single one."""
        motion, act_type = row
        link = reverse("api:motion-schema", (motion.pk, act_type.value), request=self.context["request"])
        outcomes = [outcome.key for outcome in payloads.outcomes(motion, act_type)] or [""]
        links = [{"outcome": key, "url": f"{link}?outcome={key}" if key else link} for key in outcomes]
        return {"json_schemas": links}


class WaitingSignature(serializers.Serializer[Any]):
    status = serializers.ChoiceField(["waiting", "refused"])
    received_at = serializers.DateTimeField(help_text="The act will count as performed then.")
    missing = serializers.ListField(child=serializers.CharField(), help_text="What could not be fetched, in English.")
    tries = serializers.IntegerField()
    next_try_at = serializers.DateTimeField(allow_null=True, help_text="Null: it is settled.")
    settled_at = serializers.DateTimeField(allow_null=True)
    problems = ProblemItem(many=True, help_text="Why it was refused.")


class PreparedShape(Output):
    id = serializers.UUIDField()
    url = LinkField("api:act", "pk")
    status = ConstantField("prepared")
    motion = serializers.UUIDField(source="motion_id")
    type = serializers.ChoiceField(OFFICERS_ACTS)
    to_sign = BytesField(source="act_json", help_text="The bytes to sign (act.json, RFC 8785), in base64.")
    sha256 = serializers.CharField(help_text="Of these bytes.")
    pdf = LinkField("api:act-pdf", "pk", help_text="The document as it will stand; its digest is in the bytes.")
    signature = LinkField("api:signature", "pk", help_text="Where to POST the signature.")
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    waiting = WaitingSignature(
        allow_null=True, help_text="A signature that was received and could not be verified at once; null: none."
    )

    def compute(self, row: PreparedAct) -> dict[str, Any]:
        """The signature as it stands; an accepted one is the act."""
        found: PendingSignature | None = self.context.get("received")
        if found is None:
            return {"waiting": None}
        settled = {"status": "refused", "next_try_at": None} if found.settled_at else {"status": "waiting"}
        return {"waiting": {**model_to_dict(found, FOLLOWED), **settled}}


class ActShape(ActLine):
    status = ConstantField("performed")
    motion = serializers.UUIDField(source="motion_id")
    motion_state = serializers.ChoiceField(State.choices, source="motion.state")
    motion_revision = serializers.IntegerField(source="motion.revision")
    position = serializers.IntegerField()
    previous = serializers.UUIDField(source="previous_id", allow_null=True)
    act_json = BytesField(help_text="The signed bytes, in base64.")
    cms = BytesField(help_text="The signature over them as received: CMS, DER, in base64.")
    signature_sha256 = serializers.CharField()
    report = serializers.DictField(help_text="The verification report, in the words of EN 319 102-1.")
    pdf = LinkField("api:act-pdf", "pk", needs="pdf_id", allow_null=True)
    container = LinkField("api:act-container", "pk")
    proof = LinkField("api:audit-proof", "entry_id", help_text="The proof that the act is in the audit log.")
