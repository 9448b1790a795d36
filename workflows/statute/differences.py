"""The differences between two versions of a catalogue, rule by rule."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

NAMES = ("key", "who", "to")
# Head fields are not rules: they differ between any two versions.
HEAD = frozenset({"version", "valid_from", "valid_to"})


@dataclass(frozen=True)
class Difference:
    """A rule, or a part of it: its path, and both values; ``None`` for the version that lacks it."""

    path: str
    old: Any
    new: Any

    def __str__(self) -> str:
        if self.old is None:
            return f"+ {self.path}: {_short(self.new)}"
        if self.new is None:
            return f"- {self.path}: {_short(self.old)}"
        return f"~ {self.path}: {_short(self.old)} -> {_short(self.new)}"


def differences(old: dict[str, Any], new: dict[str, Any]) -> Iterator[Difference]:
    """What was added, removed or changed between two catalogues as JSON, in the order of the new one."""
    yield from _compared("", _without_head(old), _without_head(new))


def _without_head(content: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in content.items() if key not in HEAD}


def _compared(path: str, old: Any, new: Any) -> Iterator[Difference]:
    if old == new:
        return
    before, after = _parts(old), _parts(new)
    if before is None or after is None:
        yield Difference(path, old, new)
        return
    for key in [*after, *(name for name in before if name not in after)]:
        yield from _compared(f"{path}.{key}" if path else key, before.get(key), after.get(key))


def _parts(value: Any) -> dict[str, Any] | None:
    """The parts of the value by name; ``None`` for a value that is compared as a whole."""
    if isinstance(value, dict):
        return value
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        return None
    names = [_name(rule) for rule in value]
    return dict(zip(names, value, strict=True)) if all(names) and len(set(names)) == len(names) else _numbered(value)


def _numbered(value: list[Any]) -> dict[str, Any]:
    return {str(number): rule for number, rule in enumerate(value)}


def _name(rule: dict[str, Any]) -> str:
    return next((str(rule[name]) for name in NAMES if isinstance(rule.get(name), str)), "")


def _short(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
