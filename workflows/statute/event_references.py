"""Checks that the events of a kind are consistent with its forms and with each other."""

from collections.abc import Iterator
from itertools import combinations
from typing import Any

from workflows.statute.form_references import check_condition
from workflows.statute.reading import Faults, Marked
from workflows.statute.walking import items, keys, word

CHOICE = "event"


def check_events(kind: Marked, known: dict[Any, Marked], faults: Faults) -> None:
    """Add every fault of the events of a kind whose motion has the fields ``known``."""
    events = items(kind, "events")
    for event in events:
        for condition in items(event, "applies_when"):
            check_condition(condition, known, faults)
        after = event.child("after")
        if after is not None and after.value not in keys(events) - {word(event, "key")}:
            faults.at(after, f"there is no other event {after.value!r}")
    _fields_once(events, faults)
    _same_roles(events, faults)


def _fields_once(events: list[Marked], faults: Faults) -> None:
    """A key occurs once: one form shows the fields of every event that is open."""
    seen = {CHOICE}
    for field in (field for event in events for field in items(event.child("form"), "fields")):
        key = word(field, "key")
        if key in seen:
            faults.at(field, f"the key {key!r} is used twice among the events of the kind")
        seen.add(key)


def _same_roles(events: list[Marked], faults: Faults) -> None:
    """Open events have the same roles: an officer who may record one of them is shown all."""
    for one, other in combinations(events, 2):
        if word(one, "when") == word(other, "when") and not _follow(one, other) and _by(one) != _by(other):
            faults.at(other, "events that may be open together have the same 'by'")


def _follow(one: Marked, other: Marked) -> bool:
    """Whether one comes only after the other, which is not repeated."""
    pairs: Iterator[tuple[Marked, Marked]] = iter(((one, other), (other, one)))
    return any(word(late, "after") == word(early, "key") and not word(early, "repeated") for late, early in pairs)


def _by(event: Marked) -> set[Any]:
    return {role.value for role in items(event, "by")}
