"""Examples that follow from schemas: a plausible value for each field, the same at every start."""

import base64
from functools import cache
from typing import Any

from django.conf import settings

from workflows.statute.loading import read_folder

Schema = dict[str, Any]
ID = "5e0abbab-6e6c-4a35-9d0c-2a1c1f3d7b10"
BY_FORMAT = {
    "uuid": ID,
    "date-time": "2026-11-21T04:07:33.459744Z",
    "date": "2026-11-21",
    "uri": f"https://ecase.example/api/v1/motions/{ID}/",
    "binary": "",
}
# By the name of a field, or by that of its schema too where others mean something else by it.
BY_NAME = {
    "CaseInput.summary": "Бөтен мүлікті жасырын ұрлау.",
    "CounselEnd.reason": "Қорғалатын адам өзі бас тартты.",
    "CounselInput.officer": "770303300134",
    "CounselInput.participant": "",
    "CounselInput.person": "1",
    "PersonInput.address": "Тасөткел қ., Бейбітшілік к-сі, 1",
    "PersonInput.reason": "Тегі қате жазылған.",
    "PersonShape.address": "Тасөткел қ., Бейбітшілік к-сі, 1",
    "address": "https://office.example/ecase",
    "bin": "990940000037",
    "case": "990000000000101",
    "citizenship": "KAZ",
    "code": "required",
    "convictions": "",
    "court": "990440000056",
    "given_name": "Айгүл",
    "iin": "900517400128",
    "investigator": "",
    "language": "kk",
    "legal_name": "",
    "name": "Айгүл Серікқызы",
    "number": "7512-26-3-2/1",
    "organisation_bin": "990940000037",
    "outcome": "sanctioned",
    "paper": "",
    "patronymic": "Серікқызы",
    "prosecution": "990840000065",
    "qualification": "188-бап, 3-бөлік",
    "represented_by": "",
    "requirement": "resolution",
    "role": "prosecutor",
    "sha256": "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae",
    "surname": "Тасқынова",
    "token": "6f1d0a8e2b...",
    "type": "agreement",
}
DEEPEST = 8


@cache
def _by_name() -> dict[str, str]:
    """With the first kind of this installation's law."""
    return {**BY_NAME, "kind": next(iter(read_folder(settings.STATUTE_DIR / settings.JURISDICTION).kinds))}


def example_of(schema: Schema, schemas: dict[str, Schema], name: str = "", depth: int = 0) -> Any:
    """A value of ``schema``, whose references are among ``schemas``; nothing below :data:`DEEPEST` levels."""
    component = ""
    while choices := [schema[key] for key in ("$ref", "allOf", "oneOf", "anyOf") if key in schema]:
        component = choices[0].rpartition("/")[2] if isinstance(choices[0], str) else component
        schema = schemas[component] if isinstance(choices[0], str) else choices[0][0]
    plain = name.rpartition(".")[2]
    known = _by_name().get(name, _by_name().get(plain))
    if "enum" in schema or "const" in schema:
        values = schema.get("enum") or [schema["const"]]
        return known if known in values else values[0]
    named = schema.get("type", "object")
    kind = named[0] if isinstance(named, list) else named
    if kind == "object":
        inner = schema.get("properties", {}) if depth < DEEPEST else {}
        return {key: example_of(value, schemas, f"{component}.{key}", depth + 1) for key, value in inner.items()}
    if kind == "array":
        return [example_of(schema["items"], schemas, name, depth + 1)] if depth < DEEPEST else []
    if kind == "string":
        encoded = base64.b64encode(b'{"a":1}').decode() if schema.get("contentEncoding") else ""
        return encoded or BY_FORMAT.get(schema.get("format", ""), plain or "text" if known is None else known)
    return {"integer": schema.get("minimum", 1), "number": 1, "boolean": False, "null": None}[kind]
