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
        old, new = (json.dumps(value, ensure_ascii=False, sort_keys=True) for value in (self.old, self.new))
        if self.old is None:
            return f"+ {self.path}: {new}"
        if self.new is None:
            return f"- {self.path}: {old}"
        return f"~ {self.path}: {old} -> {new}"


def differences(old: dict[str, Any], new: dict[str, Any]) -> Iterator[Difference]:
    """What was added, removed or changed between two catalogues as JSON, in the order of the new one."""
    before, after = ({key: value for key, value in content.items() if key not in HEAD} for content in (old, new))
    yield from _compare("", before, after)


def _compare(path: str, old: Any, new: Any) -> Iterator[Difference]:
    if old == new:
        return
    before, after = _parts(old), _parts(new)
    if before is None or after is None:
        yield Difference(path, old, new)
        return
    for key in [*after, *(name for name in before if name not in after)]:
        yield from _compare(f"{path}.{key}" if path else key, before.get(key), after.get(key))


def _parts(value: Any) -> dict[str, Any] | None:
    """The parts of the value by name, or by number without unique names; ``None`` if it is compared as a whole."""
    if isinstance(value, dict):
        return value
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        return None
    names = [next((rule[name] for name in NAMES if isinstance(rule.get(name), str)), "") for rule in value]
    if not all(names) or len(set(names)) < len(names):
        names = [str(number) for number in range(len(value))]
    return dict(zip(names, value, strict=True))
