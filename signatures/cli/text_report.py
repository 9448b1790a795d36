"""The verdict of the offline verifier as text that a lawyer can read."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime

from signatures.container.offline import Line, Verdict
from signatures.report.faults import Fault
from signatures.report.labels import QUESTIONS, meaning, word
from signatures.report.report import INDICATIONS, Report

OUTCOMES = ("TOTAL_PASSED", "TOTAL_FAILED", "INDETERMINATE")
ORDER = ("TOTAL_PASSED", "INDETERMINATE", "TOTAL_FAILED")
INDENT = "    "
_INSTANT = re.compile(r"\b(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.\d+)?(?:\+00:00|Z)")


def as_text(verdict: Verdict, language: str) -> str:
    """One line for each thing that was checked, the questions about a signature below its line, the outcome last."""
    lines = []
    if verdict.statement:
        case, act, author = (verdict.statement[name] for name in ("case", "act", "author"))
        named = ", ".join(str(author[key]) for key in ("name", "organisation") if author.get(key))
        named = named or word("service", language)
        facts = (("case", case.get("number")), ("act", f"{act.get('type')} {act.get('id')}"), ("author", named))
        lines += [f"{word(key, language)}: {plain(value)}" for key, value in facts]
    lines.append(f"{word('verified-at', language)}: {_instant(verdict.at)}")
    for line in verdict.lines:
        lines.append(_line(line, language))
        if line.report:
            lines += [INDENT + detail for detail in _signature(line.report, verdict.at, language)]
    lines.append(f"{word('verdict', language)}: {word(verdict.indication, language)}")
    return "\n".join(lines) + "\n"


def _line(line: Line, language: str) -> str:
    width = max(len(word(name, language)) for name in OUTCOMES)
    outcome = word(line.indication, language).ljust(width)
    # For a signature, its algorithm: the signer and the faults are listed below it.
    algorithm = plain(line.report.algorithm) if line.report and line.report.passed else ""
    detail = algorithm if line.report else readable(line.fault, language)
    return "  ".join(filter(None, (outcome, word(line.name, language), plain(line.subject), detail)))


def readable(fault: Fault | None, language: str) -> str:
    """The fault with RFC 3339 instants in UTC in a readable form."""
    return plain(_INSTANT.sub(r"\1 \2 UTC", fault.sentence(language))) if fault else ""


def _instant(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def plain(value: object) -> str:
    """Untrusted text on one line, so that it cannot move the cursor or imitate a line of the report."""
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in str(value))


def _signature(report: Report, at: datetime, language: str) -> Iterator[str]:
    if report.signer:
        numbers = (("iin", report.signer.iin), ("bin", report.signer.bin))
        known = [report.signer.name, *(f"{word(name, language)} {number}" for name, number in numbers if number)]
        yield f"{word('signer', language)}: {plain(', '.join(known))}"
    if report.best_signature_time:
        proven = "judged-at" if report.best_signature_time < at else "judged-unproven"
        yield f"{word(proven, language)}: {_instant(report.best_signature_time)}"
    for question, names in QUESTIONS.items():
        checks = [check for check in report.checks if check.name in names]
        found = [INDICATIONS[check.sub_indication] if not check.passed else "TOTAL_PASSED" for check in checks]
        absent = "none" if question == "timestamp" else "not-examined"
        yield f"{word(max(found, key=ORDER.index, default=absent), language)}: {word(question, language)}"
        for check in checks:
            if not check.passed:
                detail = f" ({readable(check.fault, language)})" if check.fault else ""
                yield f"{INDENT}{meaning(check.sub_indication, language)} [{check.sub_indication}]{detail}"
        for check in checks:
            if check.passed and check.detail:
                yield f"{INDENT}{word('passed-over', language)}: {readable(check.fault, language)}"
