"""From YAML, or from stored JSON, to the dataclasses of ``schema``: strictly, with file and line of every fault.

YAML is composed into nodes, not loaded into plain objects, since only nodes know their position. Every fault is
collected; the caller raises them all at once.
"""

import types
from collections.abc import Iterable, Mapping
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
    """The catalogue cannot be read; its text has a line for each fault, which begins with ``file:line:``."""


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
            raise CatalogueError("\n".join(sorted(set(self), key=_by_place)))


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
        values: dict[str, Marked] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value)
            if key in values:
                faults.append(f"{name}:{key_node.start_mark.line + 1}: {key!r} is written twice")
            values[key] = _from_node(value_node, name, faults)
        return Marked(values, place)
    if isinstance(node, yaml.SequenceNode):
        return Marked([_from_node(item, name, faults) for item in node.value], place)
    try:
        return Marked(SafeConstructor().construct_object(node), place)
    except (ValueError, yaml.YAMLError):
        return Marked(str(node.value), place)


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


# -- access that tolerates a wrong structure ------------------------------------------------------------------------


def entries(marked: Marked | None) -> Iterable[tuple[str, Marked]]:
    """The pairs of a mapping; empty for any other value."""
    return marked.value.items() if marked is not None and isinstance(marked.value, dict) else ()


def items(marked: Marked | None, name: str) -> list[Marked]:
    """The entries of the list ``name``; none if there is no such list."""
    child = marked.child(name) if marked is not None else None
    return child.value if child is not None and isinstance(child.value, list) else []


def word(marked: Marked | None, name: str) -> Any:
    """The value of ``name``; ``None`` if it is not given."""
    child = marked.child(name) if marked is not None else None
    return child.value if child is not None else None


def by_key(several: list[Marked]) -> dict[Any, Marked]:
    """The entries of a list by their ``key``."""
    return {word(item, "key"): item for item in several}


# -- binding --------------------------------------------------------------------------------------------------------


def bind(kind: Any, marked: Marked, faults: Faults) -> Any:
    """``marked`` as ``kind`` (a type hint); faults are collected, and ``None`` replaces an invalid value."""
    if kind is Any:
        value = plain(marked)
        return tuple(value) if isinstance(value, list) else value
    if is_dataclass(kind):
        return _bind_dataclass(kind, marked, faults)
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        inner = next(argument for argument in arguments if argument is not type(None))
        return None if marked.value is None else bind(inner, marked, faults)
    if origin in (tuple, Mapping):
        return _bind_collection(kind, marked, faults)
    if origin is Literal:
        is_known = isinstance(marked.value, str) and marked.value in arguments
        if not is_known:
            faults.at(marked, f"{marked.value!r} is not one of {', '.join(map(repr, arguments))}")
        return marked.value if is_known else None
    return _bind_scalar(kind, marked, faults)


def _bind_collection(kind: Any, marked: Marked, faults: Faults) -> tuple[Any, ...] | dict[str, Any]:
    is_list = get_origin(kind) is tuple
    if is_list and isinstance(marked.value, list):
        return tuple(bind(get_args(kind)[0], item, faults) for item in marked.value)
    if not is_list and isinstance(marked.value, dict):
        return {key: bind(get_args(kind)[1], item, faults) for key, item in marked.value.items()}
    faults.at(marked, "a list is expected" if is_list else "a mapping is expected")
    return () if is_list else {}


def _bind_scalar(kind: Any, marked: Marked, faults: Faults) -> Any:
    value = marked.value
    if kind is date and isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            faults.at(marked, f"{value!r} is not a date (YYYY-MM-DD)")
            return None
    if kind is float and isinstance(value, (int, float)) and not isinstance(value, bool):
        return float(value)
    if isinstance(value, kind) and not (kind is int and isinstance(value, bool)):
        return value
    faults.at(marked, f"{value!r} is not of type {kind.__name__}")
    return None


@cache
def _parts(kind: type) -> dict[str, tuple[Any, bool]]:
    """The fields of a dataclass that a catalogue states: type hint, and whether it must be written."""
    hints = get_type_hints(kind)
    found = {}
    for field in fields(kind):
        has_default = field.default is not MISSING or field.default_factory is not MISSING
        if not field.metadata.get("derived"):
            found[field.name] = (hints[field.name], bool(field.metadata.get("written")) or not has_default)
    return found


def _bind_dataclass(kind: Any, marked: Marked, faults: Faults) -> Any:
    if not isinstance(marked.value, dict):
        faults.at(marked, f"a mapping is expected ({kind.__name__})")
        return None
    parts = _parts(kind)
    for key, value in marked.value.items():
        if key not in parts:
            faults.at(value, f"{key!r} is not known here ({kind.__name__})")
    before = len(faults)
    values = {name: bind(hint, marked.value[name], faults) for name, (hint, _) in parts.items() if name in marked.value}
    missing = [name for name, (_, must) in parts.items() if must and name not in marked.value]
    for name in missing:
        faults.at(marked, f"{name!r} is missing ({kind.__name__})")
    return None if missing or len(faults) > before else kind(**values)
