"""A form as JSON Schema (2020-12), for other systems that fill it in.

The schema states the rules of types; rules that depend on the case (persons) or on several fields are checked by
``validation``.
"""

from collections.abc import Callable
from typing import Any

from workflows.statute.schema import Check, Condition, Field, Form
from workflows.statute.values import INSTANT, LARGEST, LENGTHS, MONEY, MOST_ENTRIES

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema_of(form: Form) -> dict[str, Any]:
    """The JSON Schema of a complete payload of ``form``, labels and help in the active language."""
    rules = [_required_if(field) for field in form.fields if field.required_if and _is_plain(field.required_if)]
    checks = [_required_by(check) for check in form.checks if check.then_required and all(map(_is_plain, check.when))]
    schema = {"$schema": DIALECT, **_object(form.fields)}
    return {**schema, "allOf": [*rules, *checks]} if rules or checks else schema


def _object(fields: tuple[Field, ...]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {field.key: _field(field) for field in fields},
        "required": [field.key for field in fields if field.required],
        "additionalProperties": False,
    }


def _field(field: Field) -> dict[str, Any]:
    about = {"title": str(field.label), "description": str(field.help), "x-article": field.article}
    return {**about, **_TYPES[field.type](field)}


def _text(field: Field) -> dict[str, Any]:
    shortest = {"minLength": 1} if field.required else {}
    return {"type": "string", **shortest, "maxLength": field.max_length or LENGTHS[field.type]}


def _integer(field: Field) -> dict[str, Any]:
    low = -LARGEST if field.minimum is None else field.minimum
    return {"type": "integer", "minimum": low, "maximum": LARGEST if field.maximum is None else field.maximum}


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
    "integer": _integer,
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
    compared = condition.op in ("eq", "in", "contains") and condition.value is not False
    compared = compared and not _refers(condition.value)
    return compared or condition.op == "present"


def _refers(value: Any) -> bool:
    return value == "now" or (isinstance(value, str) and value.startswith("field:"))


def _if(conditions: tuple[Condition, ...]) -> dict[str, Any]:
    tests = {condition.field: _test(condition) for condition in conditions}
    return {"properties": tests, "required": sorted(tests)}


def _test(condition: Condition) -> dict[str, Any]:
    if condition.op == "eq":
        return {"const": condition.value}
    if condition.op == "in":
        return {"enum": list(condition.value)}
    return {"contains": {"const": condition.value}} if condition.op == "contains" else {"not": {"const": ""}}


def _required_if(field: Field) -> dict[str, Any]:
    conditions = (field.required_if,) if field.required_if else ()
    return {"if": _if(conditions), "then": {"required": [field.key]}}


def _required_by(check: Check) -> dict[str, Any]:
    return {"if": _if(check.when), "then": {"required": list(check.then_required)}}
