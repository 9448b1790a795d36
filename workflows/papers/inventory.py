"""The list of contents of a motion's file as a PDF, for taking the file over on paper."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import typst

from workflows.papers.glyphs import clean

TEMPLATE = Path(__file__).parent / "templates" / "inventory.typ"


@dataclass(frozen=True)
class Part:
    """A table of the list: five columns, the last of which is a SHA-256 in hexadecimal."""

    title: str
    header: tuple[str, str, str, str, str]
    rows: Sequence[tuple[str, str, str, str, str]]


@dataclass(frozen=True)
class Inventory:
    """The contents of the list, in ``language``; ``facts`` are pairs of a name and a value."""

    language: str
    title: str
    facts: Sequence[tuple[str, str]]
    parts: Sequence[Part]
    note: str
    at: datetime


def render(inventory: Inventory) -> bytes:
    """The list as PDF. Text is data and is never markup."""
    moment = inventory.at.astimezone(UTC)
    stamp = [moment.year, moment.month, moment.day, moment.hour, moment.minute, moment.second]
    facts = {**clean({**asdict(inventory), "at": ""}), "at": stamp}
    made = typst.compile(
        str(TEMPLATE),
        root=str(TEMPLATE.parent),
        ignore_system_fonts=True,
        sys_inputs={"paper": json.dumps(facts, ensure_ascii=False)},
    )
    return bytes(made)
