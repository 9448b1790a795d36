"""The sentences of suggestions: one YAML file a language, with the order of paragraphs and those of groups of kinds.

A file that names a kind, a group or a source that does not exist is refused when it is read, which is at the start.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings

from workflows.act_types import ActType
from workflows.statute.loading import kind_keys

WORDING = Path(__file__).parent / "wording"
LANGUAGES = ("kk", "ru", "en")
PARTS = ("introduction", "description", "reasoning", "operative")
# What a paragraph may come from; `group` stands for the paragraphs of the kind's group.
SOURCES = frozenset({"template", "field", "fields", "persons", "acts", "norms", "outcome", "appeal", "group"})
GENERIC = "generic"
Spec = Mapping[str, str]


class WordingError(Exception):
    """A file of sentences names what does not exist."""


@dataclass(frozen=True)
class Wording:
    """One language's sentences. ``version`` names the file's version and the digest of its bytes."""

    language: str
    version: str
    data: Mapping[str, Any]

    def group(self, kind: str) -> str:
        """The group of sentences for a kind."""
        return str(self.data["kinds"].get(kind, GENERIC))

    def part(self, kind: str, part: str) -> list[Spec]:
        """The paragraphs of a part for a kind, in order."""
        found: list[Spec] = []
        for spec in self.data["parts"][part]:
            found += self.data["groups"][self.group(kind)] if spec["from"] == "group" else [spec]
        return found


@cache
def wording(language: str) -> Wording:
    """The wording of ``language`` (kk, ru, en)."""
    return read(WORDING / f"{language}.yaml")


def read(path: Path) -> Wording:
    """The wording of one file. Raises :class:`WordingError` with everything in it that does not exist."""
    written = path.read_bytes()
    data = yaml.safe_load(written)
    if faults := list(_faults(data)):
        raise WordingError(f"{path.name}: {'; '.join(faults)}")
    return Wording(path.stem, f"{data['version']}-{hashlib.sha256(written).hexdigest()[:12]}", data)


def _faults(data: Mapping[str, Any]) -> Iterator[str]:
    groups, known = data["groups"], kind_keys(settings.STATUTE_DIR)
    yield from (f"there is no kind {key!r} in any catalogue" for key in data["kinds"] if key not in known)
    named = dict.fromkeys((GENERIC, *data["kinds"].values()))
    yield from (f"there is no group {group!r}" for group in named if group not in groups)
    for spec in (spec for part in (*data["parts"].values(), *groups.values()) for spec in part):
        if spec["from"] not in SOURCES:
            yield f"there is no source {spec['from']!r}"
        if spec["from"] == "acts" and spec["act"] not in ActType.values:
            yield f"there is no act {spec['act']!r}"
