"""Verifies an evidence container offline; needs only the container and a trust folder.

Checked: the signature over act.json by the person (or the service's seal) that act.json names as its author, with a
certificate that satisfies the trust folder's rules for the author's role; every file that act.json lists; the chain
of earlier acts, each with its own signature; and the audit log's proof, which also gives the time at which
certificates are judged, unless the evidence of a signature proves an earlier time.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from signatures import canonical
from signatures.container.archive import Container, SignedAct, file_names, is_same
from signatures.container.limits import USUAL, Limits
from signatures.container.strict_zip import Digested
from signatures.crypto import budget
from signatures.evidence.record import Evidence
from signatures.policy import DEFAULT
from signatures.report.faults import Fault, FaultError, fault_of
from signatures.report.report import Indication, Report
from signatures.tlog import transparency
from signatures.verification import Expected, verify
from signatures.x509.rules import NO_RULES, Rule, Rules
from signatures.x509.trust import TrustStore
from signatures.x509.trust_policy import TrustPolicy

SCHEMA = "ecase.act/1"
ORDER: tuple[Indication, ...] = ("TOTAL_PASSED", "INDETERMINATE", "TOTAL_FAILED")


@dataclass(frozen=True)
class Line:
    """One line of the verdict: what was checked (a stable name and, for an act, which one) and the result."""

    name: str
    subject: str
    indication: Indication
    fault: Fault | None = None
    report: Report | None = None

    @property
    def detail(self) -> str:
        """The fault in English; for a signature that passed, its signer and algorithm."""
        return str(self.fault) if self.fault else ""

    def as_dict(self) -> dict[str, Any]:
        plain = {"name": self.name, "subject": self.subject, "indication": self.indication, "detail": self.detail}
        more = {"fault": self.fault and self.fault.as_dict(), "report": self.report and self.report.as_dict()}
        return plain | {name: value for name, value in more.items() if value}


@dataclass(frozen=True)
class Verdict:
    """All lines; the worst of them is the outcome. ``at``: the instant as of which it was verified."""

    lines: tuple[Line, ...]
    statement: Mapping[str, Any]
    at: datetime

    @property
    def indication(self) -> Indication:
        return max((line.indication for line in self.lines), key=ORDER.index)

    def as_dict(self) -> dict[str, Any]:
        lines = [line.as_dict() for line in self.lines]
        at = self.at.astimezone(UTC).isoformat().replace("+00:00", "Z")
        return {"indication": self.indication, "verified_at": at, "lines": lines, "act": dict(self.statement)}


@dataclass(frozen=True)
class Trust:
    """A trust folder with the keys of the audit logs that it trusts (``*.vkey``) and its rules for signers."""

    store: TrustStore
    log_keys: tuple[str, ...]
    rules: Rules = NO_RULES

    @classmethod
    def load(cls, folder: Path) -> "Trust":
        """Load a trust folder. ``ValueError`` or ``OSError`` name what cannot be used."""
        return cls(TrustStore.load(folder), log_keys(folder), TrustPolicy.load(folder).rules)


def log_keys(folder: Path) -> tuple[str, ...]:
    """The keys of audit logs in a trust folder, each once; ``ValueError`` or ``OSError`` if one cannot be read."""
    keys = (path.read_text(encoding="utf-8").strip() for path in sorted(folder.glob("*.vkey")))
    return tuple(dict.fromkeys(keys))


def examine(container: Container, trust: Trust, now: datetime | None = None, limits: Limits = USUAL) -> Verdict:
    """Verify everything in a container as of ``now``, which is also the time of signatures without a proof of time.

    Slow work stops at the budget of ``limits``; what remains unchecked is INDETERMINATE.
    """
    now = now or datetime.now(UTC)
    with budget.limited(limits.slow_units):
        try:
            statement = _checked_statement(container.act_json)
        except ValueError as fault:
            return Verdict((Line("statement", "", "TOTAL_FAILED", fault_of(fault)),), {}, now)
        proven, proof_line = _proven_time(container.act, trust, _label(statement), now)
        lines = [proof_line, _Signed(container.act, statement, trust, proven or now, now).line()]
        lines += _file_lines(statement, container.files)
        lines += _chain_lines(container, statement)
        lines += _earlier_lines(container.acts[:-1], trust, proven or now, now)
    return Verdict(tuple(lines), statement, now)


def _checked_statement(act_json: bytes) -> dict[str, Any]:
    """The act, if it has the parts that verification relies on."""
    statement = canonical.check(act_json)
    if statement.get("schema") != SCHEMA:
        raise FaultError(Fault("unknown-schema", schema=repr(statement.get("schema"))))
    shapes = {"act": dict, "author": dict, "motion": dict, "case": dict, "challenge": dict, "files": list}
    faults = [name for name, shape in shapes.items() if not isinstance(statement.get(name), shape)]
    wanted = {"name": str, "sha256": str}
    if not faults and not all(
        isinstance(file, dict) and all(isinstance(file.get(key), kind) for key, kind in wanted.items())
        for file in statement["files"]
    ):
        faults = ["files"]
    if faults:
        raise FaultError(Fault("statement-parts", parts=", ".join(faults)))
    return statement


def _label(statement: Mapping[str, Any]) -> str:
    return f"{statement['act'].get('position')}-{statement['act'].get('type')}"


def _proven_time(act: SignedAct, trust: Trust, label: str, now: datetime) -> tuple[datetime | None, Line]:
    """When the act was in the audit log at the latest, by its inclusion proof."""
    if not act.proof or not trust.log_keys:
        missing = Fault("no-inclusion-proof") if not act.proof else Fault("no-log-key")
        return None, Line("audit-proof", label, "INDETERMINATE", missing)
    try:
        record, proven = transparency.proven_record(act.proof, trust.log_keys)
        at = _recorded_at(canonical.check(record.body), act)
    except transparency.NotShown as fault:
        return None, Line("audit-proof", label, "INDETERMINATE", fault_of(fault))
    except ValueError as fault:
        return None, Line("audit-proof", label, "TOTAL_FAILED", fault_of(fault))
    if at > now + DEFAULT.clock_skew:
        return None, Line("audit-proof", label, "INDETERMINATE", Fault("log-entry-in-future", at=at.isoformat()))
    place = Fault(
        "log-entry", index=proven.index, size=proven.checkpoint.size, log=proven.checkpoint.origin, at=at.isoformat()
    )
    return at, Line("audit-proof", label, "TOTAL_PASSED", place)


def _recorded_at(entry: Mapping[str, Any], act: SignedAct) -> datetime:
    data = entry.get("data")
    digests = {"sha256": _sha256(act.act_json)}
    recorded = {name: data.get(name) for name in digests} if isinstance(data, dict) else {}
    cms = data.get("cms_sha256") if isinstance(data, dict) else None
    if recorded != digests or cms not in (_sha256(act.cms), _sha256(act.der)):
        raise FaultError(Fault("log-entry-of-another-act"))
    at = _instant(entry.get("at"))
    if at is None:
        raise FaultError(Fault("log-entry-without-time"))
    return at


@dataclass(frozen=True)
class _Signed:
    """An act whose signature is verified. ``at``: the time before which it is proven to exist without its own evidence.

    ``now``: the time as of which it is verified.
    """

    act: SignedAct
    statement: Mapping[str, Any]
    trust: Trust
    at: datetime
    now: datetime

    def line(self) -> Line:
        act, label = self.act, _label(self.statement)
        try:
            kept = Evidence.loads(act.evidence, DEFAULT.max_evidence_bytes) if act.evidence else None
        except ValueError as fault:
            return Line("evidence", label, "INDETERMINATE", fault_of(fault))
        rules, role = self.trust.rules, self.statement["author"].get("role")
        rule = rules.of(role, self.at)
        report = self._by(rule, kept)
        # The rule at the best signature time counts; a timestamp may have moved that back.
        older = rules.of(role, report.best_signature_time or self.at)
        report = report if older == rule else self._by(older, kept)
        # The faults of a signature; if it passed, its signer and algorithm.
        summary = None
        if faults := tuple(check.fault for check in report.failures if check.fault):
            summary = Fault("several", faults=faults)
        elif report.signer:
            summary = Fault("quoted", text=f"{report.signer.name}, {report.algorithm}")
        return Line("signature", label, report.indication, summary, report)

    def _by(self, rule: Rule, kept: Evidence | None) -> Report:
        expected = _expected(self.statement, rule)
        return verify(
            self.act.cms,
            self.act.act_json,
            trust=self.trust.store,
            expected=expected,
            at=self.at,
            policy=rule.policy if expected.usage == "signing" else DEFAULT,
            evidence=kept,
            now=self.now if kept else None,
        )


def _expected(statement: Mapping[str, Any], rule: Rule) -> Expected:
    """The author that the act names; an author without IIN who is not the service matches nobody."""
    author, issued = statement["author"], statement["challenge"].get("issued_at")
    created_after = _instant(issued)
    if author == {"service": statement.get("installation")}:
        return Expected(usage="seal", created_after=created_after)
    bin_ = author.get("bin") or None
    return Expected(iin=str(author.get("iin")), bin=bin_, roles=rule.usages, created_after=created_after)


def _instant(text: object) -> datetime | None:
    try:
        found = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return found if found.tzinfo else None


def _file_lines(statement: Mapping[str, Any], files: Mapping[str, Digested]) -> list[Line]:
    places = file_names(statement)
    lines = []
    for place, file in zip(places, statement["files"], strict=True):
        found = files.get(place)
        if found is None:
            lines.append(Line("file", file["name"], "INDETERMINATE", Fault("file-not-in-container")))
        elif found.sha256 != file["sha256"] or file.get("size") not in (None, found.size):
            lines.append(Line("file", file["name"], "TOTAL_FAILED", Fault("file-not-as-signed")))
        else:
            lines.append(Line("file", file["name"], "TOTAL_PASSED"))
    unknown = sorted(files.keys() - set(places))
    return lines + [Line("file", name, "TOTAL_FAILED", Fault("file-not-listed")) for name in unknown]


def _chain_lines(container: Container, statement: Mapping[str, Any]) -> list[Line]:
    """Every act must name the digests of the one before it, from this one down to the first."""
    acts = container.acts
    if not acts or acts[-1].act_json != container.act_json or not is_same(acts[-1], container.cms):
        return [Line("chain", _label(statement), "TOTAL_FAILED", Fault("chain-ends-elsewhere"))]
    return [_link_line(before, after) for before, after in zip([None, *acts], acts, strict=False)]


def _link_line(before: SignedAct | None, after: SignedAct) -> Line:
    statement = after.statement
    previous = statement.get("previous")
    label = _label(statement) if isinstance(statement.get("act"), dict) else ""
    if before is None and previous is None:
        return Line("chain", label, "TOTAL_PASSED")
    if before is None:
        return Line("chain", label, "INDETERMINATE", Fault("earlier-acts-missing"))
    named = (previous.get("sha256"), previous.get("cms_sha256")) if isinstance(previous, dict) else (None, None)
    motions = [
        stated["motion"].get("id") if isinstance(stated.get("motion"), dict) else None
        for stated in (before.statement, statement)
    ]
    if named != (_sha256(before.act_json), _sha256(before.cms)) or motions[0] != motions[1]:
        return Line("chain", label, "TOTAL_FAILED", Fault("act-does-not-follow"))
    return Line("chain", label, "TOTAL_PASSED")


def _earlier_lines(acts: Iterable[SignedAct], trust: Trust, at: datetime, now: datetime) -> list[Line]:
    """Signatures of earlier acts, each judged at its own proven time, else at that of this act."""
    lines = []
    for act in acts:
        try:
            statement = _checked_statement(act.act_json)
        except ValueError as fault:
            lines.append(Line("statement", "", "TOTAL_FAILED", fault_of(fault)))
            continue
        proven, line = _proven_time(act, trust, _label(statement), now)
        lines += [line] if act.proof else []
        lines.append(_Signed(act, statement, trust, proven or at, now).line())
    return lines


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
