"""The report on an evidence container in the reader's language; ``ecase.trust.inspection`` does the checking."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.translation import gettext as _

from ecase.problems import Invalid, Problem
from ecase.trust import faults, inspection
from signatures.report.labels import WORDS, word
from signatures.report.legacy_reports import fault_in
from workflows.motions.states import ActType

PASSED = "TOTAL_PASSED"


@dataclass(frozen=True)
class Finding:
    """One line of the report."""

    name: str
    passed: bool
    outcome: str
    detail: str


@dataclass(frozen=True)
class Findings:
    """The result, the signers, the act, and every line of the report."""

    passed: bool
    signer: str
    facts: list[tuple[str, str]]
    checks: list[Finding]


def examine(file: UploadedFile) -> Findings:
    """Check a container against this installation's trust. Raises :class:`Invalid` if it is not a container."""
    try:
        verdict = inspection.examine(file, timezone.now())
    except inspection.NotAContainer as fault:
        message = _("This is not an evidence container, or it is damaged: %(why)s") % {
            "why": faults.sentence(fault.why)
        }
        raise Invalid(Problem("not-a-container", message, "file")) from fault
    signer = _at(verdict["act"], "author", "name")
    lines = []
    for line in verdict["lines"]:
        name = _say(line["name"]) + (f" {line['subject']}" if line["subject"] else "")
        why = fault_in(line)
        detail = faults.sentence(why) if why else ""
        lines.append(Finding(name, line["indication"] == PASSED, _say(line["indication"]), detail))
    return Findings(verdict["indication"] == PASSED, signer, _facts(verdict["act"]), lines)


def _facts(statement: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Who stated what, when and in which case, as far as the act contains it."""
    act_type = _at(statement, "act", "type")
    found = [
        (_("Signed by"), _at(statement, "author", "name")),
        (_("Organisation"), _at(statement, "author", "organisation")),
        (_("Act"), str(ActType(act_type).label) if act_type in ActType.values else act_type),
        (_("Case"), _at(statement, "case", "number")),
    ]
    return [(label, value) for label, value in found if value]


def _at(statement: Mapping[str, Any], part: str, key: str) -> str:
    values = statement.get(part)
    value = values.get(key) if isinstance(values, Mapping) else None
    return value if isinstance(value, str) else ""


def _say(key: str) -> str:
    return word(key, faults.reader_language()) if key in WORDS else key
