"""JSON Schemas of payloads: the catalogue's forms, and for a decision the outcome that it states."""

from typing import Any

from workflows.motions.states import DECISIONS, SERVICE_ACTS, ActType
from workflows.statute.json_schema import schema_of
from workflows.statute.schema import Kind, Outcome


def of_kind(kind: Kind) -> dict[str, dict[str, Any]]:
    """The schemas of every act of an officer on a motion of this kind, but for its decisions."""
    plain = (act for act in ActType if act not in SERVICE_ACTS | DECISIONS)
    return {act.value: schema_of(kind.form_for(act)) for act in plain}


def of_outcome(kind: Kind, outcome: Outcome) -> dict[str, Any]:
    """The schema of the decision that states ``outcome``."""
    schema = schema_of(kind.form_for(outcome.output, outcome.key))
    named = {
        "outcome": {"const": outcome.key, "title": str(outcome.label)},
        "suggestion": {"type": "string", "format": "uuid"},
    }
    required = ["outcome", *schema["required"]]
    return {**schema, "properties": {**named, **schema["properties"]}, "required": required}


def of_act(kind: Kind, act_type: ActType, outcome: str) -> dict[str, Any] | None:
    """The schema of an act; of a decision, that of ``outcome``. ``None`` if the kind knows no such act or outcome."""
    if act_type in SERVICE_ACTS:
        return None
    if act_type not in DECISIONS:
        return None if outcome else schema_of(kind.form_for(act_type))
    found = next((one for one in kind.outcomes if one.key == outcome and one.output == act_type), None)
    return of_outcome(kind, found) if found else None
