"""The fenced blocks of a page of documentation, in their order, with what their first line says of them."""

import re
from dataclasses import dataclass, field
from pathlib import Path

_BLOCK = re.compile(r"^```(\w+)((?: [^\n]+)?)\n(.*?)^```$|^<!-- test: ([^\n]*) -->$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    """``language`` is ``bash``, ``sql``, ... or ``hook`` for what somebody else has to do at this point.

    ``given``: ``file=`` (where the text goes), ``program=`` (it goes on running), or the bare words ``fails`` and
    ``eventually``.
    """

    language: str
    text: str
    given: dict[str, str] = field(default_factory=dict)


def blocks(page: Path) -> list[Block]:
    """Every block of the page."""
    return [_block(found) for found in _BLOCK.finditer(page.read_text())]


def _block(found: re.Match[str]) -> Block:
    language, given, text, hook = found.groups()
    if hook:
        return Block("hook", hook)
    words = (word.partition("=") for word in given.split())
    return Block(language, text, {name: value for name, _equals, value in words})
