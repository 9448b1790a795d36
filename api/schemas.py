"""JSON Schemas of payloads: the forms of the catalogue and, for acts with an outcome, the form of that outcome."""

from typing import Any

from ecase.officers.models import Post
from workflows.motions.acts.registry import SERVICE_ACTS
from workflows.motions.models import Motion
from workflows.motions.rules import payloads
from workflows.motions.states import WITH_OUTCOME, ActType
from workflows.statute.json_schema import DIALECT, schema_of
from workflows.statute.schema import AppealOutcome, Kind, Outcome

Schema = dict[str, Any]
RULING = ActType.APPEAL_RULING.value


def build_kind_schemas(kind: Kind) -> dict[str, Schema]:
    """The schemas of every act of an officer on a motion of this kind, except for acts that state an outcome."""
    plain = (act for act in ActType if act not in SERVICE_ACTS | WITH_OUTCOME and (act != ActType.EVENT or kind.events))
    return {act.value: schema_of(kind.form_for(act)) for act in plain}


def build_decision_schema(kind: Kind, outcome: Outcome) -> Schema:
    """The schema of the decision that states ``outcome``."""
    schema = schema_of(kind.form_for(outcome.output, outcome.key))
    return _stating(outcome, schema, {payloads.SUGGESTION: {"type": "string", "format": "uuid"}})


def build_ruling_schema(kind: Kind, outcome: AppealOutcome) -> Schema:
    """The schema of the ruling on an appeal that states ``outcome``.

    An outcome that changes the decision may replace it by another outcome, and then asks for that outcome's fields: the
    schema is a ``oneOf``, distinguished by ``new_outcome``.
    """
    plain = _stating(outcome, schema_of(kind.form_for(RULING, outcome.key)), {})
    if outcome.effect != "changed":
        return plain
    choices = [plain]
    for put in kind.outcomes:
        named = {payloads.NEW_OUTCOME: {"const": put.key, "title": str(put.label)}}
        schema = _stating(outcome, schema_of(kind.form_for(RULING, outcome.key, put.key)), named)
        choices.append({**schema, "required": [payloads.NEW_OUTCOME, *schema["required"]]})
    return {"$schema": DIALECT, "oneOf": choices}


def build_act_schema(motion: Motion, act_type: ActType, outcome: str, author: Post) -> Schema | None:
    """The schema of an act of ``author``; if it states an outcome, that of ``outcome``.

    ``None`` if the motion has no such act or outcome.
    """
    if act_type in SERVICE_ACTS:
        return None
    if act_type not in WITH_OUTCOME:
        return None if outcome else schema_of(payloads.form(motion, act_type, author=author))
    found = next((choice for choice in payloads.outcomes(motion, act_type) if choice.key == outcome), None)
    if found is None:
        return None
    kind = motion.kind_entry
    return build_decision_schema(kind, found) if isinstance(found, Outcome) else build_ruling_schema(kind, found)


def _stating(outcome: Outcome | AppealOutcome, schema: Schema, others: Schema) -> Schema:
    named = {payloads.OUTCOME: {"const": outcome.key, "title": str(outcome.label)}, **others}
    required = [payloads.OUTCOME, *schema["required"]]
    return {**schema, "properties": {**named, **schema["properties"]}, "required": required}
