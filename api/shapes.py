"""The shapes of what comes in and goes out, for checking and for the OpenAPI description.

What comes in is strict: a field that is not known is refused, so that a misspelt one is not lost in silence.
"""

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from api.pages import LIMIT, MAX_LIMIT
from ecase.officers.models import Role
from workflows.motions.states import SERVICE_ACTS, ActType, AppealState, State

OFFICERS_ACTS = [(act.value, act.label) for act in ActType if act not in SERVICE_ACTS]
ME = "me"
INDICATIONS = ["TOTAL_PASSED", "INDETERMINATE", "TOTAL_FAILED"]
PEM = "-----BEGIN"


class Strict(serializers.Serializer[Any]):
    """Refuses fields that it does not know, beside every other fault."""

    default_error_messages = {"unknown": _("This field is not known.")}

    def to_internal_value(self, data: Any) -> Any:
        """Checked values; every fault at once, unknown fields among them."""
        faults: dict[str, Any] = {}
        try:
            values = super().to_internal_value(data)
        except serializers.ValidationError as fault:
            values, faults = {}, dict(fault.detail) if isinstance(fault.detail, Mapping) else {}
            if not isinstance(data, Mapping):
                raise
        for name in data:
            if name not in self.fields:
                faults[str(name)] = [serializers.ErrorDetail(str(self.error_messages["unknown"]), "unknown")]
        if faults:
            raise serializers.ValidationError(faults)
        return values


class Base64Field(serializers.CharField):
    """Bytes as base64 (RFC 4648, 4)."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        # Of bytes only the size is of interest; the parser has looked at every character of the text already.
        self.validators = [one for one in self.validators if isinstance(one, MaxLengthValidator)]

    def to_internal_value(self, data: Any) -> Any:
        """The bytes, or the text's own where it is PEM or no base64: the verifier says what is wrong with them."""
        text = str(super().to_internal_value(data))
        if text.lstrip().startswith(PEM):
            return text.encode()
        try:
            return base64.b64decode("".join(text.split()), validate=True)
        except (binascii.Error, ValueError):
            return text.encode()


# -- in ------------------------------------------------------------------------------------------------------------


OPEN, KEPT = "open", "kept"
# What would tell of a motion that one keeps what has come after one's own act.
TELLING = ("state", "appeal_state", "due_before", "valid_before", "assigned_to", "q")


class QueueQuery(Strict):
    state = serializers.ChoiceField(State.choices, required=False)
    kind = serializers.SlugField(required=False, max_length=40)
    appeal_state = serializers.ChoiceField(AppealState.choices, required=False)
    due_before = serializers.DateTimeField(required=False, help_text="The next deadline is before this instant.")
    valid_before = serializers.DateTimeField(required=False, help_text="The sanction ends before this instant.")
    assigned_to = serializers.CharField(
        required=False, max_length=36, help_text="The judge, of either court: an officer's id, or `me` for the caller."
    )
    q = serializers.CharField(required=False, max_length=64, help_text="Part of the court's or of the case's number.")
    scope = serializers.ChoiceField(
        [OPEN, KEPT],
        required=False,
        default=OPEN,
        help_text="`kept`: motions that the caller may open no longer, as they stood with the last act that he signed. "
        "Only `kind` narrows them.",
    )
    limit = serializers.IntegerField(required=False, default=LIMIT, min_value=1, max_value=MAX_LIMIT)
    cursor = serializers.CharField(required=False, max_length=200, help_text="From the `next` link of a page.")


class DecisionQuery(Strict):
    limit = serializers.IntegerField(required=False, default=LIMIT, min_value=1, max_value=MAX_LIMIT)
    cursor = serializers.CharField(required=False, max_length=200, help_text="From the `next` link of a page.")


class NameQuery(Strict):
    limit = serializers.IntegerField(required=False, default=LIMIT, min_value=1, max_value=MAX_LIMIT)
    cursor = serializers.SlugField(required=False, default="", max_length=40, help_text="From a `next` link.")


class KindQuery(NameQuery):
    group = serializers.SlugField(required=False, max_length=40, help_text="A key of `groups`.")
    author = serializers.ChoiceField(
        [ME, *Role.values], required=False, help_text="Only kinds that this role, or the caller's post, may author."
    )


class SchemaQuery(Strict):
    outcome = serializers.SlugField(
        required=False, default="", max_length=40, help_text="Of a decision, or of a ruling on an appeal: its outcome."
    )


