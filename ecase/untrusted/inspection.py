"""Each form of file to its own examiner."""

from collections.abc import Iterator
from pathlib import Path

from ecase.untrusted import images, office, pdf
from ecase.untrusted.findings import Faulty, Finding

PDF, PNG, JPEG, OFFICE = "pdf", "png", "jpg", "office"


def examine(path: Path, form: str) -> tuple[str, list[Finding]]:
    """What the file is, in the form in which it presents itself, and what stands against accepting it."""
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
        # One by one: those before a fault that ends the reading are kept.
        for finding in findings:
            found.append(finding)  # noqa: PERF402
    except Faulty as fault:
        found.append(fault.finding)
    return found
