"""From YAML, or from stored JSON, to the dataclasses of ``schema``: strictly, with file and line of every fault.

YAML is composed into nodes, not loaded into plain objects, since only nodes know their position. Every fault is
collected; the caller raises them all at once.
"""

import types
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import yaml
from yaml.constructor import SafeConstructor

# libyaml's loader if it is installed: it gives the same lines, eight times faster.
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class CatalogueError(Exception):
    """The catalogue cannot be read; ``faults`` are sentences, each beginning with ``file:line:``."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(faults))


@dataclass(frozen=True)
class Marked:
    """A value (scalar, list of ``Marked`` or dict of ``Marked``) and its position."""

    value: Any
    place: str

    def child(self, key: str) -> "Marked | None":
        return self.value.get(key) if isinstance(self.value, dict) else None


class Faults(list[str]):
    """The faults found so far."""

    def at(self, marked: Marked, sentence: str) -> None:
        self.append(f"{marked.place}: {sentence}")

    def stop_if_any(self) -> None:
        """Raise :class:`CatalogueError` with every fault, in the order of files and lines."""
        if self:
            raise CatalogueError(sorted(set(self), key=_by_place))


def _by_place(fault: str) -> tuple[str, int, str]:
    name, _, rest = fault.partition(":")
    line = rest.partition(":")[0]
    return (name, int(line) if line.isdigit() else 0, fault)


# -- sources --------------------------------------------------------------------------------------------------------


def from_yaml(path: Path, faults: Faults) -> Marked:
    """The file as a tree of marked values; an unreadable file is a fault and an empty mapping."""
    try:
        node = yaml.compose(path.read_text(encoding="utf-8"), Loader=LOADER)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        mark = getattr(error, "problem_mark", None)
        faults.append(f"{path.name}:{mark.line + 1 if mark else 1}: cannot be read: {getattr(error, 'problem', error)}")
        return Marked({}, f"{path.name}:1")
    if node is None:
        faults.append(f"{path.name}:1: the file is empty")
        return Marked({}, f"{path.name}:1")
    return _from_node(node, path.name, faults)


def _from_node(node: yaml.Node, name: str, faults: Faults) -> Marked:
    place = f"{name}:{node.start_mark.line + 1}"
    if isinstance(node, yaml.MappingNode):
        return Marked(_mapping(node, name, faults), place)
    if isinstance(node, yaml.SequenceNode):
        return Marked([_from_node(item, name, faults) for item in node.value], place)
    return Marked(_scalar(node), place)


def _mapping(node: yaml.MappingNode, name: str, faults: Faults) -> dict[str, Marked]:
    seen: dict[str, Marked] = {}
    for key_node, value_node in node.value:
        key = str(key_node.value)
        if key in seen:
            faults.append(f"{name}:{key_node.start_mark.line + 1}: {key!r} is written twice")
        seen[key] = _from_node(value_node, name, faults)
    return seen


def _scalar(node: yaml.Node) -> Any:
    try:
        return SafeConstructor().construct_object(node)
    except (ValueError, yaml.YAMLError):
        return str(node.value)


def from_json(value: Any, place: str = "$") -> Marked:
    """Stored JSON as a tree; its positions are JSON paths."""
    if isinstance(value, dict):
        return Marked({key: from_json(item, f"{place}.{key}") for key, item in value.items()}, place)
    if isinstance(value, list):
        return Marked([from_json(item, f"{place}[{index}]") for index, item in enumerate(value)], place)
    return Marked(value, place)


def plain(marked: Marked) -> Any:
    """The value without positions."""
    if isinstance(marked.value, dict):
        return {key: plain(item) for key, item in marked.value.items()}
    if isinstance(marked.value, list):
        return [plain(item) for item in marked.value]
    return marked.value


# -- binding --------------------------------------------------------------------------------------------------------


def bind(kind: Any, marked: Marked, faults: Faults) -> Any:
    """``marked`` as ``kind`` (a type hint); faults are collected, and ``None`` replaces an invalid value."""
    if kind is Any:
        return _as_tuple(plain(marked))
    if is_dataclass(kind):
        return _object(kind, marked, faults)
    binder = _BINDERS.get(get_origin(kind), _plain_scalar)
    return binder(kind, marked, faults)


def _as_tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _optional(kind: Any, marked: Marked, faults: Faults) -> Any:
    if marked.value is None:
        return None
    inner = next(argument for argument in get_args(kind) if argument is not type(None))
    return bind(inner, marked, faults)


def _literal(kind: Any, marked: Marked, faults: Faults) -> Any:
    known = get_args(kind)
    if isinstance(marked.value, str) and marked.value in known:
        return marked.value
    faults.at(marked, f"{marked.value!r} is not one of {', '.join(repr(value) for value in known)}")
    return None


def _sequence(kind: Any, marked: Marked, faults: Faults) -> tuple[Any, ...]:
    if isinstance(marked.value, list):
        return tuple(bind(get_args(kind)[0], item, faults) for item in marked.value)
    faults.at(marked, "a list is expected")
    return ()


def _named(kind: Any, marked: Marked, faults: Faults) -> dict[str, Any]:
    if isinstance(marked.value, dict):
        return {key: bind(get_args(kind)[1], item, faults) for key, item in marked.value.items()}
    faults.at(marked, "a mapping is expected")
    return {}


def _plain_scalar(kind: Any, marked: Marked, faults: Faults) -> Any:
    value = marked.value
    if kind is date and isinstance(value, str):
        return _iso_date(marked, faults)
    if kind is float and isinstance(value, (int, float)) and not isinstance(value, bool):
        return float(value)
    if isinstance(value, kind) and not (kind is int and isinstance(value, bool)):
        return value
    faults.at(marked, f"{value!r} is not of type {kind.__name__}")
    return None


def _iso_date(marked: Marked, faults: Faults) -> date | None:
    try:
        return date.fromisoformat(marked.value)
    except ValueError:
        faults.at(marked, f"{marked.value!r} is not a date (YYYY-MM-DD)")
        return None


_BINDERS: dict[Any, Callable[[Any, Marked, Faults], Any]] = {
    Union: _optional,
    types.UnionType: _optional,
    Literal: _literal,
    tuple: _sequence,
    Mapping: _named,
}


@dataclass(frozen=True)
class _Slot:
    """One field of a dataclass, with its type and whether it is required."""

    name: str
    hint: Any
    obligatory: bool


@cache
def _slots(kind: type) -> tuple[_Slot, ...]:
    hints = get_type_hints(kind)
    written = [field for field in fields(kind) if not field.metadata.get("derived")]
    return tuple(
        _Slot(field.name, hints[field.name], bool(field.metadata.get("written")) or _has_no_default(field))
        for field in written
    )


def _has_no_default(field: Any) -> bool:
    return field.default is MISSING and field.default_factory is MISSING


def _object(kind: Any, marked: Marked, faults: Faults) -> Any:
    if not isinstance(marked.value, dict):
        faults.at(marked, f"a mapping is expected ({kind.__name__})")
        return None
    slots = _slots(kind)
    _name_strangers(kind, slots, marked, faults)
    before = len(faults)
    values = {
        slot.name: bind(slot.hint, marked.value[slot.name], faults) for slot in slots if slot.name in marked.value
    }
    missing = [slot.name for slot in slots if slot.obligatory and slot.name not in marked.value]
    for name in missing:
        faults.at(marked, f"{name!r} is missing ({kind.__name__})")
    return None if missing or len(faults) > before else kind(**values)


def _name_strangers(kind: Any, slots: tuple[_Slot, ...], marked: Marked, faults: Faults) -> None:
    known = {slot.name for slot in slots}
    for key, value in marked.value.items():
        if key not in known:
            faults.at(value, f"{key!r} is not known here ({kind.__name__})")