class NoQuery(Strict):
    """No parameter is known."""


class DraftInput(Strict):
    case = serializers.CharField(max_length=32, help_text="The case's number in the register (ERDR).")
    kind = serializers.SlugField(max_length=40, help_text="A key of the catalogue in force.")
    payload = serializers.DictField(required=False, help_text="By the kind's JSON Schema; it may be incomplete.")
    earlier = serializers.UUIDField(
        required=False, allow_null=True, help_text="The motion whose sanction this one would extend, end or replace."
    )


class DraftChange(Strict):
    payload = serializers.DictField(
        required=False, help_text="Takes the place of the whole stored payload; it may be incomplete."
    )
    earlier = serializers.UUIDField(required=False, allow_null=True, help_text="As in a new draft; null: none.")


class UploadInput(Strict):
    requirement = serializers.SlugField(max_length=40, help_text="Which requirement of the kind the file meets.")
    file = serializers.FileField(max_length=200, allow_empty_file=True)
    sha256 = serializers.RegexField(r"^[0-9a-f]{64}\Z", required=False, help_text="What the file's SHA-256 must be.")


class PrepareInput(Strict):
    type = serializers.ChoiceField(OFFICERS_ACTS)
    payload = serializers.DictField(
        required=False, default=dict, help_text="By the act's JSON Schema; empty for `motion`, whose draft is taken."
    )


class SignatureInput(Strict):
    cms = Base64Field(
        max_length=512 * 1024, help_text="Detached CAdES over the bytes of `to_sign`: DER in base64, or PEM."
    )


class SuggestionInput(Strict):
    outcome = serializers.SlugField(max_length=40)


class SignInInput(Strict):
    challenge = serializers.UUIDField()
    cms = Base64Field(max_length=512 * 1024, help_text="Detached CAdES over the challenge: DER in base64, or PEM.")
    post = serializers.UUIDField(required=False, help_text="Needed when the officer holds more than one post.")


class VerifyInput(Strict):
    file = serializers.FileField(max_length=200, help_text="An evidence container.")


# -- out -----------------------------------------------------------------------------------------------------------


class ProblemItem(serializers.Serializer[Any]):
    code = serializers.CharField(help_text="Stable, for machines.")
    field = serializers.CharField(allow_blank=True, help_text="Dotted path into the input; empty: of the whole.")
    message = serializers.CharField(help_text="A sentence in the language of Accept-Language.")
    params = serializers.DictField(required=False)


class ProblemDocument(serializers.Serializer[Any]):
    type = serializers.URLField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField(allow_blank=True)
    instance = serializers.CharField()
    problems = ProblemItem(many=True)


class Named(serializers.Serializer[Any]):
    key = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]


