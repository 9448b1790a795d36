"""Accessors for the marked tree of a catalogue that tolerate a wrong structure."""

from collections.abc import Iterator
from typing import Any

from workflows.statute.reading import Marked


def entries(marked: Marked | None) -> Iterator[tuple[str, Marked]]:
    """The pairs of a mapping; empty for any other value."""
    if marked is not None and isinstance(marked.value, dict):
        yield from marked.value.items()


def items(marked: Marked | None, name: str) -> list[Marked]:
    """The entries of the list ``name``; none if there is no such list."""
    child = marked.child(name) if marked is not None else None
    return child.value if child is not None and isinstance(child.value, list) else []


def word(marked: Marked | None, name: str) -> Any:
    """The value of ``name``; ``None`` if it is not given."""
    child = marked.child(name) if marked is not None else None
    return child.value if child is not None else None


def keys(several: list[Marked]) -> set[Any]:
    return {word(item, "key") for item in several}


def by_key(several: list[Marked]) -> dict[Any, Marked]:
    return {word(item, "key"): item for item in several}
