"""The whole catalogue as a table for counsel: every rule in words, its article, mark and review."""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from itertools import groupby
from typing import Any

from django.utils.translation import pgettext

from workflows.statute.schema import Catalogue, Rule
from workflows.statute.wording import CONTEXT, says

DERIVED = "derived"


@dataclass(frozen=True)
class Row:
    """One rule: its kind, its path in the kind, its text, and its sources."""

    kind: str
    path: str
    says: str
    article: str
    mark: str
    review: str


def rows(entry: Catalogue) -> Iterator[Row]:
    """Every rule of every kind, in the active language; the forms shared by all kinds come first."""
    yield from _rows(pgettext(CONTEXT, "All kinds"), entry.acts, "acts")
    yield from _rows(pgettext(CONTEXT, "All kinds"), entry.lifting, "lifting")
    for group in entry.groups:
        for kind in (kind for kind in entry.kinds.values() if kind.group == group.key):
            yield from _rows(str(kind.name), kind, kind.key)


def _rows(kind: str, value: Any, path: str) -> Iterator[Row]:
    if isinstance(value, Rule):
        yield Row(kind, path, says(value), value.article, value.mark, value.review)
    for name, inner in _inner(value):
        yield from _rows(kind, inner, f"{path}.{name}")


def _inner(value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        yield from value.items()
    elif isinstance(value, tuple):
        yield from ((name_of(item) or str(number), item) for number, item in enumerate(value))
    elif is_dataclass(value):
        yield from (
            (field.name, getattr(value, field.name)) for field in fields(value) if not field.metadata.get(DERIVED)
        )


def name_of(rule: Any) -> str:
    """The name of an entry among the others of a list: its key, ``who`` or ``to``; empty if it has none."""
    return next(
        (str(getattr(rule, name)) for name in ("key", "who", "to") if isinstance(getattr(rule, name, None), str)), ""
    )


# -- formats --------------------------------------------------------------------------------------------------------


def headings() -> tuple[str, ...]:
    return (
        pgettext(CONTEXT, "Rule"),
        pgettext(CONTEXT, "What it says"),
        pgettext(CONTEXT, "Article"),
        pgettext(CONTEXT, "Mark"),
        pgettext(CONTEXT, "Review"),
    )


def as_text(entry: Catalogue) -> str:
    """Plain text for a terminal: one paragraph a rule, grouped by kind."""
    return "\n\n".join(
        "\n".join(
            [kind, *(f"  {row.path}  [{row.article}, {row.mark}, {row.review}]\n    {row.says}" for row in several)]
        )
        for kind, several in groupby(rows(entry), key=lambda row: row.kind)
    )


def as_markdown(entry: Catalogue) -> str:
    """A table for each kind."""
    return "\n\n".join(
        f"## {kind}\n\n" + table(headings(), (_cells(row) for row in several))
        for kind, several in groupby(rows(entry), key=lambda row: row.kind)
    )


def as_csv(entry: Catalogue) -> str:
    """One table (RFC 4180) with the kind in its first column."""
    sheet = io.StringIO()
    writer = csv.writer(sheet)
    writer.writerow((pgettext(CONTEXT, "Kind"), *headings()))
    writer.writerows((row.kind, *_cells(row)) for row in rows(entry))
    return sheet.getvalue().rstrip("\r\n")


FORMATS = {"text": as_text, "markdown": as_markdown, "csv": as_csv}


def table(head: tuple[str, ...], body: Iterator[tuple[str, ...]]) -> str:
    """A Markdown table."""
    lines = [head, tuple("---" for _one in head), *body]
    return "\n".join(f"| {' | '.join(_cell(text) for text in line)} |" for line in lines)


def _cells(row: Row) -> tuple[str, ...]:
    return (row.path, row.says, row.article, row.mark, row.review)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
