"""The whole catalogue as a table for counsel: every rule in words, its article, mark and review."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import astuple, dataclass, fields, is_dataclass
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
    yield from _rows(pgettext(CONTEXT, "All kinds"), entry.measures, "measures")
    for group in entry.groups:
        for kind in (kind for kind in entry.kinds.values() if kind.group == group.key):
            yield from _rows(str(kind.name), kind, kind.key)


def _rows(kind: str, value: Any, path: str) -> Iterator[Row]:
    if isinstance(value, Rule):
        yield Row(kind, path, says(value), value.article, value.mark, value.review)
    parts: Iterable[tuple[str, Any]] = ()
    if isinstance(value, Mapping):
        parts = value.items()
    elif isinstance(value, tuple):
        parts = ((_name(item) or str(number), item) for number, item in enumerate(value))
    elif is_dataclass(value):
        stated = (field.name for field in fields(value) if not field.metadata.get(DERIVED))
        parts = ((name, getattr(value, name)) for name in stated)
    for name, part in parts:
        yield from _rows(kind, part, f"{path}.{name}")


def _name(rule: Any) -> str:
    """The name of an entry among the others of a list: its key, ``who`` or ``to``; empty if it has none."""
    names = (getattr(rule, name, None) for name in ("key", "who", "to"))
    return next((name for name in names if isinstance(name, str)), "")


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
        f"## {kind}\n\n" + table(headings(), (astuple(row)[1:] for row in several))
        for kind, several in groupby(rows(entry), key=lambda row: row.kind)
    )


def as_csv(entry: Catalogue) -> str:
    """One table (RFC 4180) with the kind in its first column."""
    sheet = io.StringIO()
    writer = csv.writer(sheet)
    writer.writerow((pgettext(CONTEXT, "Kind"), *headings()))
    writer.writerows(map(astuple, rows(entry)))
    return sheet.getvalue().rstrip("\r\n")


FORMATS = {"text": as_text, "markdown": as_markdown, "csv": as_csv}


def table(head: tuple[str, ...], body: Iterable[tuple[str, ...]]) -> str:
    """A Markdown table."""
    rows = [head, ("---",) * len(head), *body]
    cells = ([text.replace("|", "\\|").replace("\n", " ") for text in row] for row in rows)
    return "\n".join(f"| {' | '.join(row)} |" for row in cells)
