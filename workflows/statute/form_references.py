"""Checks that the forms of a catalogue are consistent: unique keys, choices with answers, known fields."""

import re
from typing import Any, get_args

from workflows.statute.reading import Faults, Marked, by_key, items, word
from workflows.statute.schema import FIELD_PREFIX, Unit

KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
CHOOSING = frozenset({"choice", "choices"})


def check_form(form: Marked | None, faults: Faults) -> None:
    """Add every fault of the fields and checks of one form."""
    fields = items(form, "fields")
    keys_once(fields, faults)
    known = by_key(fields)
    for field in fields:
        _field(field, known, faults)
    for check in items(form, "checks"):
        for condition in items(check, "when"):
            check_condition(condition, known, faults)
        required, problem = items(check, "then_required"), check.child("then_problem")
        for name in (*required, *([problem] if problem is not None else [])):
            check_known(name, known, faults)
        if bool(required) == (problem is not None):
            faults.at(check, "a check has either 'then_required' or 'then_problem'")


def keys_once(entries: list[Marked], faults: Faults) -> None:
    """Report invalid keys, and keys used twice among ``entries``."""
    seen: set[Any] = set()
    for entry in entries:
        key = entry.child("key")
        if key is None:
            continue
        if not isinstance(key.value, str) or not KEY.fullmatch(key.value):
            faults.at(key, f"{key.value!r} is not a key (a-z, 0-9 and _, at most 40)")
        if key.value in seen:
            faults.at(key, f"the key {key.value!r} is used twice")
        seen.add(key.value)


def _field(field: Marked, known: dict[Any, Marked], faults: Faults) -> None:
    kind = word(field, "type")
    for part, types in (("choices", CHOOSING), ("fields", {"list"})):
        entries = items(field, part)
        keys_once(entries, faults)
        if (kind in types) != bool(entries):
            faults.at(field, f"a field of type {kind!r} {'needs' if kind in types else 'has no'} {part!r}")
    if kind not in ("person", "persons") and items(field, "capacities"):
        faults.at(field, f"a field of type {kind!r} has no 'capacities'")
    required_if = field.child("required_if")
    if required_if is not None:
        check_condition(required_if, known, faults)
    inner = by_key(items(field, "fields"))
    for column in inner.values():
        _field(column, inner, faults)


def check_known(name: Marked, known: dict[Any, Marked], faults: Faults) -> None:
    """Report ``name`` if it is none of the fields ``known``."""
    if name.value not in known:
        faults.at(name, f"there is no field {name.value!r} in this form")


def check_condition(condition: Marked, known: dict[Any, Marked], faults: Faults) -> None:
    """Add every fault of a comparison among the fields ``known``."""
    name, value = condition.child("field"), condition.child("value")
    if name is None:
        return
    check_known(name, known, faults)
    if (value is None) != (word(condition, "op") in ("present", "absent")):
        faults.at(condition, "'value' goes with every comparison but 'present' and 'absent'")
    if (word(condition, "op") == "later_than") != (value is not None and isinstance(value.value, dict)):
        faults.at(condition, "'later_than', and nothing else, compares with a length {field, amount, unit}")
    operands = [] if value is None else value.value if isinstance(value.value, list) else [value]
    for operand in operands:
        _operand(operand, known.get(name.value), known, faults)


def _operand(value: Marked, field: Marked | None, known: dict[Any, Marked], faults: Faults) -> None:
    """Report what ``field`` cannot be compared with: a wrong length, an unknown field, no choice of its own."""
    if isinstance(value.value, dict):
        if set(value.value) != {"field", "amount", "unit"}:
            faults.at(value, "a length is {field, amount, unit}")
            return
        check_known(value.value["field"], known, faults)
        if not isinstance(word(value, "amount"), int) or word(value, "unit") not in get_args(Unit):
            faults.at(value, f"an amount is a whole number of {', '.join(get_args(Unit))}")
    elif isinstance(value.value, str) and value.value.startswith(FIELD_PREFIX):
        check_known(Marked(value.value.removeprefix(FIELD_PREFIX), value.place), known, faults)
    elif word(field, "type") in CHOOSING and value.value not in by_key(items(field, "choices")):
        faults.at(value, f"{value.value!r} is not a choice of {word(field, 'key')!r}")
