"""Merges several PDFs into one, with an outline that names each."""

from collections.abc import Iterator
from pathlib import Path

import pikepdf
from pikepdf import OutlineItem, Pdf

from ecase.untrusted import pdf
from ecase.untrusted.findings import DAMAGED, TOO_MANY_PAGES, Faulty

MAX_PAGES = 50_000
FAULTS = (pikepdf.PdfError, AttributeError, KeyError, TypeError, ValueError, RuntimeError, OSError)


def prepare(path: Path) -> None:
    """Replace the PDF at ``path`` by the same pages as rewritten by QPDF; raises :class:`Faulty` if that fails."""
    fresh = path.with_name(f"{path.name}.fresh")
    with pdf.open_whole(path) as source, Pdf.new() as made:
        try:
            # A form's fields are not copied with its pages; their appearance is.
            source.flatten_annotations("print")
            made.pages.extend(source.pages)
            made.save(fresh)
        except FAULTS as fault:
            raise Faulty(DAMAGED) from fault
    fresh.replace(path)


def join(parts: list[tuple[str, Path]], target: Path) -> None:
    """Write the prepared PDFs at the paths one after the other, under their titles if any."""
    sources: list[Pdf] = []
    with Pdf.new() as made:
        for _title, path in parts:
            # Copied pages are read from their source only when the whole is saved.
            sources.append(pdf.open_whole(path))
        with made.open_outline() as outline:
            outline.root.extend(_appended(made, parts, sources))
        made.save(target)
    for source in sources:
        source.close()


def _appended(made: Pdf, parts: list[tuple[str, Path]], sources: list[Pdf]) -> Iterator[OutlineItem]:
    for (title, _path), source in zip(parts, sources, strict=True):
        at = len(made.pages)
        if at + len(source.pages) > MAX_PAGES:
            raise Faulty(TOO_MANY_PAGES, limit=MAX_PAGES)
        made.pages.extend(source.pages)
        if title:
            yield OutlineItem(title, at)
