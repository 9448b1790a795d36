"""The assistant's sentences: one YAML file a language, with the order of paragraphs for each group of kinds."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

WORDING = Path(__file__).parent / "wording"
PARTS = ("introduction", "description", "reasoning", "operative")


@dataclass(frozen=True)
class Wording:
    """One language's sentences. ``version`` names the file's version and the digest of its bytes."""

    language: str
    version: str
    data: Mapping[str, Any]

    def part(self, kind: str, part: str) -> list[Mapping[str, str]]:
        """The paragraphs of a part for a kind: those of its group, or of the generic group."""
        groups = self.data["groups"]
        group = groups.get(self.data["kinds"].get(kind, ""), {})
        found: list[Mapping[str, str]] = group.get(part, groups["generic"][part])
        return found


@cache
def wording(language: str) -> Wording:
    """The wording of ``language`` (kk, ru, en)."""
    written = (WORDING / f"{language}.yaml").read_bytes()
    data = yaml.safe_load(written)
    return Wording(language, f"{data['version']}-{hashlib.sha256(written).hexdigest()[:12]}", data)
