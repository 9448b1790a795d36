"""Calls the examiner for each form of file."""

from collections.abc import Iterator
from pathlib import Path

from ecase.untrusted import images, office, pdf
from ecase.untrusted.findings import Faulty, Finding

PDF, PNG, JPEG, OFFICE = "pdf", "png", "jpg", "office"


def examine(path: Path, form: str) -> tuple[str, list[Finding]]:
    """The type of the file, given the form that it presents, and the objections to it."""
    if form != OFFICE:
        return form, _collected(_examiner(path, form))
    try:
        return office.examine(path)
    except Faulty as fault:
        return form, [fault.finding]


def _examiner(path: Path, form: str) -> Iterator[Finding]:
    if form == PDF:
        return pdf.examine(path)
    return images.examine(path, "PNG" if form == PNG else "JPEG")


def _collected(findings: Iterator[Finding]) -> list[Finding]:
    found: list[Finding] = []
    try:
        # Collected one by one, so that findings before a fault that ends the reading are kept.
        for finding in findings:
            found.append(finding)  # noqa: PERF402
    except Faulty as fault:
        found.append(fault.finding)
    return found
