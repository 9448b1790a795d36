"""Which reader reads which form. Runs in the confined process only."""

from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

from ecase.untrusted import boxes, cms, forms, images, odf, office, pdf, rtf, sound, word, zips
from ecase.untrusted.findings import Faulty, Finding

# Readers of forms that are one type of file.
_READERS: dict[str, Callable[[Path], Iterable[Finding]]] = {
    forms.PDF: pdf.examine,
    forms.PNG: partial(images.examine, form=images.PNG),
    forms.JPEG: partial(images.examine, form=images.JPEG),
    forms.TIFF: partial(images.examine, form=images.TIFF),
    forms.RTF: rtf.examine,
    forms.MP3: sound.examine,
    forms.CMS: cms.examine,
}


def examine(path: Path, form: str) -> tuple[str, list[Finding]]:
    """The type of the file (empty: none of the known), given the form that it presents, and the objections to it."""
    return _examine(path, form, is_inside=False)


def _examine(path: Path, form: str, is_inside: bool) -> tuple[str, list[Finding]]:
    found: list[Finding] = []
    if form == forms.ZIP:
        return _of_archive(path, is_inside)
    try:
        if form == forms.OLE:
            return word.examine(path)
        if form == forms.BOXES:
            return boxes.examine(path)
        # Collected one by one, so that findings before a fault that ends the reading are kept.
        for finding in _READERS[form](path):
            found.append(finding)  # noqa: PERF402
    except Faulty as fault:
        found.append(fault.finding)
    return form, found


def _of_archive(path: Path, is_inside: bool) -> tuple[str, list[Finding]]:
    """An Office document, an OpenDocument, or a plain archive; the latter not inside another."""
    kind = ""
    try:
        for examine_package in (office.examine, odf.examine):
            kind, findings = examine_package(path)
            if kind or findings:
                return kind, findings
        kind = zips.ZIP
        return (kind, []) if is_inside else zips.examine(path, partial(_examine, is_inside=True))
    except Faulty as fault:
        # Before it is known what the package is, it is none of the types.
        return kind, [fault.finding]
