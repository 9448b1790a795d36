"""What the shape of a catalogue cannot say by itself: that every reference leads somewhere, that no figure is invented.

The checks walk the marked tree, so that each fault is named at its own line even where the shape is at fault too.
"""

import re
from collections.abc import Iterator
from typing import Any, get_args

from workflows.statute.reading import Faults, Marked
from workflows.statute.schema import FIELD_PREFIX, ActName, Unit

KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
ACTS = frozenset(get_args(ActName))
SHARED = ACTS | {"decision"}
CHOOSING, STARTING = frozenset({"choice", "choices"}), frozenset({"instant", "date"})
FIGURES = ("amount", "by_choice", "longest", "term", "within", "notify_within", "decide_within")


def check(tree: Marked, faults: Faults) -> None:
    """Every dangling reference and every inconsistent rule of the catalogue, as faults."""
    _every_text(tree, faults)
    acts, kinds = tree.child("acts"), tree.child("kinds")
    for name, form in _entries(acts):
        if name not in SHARED:
            faults.at(form, f"{name!r} is not an act")
        _form(form, faults)
    for _name, kind in _entries(kinds):
        _kind(kind, faults)


# -- walking --------------------------------------------------------------------------------------------------------


def _entries(marked: Marked | None) -> Iterator[tuple[str, Marked]]:
    if marked is not None and isinstance(marked.value, dict):
        yield from marked.value.items()


def _items(marked: Marked | None, name: str) -> list[Marked]:
    child = marked.child(name) if marked is not None else None
    return child.value if child is not None and isinstance(child.value, list) else []


def _word(marked: Marked | None, name: str) -> Any:
    child = marked.child(name) if marked is not None else None
    return child.value if child is not None else None


def _keys(entries: list[Marked]) -> set[Any]:
    return {_word(one, "key") for one in entries}


def _by_key(fields: list[Marked]) -> dict[Any, Marked]:
    return {_word(one, "key"): one for one in fields}


def _every_text(marked: Marked, faults: Faults) -> None:
    """No article, label or message is empty, and what is unknown carries no figure."""
    if isinstance(marked.value, list):
        for one in marked.value:
            _every_text(one, faults)
    for key, one in _entries(marked):
        if key in ("article", "kk", "ru", "en") and isinstance(one.value, str) and not one.value.strip():
            faults.at(one, f"{key!r} is empty")
        if key in FIGURES and _word(marked, "mark") == "U":
            faults.at(one, f"{key!r} is given for a rule that is marked U (unknown)")
        _every_text(one, faults)


# -- forms ----------------------------------------------------------------------------------------------------------


def _form(form: Marked | None, faults: Faults) -> None:
    fields = _items(form, "fields")
    _keys_once(fields, faults)
    known = _by_key(fields)
    for one in fields:
        _field(one, known, faults)
    for one in _items(form, "checks"):
        _check(one, known, faults)


def _keys_once(entries: list[Marked], faults: Faults) -> None:
    seen: set[Any] = set()
    for one in entries:
        key = one.child("key")
        if key is None:
            continue
        if not isinstance(key.value, str) or not KEY.fullmatch(key.value):
            faults.at(key, f"{key.value!r} is not a key (a-z, 0-9 and _, at most 40)")
        if key.value in seen:
            faults.at(key, f"the key {key.value!r} is used twice")
        seen.add(key.value)


def _field(field: Marked, known: dict[Any, Marked], faults: Faults) -> None:
    kind = _word(field, "type")
    for part, types in (("choices", CHOOSING), ("fields", {"list"})):
        entries = _items(field, part)
        _keys_once(entries, faults)
        if (kind in types) != bool(entries):
            faults.at(field, f"a field of type {kind!r} {'needs' if kind in types else 'has no'} {part!r}")
    if kind not in ("person", "persons") and _items(field, "capacities"):
        faults.at(field, f"a field of type {kind!r} has no 'capacities'")
    required_if = field.child("required_if")
    if required_if is not None:
        _condition(required_if, known, faults)
    inner = _by_key(_items(field, "fields"))
    for one in inner.values():
        _field(one, inner, faults)


def _check(check: Marked, known: dict[Any, Marked], faults: Faults) -> None:
    for one in _items(check, "when"):
        _condition(one, known, faults)
    for one in _items(check, "then_required"):
        _known(one, known, faults)
    problem = check.child("then_problem")
    if problem is not None:
        _known(problem, known, faults)
    if bool(_items(check, "then_required")) == (problem is not None):
        faults.at(check, "a check has either 'then_required' or 'then_problem'")


def _known(name: Marked, known: dict[Any, Marked], faults: Faults) -> None:
    if name.value not in known:
        faults.at(name, f"there is no field {name.value!r} in this form")


