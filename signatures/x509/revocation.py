"""Whether a certificate was revoked, by lists (RFC 5280, 5) and OCSP responses (RFC 6960).

The lists of the trust folder are always used; those in evidence are first checked against the pinned authorities. The
newest fresh list and the newest fresh response are used; a certificate is revoked if either says so.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from cryptography import x509

from signatures.policy import Policy
from signatures.report.faults import Fault, fault_of
from signatures.report.report import HOSTILE
from signatures.x509 import ocsp
from signatures.x509.certificates import NO_FAULT, Judged, Path
from signatures.x509.crl import RevocationList, pair_deltas, reason
from signatures.x509.crl import read as read_list
from signatures.x509.facts import Facts
from signatures.x509.trust import Authority, TrustStore, assign_lists

# RFC 5280, 5.3.1, by the numbers that OCSP uses too.
REASONS = dict(
    enumerate(
        ("unspecified", "keyCompromise", "cACompromise", "affiliationChanged", "superseded", "cessationOfOperation")
    )
) | {6: "certificateHold", 8: "removeFromCRL", 9: "privilegeWithdrawn", 10: "aACompromise"}
UNKNOWN = datetime.max.replace(tzinfo=UTC)
ON_HOLD = "certificateHold"
# RFC 3161, 4.1: signatures made before a revocation for one of these reasons stay valid.
HARMLESS = frozenset({"affiliationChanged", "superseded", "cessationOfOperation"})


@dataclass(frozen=True)
class Revocations:
    """Revocation data from outside the trust folder, already checked: lists by authority, and OCSP answers."""

    lists: Mapping[x509.Certificate, tuple[RevocationList, ...]] = field(default_factory=dict)
    answers: tuple[ocsp.Answer, ...] = ()

    def all_lists(self, issuer: Authority) -> tuple[RevocationList, ...]:
        return (*issuer.lists, *self.lists.get(issuer.certificate, ())) if self.lists else issuer.lists


NOTHING = Revocations()


@dataclass(frozen=True)
class Times:
    """``at``: the time that is judged. ``now``: the time of judging, if known; no source may be younger than that."""

    at: datetime
    now: datetime = UNKNOWN
    created_after: datetime | None = None


@dataclass(frozen=True)
class _Known:
    """The statement of one source: since when and why the certificate is revoked, if it is."""

    since: datetime | None = None
    reason: str = ""
    never_issued: bool = False


UNREVOKED = _Known()


def read(
    lists: Iterable[bytes], responses: Iterable[bytes], trust: TrustStore, policy: Policy
) -> tuple[Revocations, tuple[Fault, ...]]:
    """Check stored lists and responses; unusable ones are left out and named in the second value."""
    owned: dict[x509.Certificate, list[x509.CertificateRevocationList]] = {}
    answers: list[ocsp.Answer] = []
    faults: list[Fault] = []
    for number, data in enumerate(lists, 1):
        try:
            found = read_list(data)
            owned.setdefault(trust.owner_of(found), []).append(found)
        except HOSTILE as fault:
            faults.append(Fault("in-revocation-list", number=number, reason=fault_of(fault)))
    ready: dict[x509.Certificate, tuple[RevocationList, ...]] = {}
    notes: dict[Fault, None] = {}
    # Those of the trust folder may revoke a key that signs lists.
    every = {
        authority.certificate: [*owned.get(authority.certificate, ()), *(kept.base for kept in authority.lists)]
        for authority in trust.authorities
    }
    for authority, some in assign_lists(owned, trust.authorities, every).items():
        ready[authority], passed_over = pair_deltas(some)
        notes |= dict.fromkeys(passed_over)
    faults += notes
    for number, data in enumerate(responses, 1):
        try:
            answers += ocsp.read(data, trust, policy, lists=ready)
        except ocsp.Unusable as fault:
            faults.append(Fault("in-ocsp-response", number=number, reason=fault_of(fault)))
    return Revocations(ready, tuple(answers)), tuple(faults)


def revocation_fault(
    path: Path, trust: TrustStore, times: Times, policy: Policy, more: Revocations = NOTHING
) -> Judged:
    """The signer and every authority below the root must be unrevoked at ``times.at``, according to a fresh source."""
    for facts, issuer in path.issued:
        fault, sub = _fault(facts, issuer, times, policy, more)
        if fault:
            return fault, "REVOKED_CA_NO_POE" if "REVOKED" in sub and facts is not path.signer else sub
    return NO_FAULT


def timestamp_fault(path: Path, trust: TrustStore, times: Times, policy: Policy, more: Revocations = NOTHING) -> Judged:
    """The same for a timestamp authority, whose tokens may stay valid after a revocation (RFC 3161, 4.1).

    ``times.at`` is the time in the token and ``times.now`` the time at which the token is proven to exist.
    """
    fault = revocation_fault(path, trust, times, policy, more)
    if fault != NO_FAULT:
        return fault
    serial, issuer = path.signer.serial, path.authorities[0]
    # All sources, fresh or not: a revocation remains in effect.
    listed = [_of_list(crl, serial) for crl in more.all_lists(issuer)]
    answered = [_of_answer(answer) for answer in more.answers if _is_about(answer, serial, issuer)]
    for known in listed + answered:
        if known.since and known.since <= times.now and known.reason not in HARMLESS:
            return (
                Fault("timestamp-authority-revoked", since=known.since.isoformat(), reason=known.reason),
                "REVOKED",
            )
    return NO_FAULT


def _fault(facts: Facts, issuer: Authority, times: Times, policy: Policy, more: Revocations) -> Judged:
    known = _fresh(facts, issuer, times, policy, more)
    if not known:
        name = issuer.certificate.subject.rfc4514_string()
        return Fault("no-fresh-revocation", authority=name), "TRY_LATER"
    if any(entry.never_issued for entry in known):
        return Fault("certificate-never-issued"), "CERTIFICATE_CHAIN_GENERAL_FAILURE"
    revoked = [(entry.since, entry.reason) for entry in known if entry.since and entry.since <= times.at]
    if not revoked:
        return NO_FAULT
    since, why = min(revoked)
    detail = Fault("certificate-revoked", since=since.isoformat(), reason=why)
    if why == ON_HOLD:
        return Fault("certificate-on-hold", revoked=detail), "TRY_LATER"
    proven = times.created_after is not None and times.created_after >= since
    return detail, "REVOKED" if proven else "REVOKED_NO_POE"


def _fresh(facts: Facts, issuer: Authority, times: Times, policy: Policy, more: Revocations) -> list[_Known]:
    """The statements of the newest fresh list and the newest fresh answer."""
    serial = facts.serial
    # A source made after the certificate expired may no longer contain it.
    skew = policy.clock_skew
    latest = max(times.at + skew, facts.not_after)
    if times.now is not UNKNOWN and times.now < UNKNOWN - skew:
        latest = min(latest, times.now + skew)
    found = []
    if lists := [crl for crl in more.all_lists(issuer) if crl.is_fresh(times.at, latest)]:
        newest = max(lists, key=lambda crl: (crl.last_update, crl.delta is not None)) if len(lists) > 1 else lists[0]
        found.append(_of_list(newest, serial))
    if not more.answers:
        return found
    answers = [
        answer
        for answer in more.answers
        if _is_about(answer, serial, issuer)
        and answer.status != "unknown"
        and answer.is_fresh(times.at, latest, policy)
    ]
    return found + ([_of_answer(max(answers, key=lambda answer: answer.this_update))] if answers else [])


def _is_about(answer: ocsp.Answer, serial: int, issuer: Authority) -> bool:
    return answer.serial == serial and answer.authority == issuer.certificate


def _of_list(found: RevocationList, serial: int) -> _Known:
    entry = found.entry(serial)
    return _Known(entry.revocation_date_utc, reason(entry).value) if entry else UNREVOKED


def _of_answer(answer: ocsp.Answer) -> _Known:
    return _Known(answer.revoked_at, REASONS.get(answer.reason, "unspecified"), answer.status == "not-issued")
