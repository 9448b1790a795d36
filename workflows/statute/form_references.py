"""Checks that the forms of a catalogue are consistent: unique keys, choices with answers, known fields."""

import re
from typing import Any, get_args

from workflows.statute.reading import Faults, Marked
from workflows.statute.schema import FIELD_PREFIX, Unit
from workflows.statute.walking import by_key, items, keys, word

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
        _check(check, known, faults)


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


def _check(check: Marked, known: dict[Any, Marked], faults: Faults) -> None:
    for condition in items(check, "when"):
        check_condition(condition, known, faults)
    for required in items(check, "then_required"):
        check_known(required, known, faults)
    problem = check.child("then_problem")
    if problem is not None:
        check_known(problem, known, faults)
    if bool(items(check, "then_required")) == (problem is not None):
        faults.at(check, "a check has either 'then_required' or 'then_problem'")


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
    for operand in _compared(value):
        _comparable(operand, known.get(name.value), known, faults)


def _compared(value: Marked | None) -> list[Marked]:
    if value is None:
        return []
    return value.value if isinstance(value.value, list) else [value]


def _comparable(value: Marked, field: Marked | None, known: dict[Any, Marked], faults: Faults) -> None:
    if isinstance(value.value, dict):
        _length(value, known, faults)
    elif isinstance(value.value, str) and value.value.startswith(FIELD_PREFIX):
        check_known(Marked(value.value.removeprefix(FIELD_PREFIX), value.place), known, faults)
    elif word(field, "type") in CHOOSING and value.value not in keys(items(field, "choices")):
        faults.at(value, f"{value.value!r} is not a choice of {word(field, 'key')!r}")


def _length(length: Marked, known: dict[Any, Marked], faults: Faults) -> None:
    if set(length.value) != {"field", "amount", "unit"}:
        faults.at(length, "a length is {field, amount, unit}")
        return
    check_known(length.value["field"], known, faults)
    if not isinstance(word(length, "amount"), int) or word(length, "unit") not in get_args(Unit):
        faults.at(length, f"an amount is a whole number of {', '.join(get_args(Unit))}")