def _condition(condition: Marked, known: dict[Any, Marked], faults: Faults) -> None:
    name, value = condition.child("field"), condition.child("value")
    if name is None:
        return
    _known(name, known, faults)
    if (value is None) != (_word(condition, "op") in ("present", "absent")):
        faults.at(condition, "'value' goes with every comparison but 'present' and 'absent'")
    if (_word(condition, "op") == "later_than") != (value is not None and isinstance(value.value, dict)):
        faults.at(condition, "'later_than', and nothing else, compares with a length {field, amount, unit}")
    for one in _compared(value):
        _comparable(one, known.get(name.value), known, faults)


def _compared(value: Marked | None) -> list[Marked]:
    if value is None:
        return []
    return value.value if isinstance(value.value, list) else [value]


def _comparable(value: Marked, field: Marked | None, known: dict[Any, Marked], faults: Faults) -> None:
    if isinstance(value.value, dict):
        _length(value, known, faults)
    elif isinstance(value.value, str) and value.value.startswith(FIELD_PREFIX):
        _known(Marked(value.value.removeprefix(FIELD_PREFIX), value.place), known, faults)
    elif _word(field, "type") in CHOOSING and value.value not in _keys(_items(field, "choices")):
        faults.at(value, f"{value.value!r} is not a choice of {_word(field, 'key')!r}")


def _length(length: Marked, known: dict[Any, Marked], faults: Faults) -> None:
    if set(length.value) != {"field", "amount", "unit"}:
        faults.at(length, "a length is {field, amount, unit}")
        return
    _known(length.value["field"], known, faults)
    if not isinstance(_word(length, "amount"), int) or _word(length, "unit") not in get_args(Unit):
        faults.at(length, f"an amount is a whole number of {', '.join(get_args(Unit))}")


# -- kinds ----------------------------------------------------------------------------------------------------------


def _kind(kind: Marked, faults: Faults) -> None:
    form, outcomes = kind.child("form"), _items(kind, "outcomes")
    _form(form, faults)
    for part in ("attachments", "terms", "outcomes", "alternative_measures"):
        _keys_once(_items(kind, part), faults)
    for one in outcomes:
        _form(one.child("form"), faults)
    known = _by_key(_items(form, "fields"))
    for one in _items(kind, "attachments"):
        if (needed := one.child("required_if")) is not None:
            _condition(needed, known, faults)
    for one in _items(kind, "terms"):
        _term(one, known, faults)
    _outcomes_named(kind, _keys(outcomes), faults)
    _subject(kind, known, faults)


def _outcomes_named(kind: Marked, outcomes: set[Any], faults: Faults) -> None:
    for part in ("norms", "service"):
        for rule in _items(kind, part):
            for one in _items(rule, "outcomes"):
                if one.value not in outcomes:
                    faults.at(one, f"there is no outcome {one.value!r}")


def _subject(kind: Marked, known: dict[Any, Marked], faults: Faults) -> None:
    subject = kind.child("subject")
    if subject is not None and _word(known.get(subject.value), "type") != "person":
        faults.at(subject, f"{subject.value!r} is not a field of type 'person'")


def _term(term: Marked, known: dict[Any, Marked], faults: Faults) -> None:
    given = [one for one in ("amount", "by_choice") if term.child(one) is not None]
    if _word(term, "immediately") is True:
        given.append("immediately")
    if len(given) != 1 and _word(term, "mark") != "U":
        faults.at(term, "a term has exactly one of 'amount', 'by_choice', 'immediately: true'")
    for one in _items(term, "starts_on"):
        _start(one, known, faults)
    for one in _items(term, "remind"):
        if not isinstance(one.value, float) or not 0 < one.value < 1:
            faults.at(one, f"{one.value!r} is not a fraction between 0 and 1")
    for one in _items(term, "applies_when"):
        _condition(one, known, faults)
    _by_choice(term.child("by_choice"), known, faults)


def _start(start: Marked, known: dict[Any, Marked], faults: Faults) -> None:
    word = str(start.value)
    if not word.startswith(FIELD_PREFIX):
        if word not in ACTS:
            faults.at(start, f"{word!r} is neither an act nor '{FIELD_PREFIX}<key>'")
    elif _word(known.get(word.removeprefix(FIELD_PREFIX)), "type") not in STARTING:
        faults.at(start, f"{word!r} is not an instant or a date of the motion's form")


def _by_choice(by: Marked | None, known: dict[Any, Marked], faults: Faults) -> None:
    if by is None:
        return
    field, amounts = known.get(_word(by, "field")), by.child("amounts")
    choices = _keys(_items(field, "choices"))
    if _word(field, "type") != "choice":
        faults.at(by, f"{_word(by, 'field')!r} is not a field of type 'choice'")
    elif {name for name, _one in _entries(amounts)} != choices:
        faults.at(by, f"the amounts do not match the choices of {_word(by, 'field')!r}")
