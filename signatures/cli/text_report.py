"""The verdict of the offline verifier as text that a lawyer can read."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime

from signatures.container.offline import Line, Verdict
from signatures.report.faults import Fault
from signatures.report.labels import QUESTIONS, meaning, word
from signatures.report.report import INDICATIONS, Check, Report

OUTCOMES = ("TOTAL_PASSED", "TOTAL_FAILED", "INDETERMINATE")
ORDER = ("TOTAL_PASSED", "INDETERMINATE", "TOTAL_FAILED")
INDENT = "    "
_INSTANT = re.compile(r"\b(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.\d+)?(?:\+00:00|Z)")


def as_text(verdict: Verdict, language: str) -> str:
    """One line for each thing that was checked, the questions about a signature below its line, the outcome last."""
    lines = [*_heading(verdict, language), f"{word('verified-at', language)}: {_instant(verdict.at)}"]
    for line in verdict.lines:
        lines.append(_line(line, language))
        if line.report:
            lines += [INDENT + detail for detail in _signature(line.report, verdict.at, language)]
    lines.append(f"{word('verdict', language)}: {word(verdict.indication, language)}")
    return "\n".join(lines) + "\n"


def _heading(verdict: Verdict, language: str) -> list[str]:
    if not verdict.statement:
        return []
    case, act, author = (verdict.statement[name] for name in ("case", "act", "author"))
    named = ", ".join(str(author[key]) for key in ("name", "organisation") if author.get(key))
    named = named or word("service", language)
    facts = (("case", case.get("number")), ("act", f"{act.get('type')} {act.get('id')}"), ("author", named))
    return [f"{word(key, language)}: {_plain(value)}" for key, value in facts]


def _line(line: Line, language: str) -> str:
    width = max(len(word(name, language)) for name in OUTCOMES)
    outcome = word(line.indication, language).ljust(width)
    return "  ".join(filter(None, (outcome, word(line.name, language), _plain(line.subject), _detail(line, language))))


def _detail(line: Line, language: str) -> str:
    """For a signature, its algorithm: the signer and the faults are listed below it."""
    if line.report:
        return _plain(line.report.algorithm) if line.report.passed else ""
    return _sentence(line.fault, language)


def _sentence(fault: Fault | None, language: str) -> str:
    return _plain(_timed(fault.sentence(language))) if fault else ""


def _instant(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def _timed(text: str) -> str:
    """Replace RFC 3339 instants in UTC with a readable form."""
    return _INSTANT.sub(r"\1 \2 UTC", text)


def _plain(value: object) -> str:
    """Untrusted text on one line, so that it cannot move the cursor or imitate a line of the report."""
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in str(value))


def _signature(report: Report, at: datetime, language: str) -> Iterator[str]:
    if report.signer:
        numbers = (("iin", report.signer.iin), ("bin", report.signer.bin))
        known = [report.signer.name, *(f"{word(name, language)} {number}" for name, number in numbers if number)]
        yield f"{word('signer', language)}: {_plain(', '.join(known))}"
    if report.best_signature_time:
        proven = "judged-at" if report.best_signature_time < at else "judged-unproven"
        yield f"{word(proven, language)}: {_instant(report.best_signature_time)}"
    for question, names in QUESTIONS.items():
        checks = [check for check in report.checks if check.name in names]
        yield f"{_outcome(question, checks, language)}: {word(question, language)}"
        yield from (INDENT + _fault(check, language) for check in checks if not check.passed)
        yield from (INDENT + _note(check, language) for check in checks if check.passed and check.detail)


def _outcome(question: str, checks: list[Check], language: str) -> str:
    if not checks:
        return word("none" if question == "timestamp" else "not-examined", language)
    found = [INDICATIONS[check.sub_indication] if not check.passed else "TOTAL_PASSED" for check in checks]
    return word(max(found, key=ORDER.index), language)


def _note(check: Check, language: str) -> str:
    """An item that was ignored, and why."""
    return f"{word('passed-over', language)}: {_sentence(check.fault, language)}"


def _fault(check: Check, language: str) -> str:
    detail = f" ({_sentence(check.fault, language)})" if check.fault else ""
    return f"{meaning(check.sub_indication, language)} [{check.sub_indication}]{detail}"