class PersonOfList(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()


class MotionLine(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    url = serializers.URLField()
    case = serializers.CharField(help_text="The case's number in the register.")
    kind = serializers.CharField()
    kind_name = serializers.CharField()
    state = serializers.ChoiceField(State.choices)
    number = serializers.CharField(allow_null=True, help_text="The court's number.")
    appeal_state = serializers.ChoiceField(AppealState.choices)
    outcome = serializers.CharField(allow_blank=True)
    in_force = serializers.BooleanField(help_text="A sanction was given, and holds now.")
    secret = serializers.BooleanField()
    on_paper = serializers.BooleanField()
    language = serializers.CharField()
    version = serializers.IntegerField()
    revision = serializers.IntegerField()
    author = PersonOfList()
    judge = PersonOfList(allow_null=True)
    created_at = serializers.DateTimeField()
    submitted_at = serializers.DateTimeField(allow_null=True)
    registered_at = serializers.DateTimeField(allow_null=True)
    hearing_at = serializers.DateTimeField(allow_null=True)
    decided_at = serializers.DateTimeField(allow_null=True)
    valid_until = serializers.DateTimeField(allow_null=True, help_text="The end of the sanction, if it has one.")
    ended_at = serializers.DateTimeField(allow_null=True, help_text="Lifted, replaced, cancelled or run out.")
    next_due_at = serializers.DateTimeField(allow_null=True)


class MotionPage(serializers.Serializer[Any]):
    next = serializers.URLField(allow_null=True)
    results = MotionLine(many=True)


class CasePerson(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()
    capacity = serializers.CharField()


class CaseShape(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    number = serializers.CharField()
    qualification = serializers.CharField()
    persons = CasePerson(many=True)


class DeadlineShape(serializers.Serializer[Any]):
    term = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    role = serializers.CharField()
    article = serializers.CharField(allow_blank=True)
    state = serializers.ChoiceField(["running", "met", "missed", "void"])
    started_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField()
    at_once = serializers.BooleanField(help_text="The law wants it done immediately: no instant can be called missed.")
    met_at = serializers.DateTimeField(allow_null=True)
    explanation = serializers.ListField(
        child=serializers.CharField(), help_text="How it was counted, in sentences of the reader's language."
    )


class EventShape(serializers.Serializer[Any]):
    at = serializers.DateTimeField()
    kind = serializers.CharField(help_text="`act`, or `opened`: an officer's first opening of what there was then.")
    label = serializers.CharField()  # type: ignore[assignment]
    who = serializers.CharField()
    act = serializers.UUIDField(allow_null=True)
    version = serializers.IntegerField(help_text="Of the motion, at that time.")


class AttachmentShape(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    url = serializers.URLField()
    requirement = serializers.CharField()
    name = serializers.CharField()
    media_type = serializers.CharField()
    size = serializers.IntegerField()
    sha256 = serializers.CharField()
    filed_by = serializers.UUIDField(allow_null=True, help_text="The act that states it: the motion, or a supplement.")


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


class MaterialsShape(serializers.Serializer[Any]):
    opened_at = serializers.DateTimeField(help_text="When this officer first opened the materials as they are now.")
    version = serializers.IntegerField(help_text="The version that was opened.")
    payload = serializers.DictField()
    attachments = AttachmentShape(many=True)
    acts = ActLine(many=True)


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


class ParagraphShape(serializers.Serializer[Any]):
    text = serializers.CharField()
    source = serializers.DictField(help_text="Where the paragraph comes from: kind, label, reference.")  # type: ignore[assignment]


class SuggestionShape(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    url = serializers.URLField()
    status = serializers.ChoiceField(["ready"])
    generated = serializers.BooleanField(help_text="The machine-readable mark of what a program has made.")
    motion = serializers.UUIDField()
    outcome = serializers.CharField()
    label = serializers.CharField(help_text="Says that this is a suggestion of a program and no act.")  # type: ignore[assignment]
    text = serializers.CharField()
    paragraphs = ParagraphShape(many=True)
    sha256 = serializers.CharField()
    created_at = serializers.DateTimeField()


class AcceptedShape(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    url = serializers.URLField()


class ChallengeShape(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    to_sign = serializers.CharField(help_text="The bytes to sign, in base64.")
    expires_at = serializers.DateTimeField()


class PostShape(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    role = serializers.CharField()
    role_name = serializers.CharField()
    organisation = serializers.CharField()
    organisation_bin = serializers.CharField()


class OfficerShape(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()
    language = serializers.CharField()


class SessionShape(serializers.Serializer[Any]):
    officer = OfficerShape()
    post = PostShape()
    posts = PostShape(many=True, help_text="Every post that the officer holds now.")
    expires_at = serializers.DateTimeField(allow_null=True)


class TokenShape(SessionShape):
    token = serializers.CharField(help_text="Shown once: the service keeps its hash only.")


class VerdictLine(serializers.Serializer[Any]):
    name = serializers.CharField(help_text="What was looked at: statement, signature, file, chain, audit-proof.")
    subject = serializers.CharField(allow_blank=True)
    indication = serializers.ChoiceField(INDICATIONS)
    detail = serializers.CharField(allow_blank=True)
    report = serializers.DictField(required=False)


class VerdictShape(serializers.Serializer[Any]):
    indication = serializers.ChoiceField(INDICATIONS, help_text="The worst of all lines.")
    verified_at = serializers.DateTimeField(help_text="The instant that it was verified as of.")
    lines = VerdictLine(many=True)
    act = serializers.DictField(help_text="What the act states.")


class HealthShape(serializers.Serializer[Any]):
    status = serializers.ChoiceField(["ok"])


class CheckShape(serializers.Serializer[Any]):
    name = serializers.CharField(help_text="What the service needs.")
    ok = serializers.BooleanField()
    why = serializers.CharField(help_text="What is wrong with it; empty where nothing is.", allow_blank=True)


class ReadyShape(HealthShape):
    checks = CheckShape(many=True)
