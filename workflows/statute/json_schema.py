"""A form as JSON Schema (2020-12), for other systems that fill it in.

The schema states the rules of types; rules that depend on the case (persons) or on several fields are checked by
``validation``.
"""

from collections.abc import Callable
from typing import Any

from workflows.statute.conditions import NOW
from workflows.statute.schema import FIELD_PREFIX, Condition, Field, Form
from workflows.statute.values import INSTANT, LARGEST, LENGTHS, MONEY, MOST_ENTRIES

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema_of(form: Form) -> dict[str, Any]:
    """The JSON Schema of a complete payload of ``form``, labels and help in the active language."""
    conditional: list[tuple[tuple[Condition, ...], tuple[str, ...]]]
    conditional = [((field.required_if,), (field.key,)) for field in form.fields if field.required_if]
    conditional += [(check.when, check.then_required) for check in form.checks if check.then_required]
    rules = [
        {"if": _if(conditions), "then": {"required": list(required)}}
        for conditions, required in conditional
        if all(map(_is_plain, conditions))
    ]
    schema = {"$schema": DIALECT, **_object(form.fields)}
    return {**schema, "allOf": rules} if rules else schema


def _object(fields: tuple[Field, ...]) -> dict[str, Any]:
    properties = {}
    for field in fields:
        about = {"title": str(field.label), "description": str(field.help), "x-article": field.article}
        properties[field.key] = {**about, **_TYPES[field.type](field)}
    return {
        "type": "object",
        "properties": properties,
        "required": [field.key for field in fields if field.required],
        "additionalProperties": False,
    }


def _text(field: Field) -> dict[str, Any]:
    shortest = {"minLength": 1} if field.required else {}
    return {"type": "string", **shortest, "maxLength": field.max_length or LENGTHS[field.type]}


def _choice(field: Field) -> dict[str, Any]:
    return {"oneOf": [{"const": choice.key, "title": str(choice.label)} for choice in field.choices]}


def _person(field: Field) -> dict[str, Any]:
    allowed = {"x-capacities": list(field.capacities)} if field.capacities else {}
    return {"type": "string", "format": "uuid", **allowed}


def _array(field: Field, items: dict[str, Any], *, unique: bool) -> dict[str, Any]:
    least = field.minimum if field.minimum is not None else int(field.required)
    bounds = {"minItems": least, "maxItems": field.maximum or MOST_ENTRIES, "uniqueItems": unique}
    return {"type": "array", "items": items, **bounds}


_TYPES: dict[str, Callable[[Field], dict[str, Any]]] = {
    "text": _text,
    "long_text": _text,
    "integer": lambda field: {
        "type": "integer",
        "minimum": -LARGEST if field.minimum is None else field.minimum,
        "maximum": LARGEST if field.maximum is None else field.maximum,
    },
    "money": lambda _field: {"type": "string", "pattern": f"^(?:{MONEY.pattern})$", "x-format": "money"},
    "date": lambda _field: {"type": "string", "format": "date"},
    "instant": lambda _field: {"type": "string", "format": "date-time", "pattern": f"^(?:{INSTANT.pattern})$"},
    "boolean": lambda _field: {"type": "boolean"},
    "choice": _choice,
    "choices": lambda field: _array(field, _choice(field), unique=True),
    "person": _person,
    "persons": lambda field: _array(field, _person(field), unique=True),
    "list": lambda field: _array(field, _object(field.fields), unique=False),
}


# -- conditions that JSON Schema can say ----------------------------------------------------------------------------


def _is_plain(condition: Condition) -> bool:
    # A comparison with "no" also holds for a missing answer, which the schema cannot express.
    value = condition.value
    refers = value == NOW or (isinstance(value, str) and value.startswith(FIELD_PREFIX))
    compares = condition.op in ("eq", "in", "contains") and value is not False and not refers
    return compares or condition.op == "present"


def _if(conditions: tuple[Condition, ...]) -> dict[str, Any]:
    """Whether all of the conditions hold, each of which is plain."""
    tests: dict[str, dict[str, Any]] = {}
    for condition in conditions:
        if condition.op == "eq":
            tests[condition.field] = {"const": condition.value}
        elif condition.op == "in":
            tests[condition.field] = {"enum": list(condition.value)}
        elif condition.op == "contains":
            tests[condition.field] = {"contains": {"const": condition.value}}
        else:
            tests[condition.field] = {"not": {"const": ""}}
    return {"properties": tests, "required": sorted(tests)}
