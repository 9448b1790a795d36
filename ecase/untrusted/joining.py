"""Merges several PDFs into one, with an outline that names each."""

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
        with made.open_outline() as outline:
            for title, path in parts:
                source = pdf.open_whole(path)
                sources.append(source)
                at = len(made.pages)
                if at + len(source.pages) > MAX_PAGES:
                    raise Faulty(TOO_MANY_PAGES, limit=MAX_PAGES)
                made.pages.extend(source.pages)
                if title:
                    outline.root.append(OutlineItem(title, at))
        made.save(target)
    # Copied pages are read from their source only when the whole is saved.
    for source in sources:
        source.close()
