"""Tells a developer which rule a signature fails, rule by rule."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from signatures.asn1 import oids
from signatures.cli.text_report import plain, readable
from signatures.cms.parsing import parse
from signatures.policy import DEFAULT
from signatures.report.labels import word
from signatures.report.report import HOSTILE, INDICATIONS, Report, outcome
from signatures.verification import Expected, verify
from signatures.x509.trust import TrustStore

# The checks of a report that compare the content, and those that need a trust folder.
OF_CONTENT = frozenset({"message-digest", "content"})
OF_TRUST = frozenset({"trust", "chain"})
NOTHING_TRUSTED = TrustStore("test", ())


def judge(cms: bytes, content: bytes | None, trust: TrustStore | None, expected: Expected, at: datetime) -> Report:
    """The report on a signature without the checks for which content or trust is missing."""
    report = verify(cms, content or b"", trust=trust or NOTHING_TRUSTED, expected=expected, at=at)
    left_out = (OF_CONTENT if content is None else frozenset()) | (OF_TRUST if trust is None else frozenset())
    checks = tuple(check for check in report.checks if check.name not in left_out)
    indication, sub_indication = outcome(checks)
    return replace(report, checks=checks, indication=indication, sub_indication=sub_indication)


def as_text(report: Report, cms: bytes, language: str) -> str:
    """What the signature is, then one line for each rule, then the outcome."""
    width = max(len(check.name) for check in report.checks)
    lines = [*_facts(report, cms, language)]
    for check in report.checks:
        result = "TOTAL_PASSED" if check.passed else INDICATIONS[check.sub_indication]
        detail = f"[{check.sub_indication}] {readable(check.fault, language)}" if not check.passed else ""
        lines.append(f"{word(result, language):<14} {check.name:<{width}}  {detail}".rstrip())
    lines.append(f"{word('verdict', language)}: {word(report.indication, language)}")
    return "\n".join(lines) + "\n"


def _facts(report: Report, cms: bytes, language: str) -> Iterator[str]:
    if report.signer:
        known = [report.signer.name, report.signer.iin or "", report.signer.bin or "", report.algorithm]
        yield f"{word('signer', language)}: {plain(', '.join(filter(None, known)))}"
    try:
        signer = parse(cms, DEFAULT).signer
    except HOSTILE:
        # The report says what is wrong with its form.
        return
    stamps = sum(len(attribute.values) for attribute in signer.unsigned if attribute.oid == oids.SIGNATURE_TIMESTAMP)
    yield f"{word('timestamp', language)}: {stamps or word('none', language)}"
