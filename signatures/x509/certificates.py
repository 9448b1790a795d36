"""Checks of the signer's certificate: path, validity and profile.

Each function returns the fault or ``None``, with a sub-indication where that varies.
"""

import functools
from dataclasses import dataclass
from datetime import datetime

from cryptography.exceptions import InvalidSignature

from signatures.asn1 import oids
from signatures.crypto.algorithms import DIGESTS, MAX_KEPT, SIGNATURES, Signed, Unsuitable, check_issued
from signatures.policy import Policy
from signatures.report.faults import Fault, fault_of
from signatures.x509.crl import MAX_SERIAL
from signatures.x509.facts import Facts
from signatures.x509.trust import Authority, TrustStore

Judged = tuple[Fault | None, str]
NO_FAULT: Judged = (None, "")
ARC = oids.KZ_AUTHORITY_POLICY
UNTRUSTED = "NO_CERTIFICATE_CHAIN_FOUND"


@dataclass(frozen=True)
class Path:
    """A certificate path; ``authorities`` are the pinned ones above the signer, root last.

    What depends on its certificates alone is computed once; what depends on time is not.
    """

    signer: Facts
    authorities: tuple[Authority, ...]

    @functools.cached_property
    def members(self) -> tuple[Facts, ...]:
        """All certificates of the path, signer first."""
        return (self.signer, *[authority.facts for authority in self.authorities])

    @functools.cached_property
    def policies(self) -> frozenset[str]:
        """The signer's certificate policies that every authority below the root allows.

        An authority that states policies allows those and what is under them. It allows all if it states none,
        anyPolicy, or the one under which Kazakhstan certifies its authorities.
        """
        found = self.signer.policies
        for authority in self.authorities[:-1]:
            stated = authority.facts.policies
            if not stated or any(policy == oids.ANY_POLICY or _is_under(policy, ARC) for policy in stated):
                continue
            found = frozenset(policy for policy in found if any(_is_under(policy, above) for above in stated))
        return found

    @functools.cached_property
    def issued(self) -> list[tuple[Facts, Authority]]:
        """Every certificate below the root, with its issuer."""
        return list(zip(self.members, self.authorities, strict=False))

    @functools.cached_property
    def not_before(self) -> datetime:
        return max(member.not_before for member in self.members)

    @functools.cached_property
    def not_after(self) -> datetime:
        return min(member.not_after for member in self.members)

    @functools.cached_property
    def strengths(self) -> frozenset[str]:
        """Kinds and sizes of the keys."""
        return frozenset(member.strength for member in self.members)

    @functools.cached_property
    def fault_for_signatures(self) -> Fault | None:
        """:func:`authorities_fault` of the path for an officer's signature."""
        return authorities_fault(self)


def _is_under(oid: str, arc: str) -> bool:
    return oid == arc or oid.startswith(f"{arc}.")


def find_path(facts: Facts, trust: TrustStore, policy: Policy, at: datetime) -> tuple[Path | None, Fault | None, str]:
    """The path to a pinned root whose authorities are all trusted at ``at``, or a fault with its sub-indication.

    Other certificates in the signature are not used.
    """
    judged = _judged_paths(facts, trust, policy)
    if not judged:
        return None, Fault("certificate-not-issued-by-trusted"), UNTRUSTED
    found = [path for path, fault in judged if fault == NO_FAULT]
    if not found:
        return None, *judged[0][1]
    untrusted = [trust_fault(path, at) for path in found]
    return (found[untrusted.index(None)], *NO_FAULT) if None in untrusted else (None, untrusted[0], UNTRUSTED)


def _judged_paths(facts: Facts, trust: TrustStore, policy: Policy) -> list[tuple[Path, Judged]]:
    """The paths by name, each with the fault of the issuer's signature. Those without are kept with the trust."""
    kept: list[tuple[Path, Judged]] | None = trust.kept_paths.get(facts)
    usual = policy.signatures is SIGNATURES and policy.digests is DIGESTS
    if kept is not None and usual:
        return kept
    judged = [(Path(facts, chain), _issue_fault(facts, chain[0], policy)) for chain in trust.issuers_of(facts)]
    # A failure may come from a budget that is spent.
    if usual and judged and all(fault == NO_FAULT for _path, fault in judged):
        if len(trust.kept_paths) >= MAX_KEPT:
            trust.kept_paths.clear()
        trust.kept_paths[facts] = judged
    return judged


def issued_fault(facts: Facts, trust: TrustStore, policy: Policy) -> Judged:
    """The fault unless a pinned authority issued the certificate, regardless of when that authority is trusted."""
    faults = [fault for _path, fault in _judged_paths(facts, trust, policy)]
    if NO_FAULT in faults:
        return NO_FAULT
    return faults[0] if faults else (Fault("certificate-not-issued-by-trusted"), UNTRUSTED)


def trust_fault(path: Path, at: datetime) -> Fault | None:
    """Every authority of the path must be trusted at that time."""
    for authority in path.authorities:
        if not authority.period.holds(at):
            name = authority.certificate.subject.rfc4514_string()
            return Fault("authority-not-trusted", authority=name, at=at.isoformat())
    return None


def _issue_fault(facts: Facts, authority: Authority, policy: Policy) -> Judged:
    try:
        check_issued_by(facts, authority.facts, policy)
    except Unsuitable as fault:
        return Fault("certificate-algorithm", reason=fault_of(fault)), "CRYPTO_CONSTRAINTS_FAILURE"
    except InvalidSignature:
        return Fault("certificate-issuer-signature-mismatch"), "CERTIFICATE_CHAIN_GENERAL_FAILURE"
    return NO_FAULT


def check_issued_by(certificate: Facts, issuer: Facts, policy: Policy) -> None:
    """Verify the issuer's signature; raises :class:`Unsuitable` or ``InvalidSignature``.

    With the default algorithms the result is cached for each certificate.
    """
    if policy.signatures is SIGNATURES and policy.digests is DIGESTS:
        _check_issued_once(certificate, issuer)
    else:
        signed = Signed.of_certificate(certificate.certificate, certificate.der)
        check_issued(signed, issuer.certificate, policy.signatures, policy.digests)


@functools.lru_cache(maxsize=MAX_KEPT)
def _check_issued_once(certificate: Facts, issuer: Facts) -> None:
    """Failures are not cached."""
    signed = Signed.of_certificate(certificate.certificate, certificate.der)
    check_issued(signed, issuer.certificate, SIGNATURES, DIGESTS)


def authorities_fault(path: Path, purpose: str = oids.EMAIL_PROTECTION) -> Fault | None:
    """Each issuer must be an authority for that purpose (an extended key usage), and may not restrict what is below it.

    Restrictions are refused, critical or not, rather than judged: no authority of ours has any.
    """
    below = 0
    for authority in path.authorities:
        is_root = authority is path.authorities[-1]
        # Revocation of a root is not checked, and some old roots have the serial number 0.
        fault = None if is_root else serial_fault(authority.facts)
        if fault := fault or _authority_fault(authority.facts, below, purpose):
            return Fault("at-place", place=authority.certificate.subject.rfc4514_string(), fault=fault)
        # A self-issued certificate, as after a change of keys, does not count (RFC 5280, 6.1.4 (l)).
        below += authority.facts.subject != authority.facts.issuer
    return None


def _authority_fault(facts: Facts, below: int, purpose: str) -> Fault | None:
    constraints, usage = facts.constraints, facts.key_usage
    if constraints is None or not constraints.ca:
        return Fault("not-an-authority")
    if constraints.path_length is not None and below > constraints.path_length:
        return Fault("authority-path-too-long")
    if usage is None or not usage.key_cert_sign:
        return Fault("authority-may-not-sign")
    if facts.restriction:
        return Fault("authority-restricts", extension=facts.restriction)
    if facts.usages and not facts.usages & {purpose, oids.ANY_EXTENDED_KEY_USAGE}:
        return Fault("authority-not-for-purpose", usages=", ".join(sorted(facts.usages)))
    return extensions_fault(facts)


def serial_fault(facts: Facts) -> Fault | None:
    """A serial number is positive and has at most 20 octets (RFC 5280, 4.1.2.2): lists can name no other."""
    return None if 0 < facts.serial < MAX_SERIAL else Fault("serial-number-out-of-range")


def extensions_fault(facts: Facts) -> Fault | None:
    """The fault if a critical extension is not understood (RFC 5280, 4.2)."""
    return Fault("critical-extension-unknown", extension=facts.unknown_critical) if facts.unknown_critical else None


def validity_fault(path: Path, at: datetime, created_after: datetime | None) -> Judged:
    """All certificates of the path must be valid at the best signature time."""
    if path.not_before <= at <= path.not_after:
        return NO_FAULT
    for member in path.members:
        if at < member.not_before:
            return Fault("certificate-not-yet-valid", at=member.not_before.isoformat()), "NOT_YET_VALID"
        if at > member.not_after:
            # EXPIRED only if the signed bytes prove that they were made after the expiry.
            proven = created_after is not None and created_after > member.not_after
            fault = Fault("certificate-expired", at=member.not_after.isoformat())
            return fault, "EXPIRED" if proven else "OUT_OF_BOUNDS_NO_POE"
    return NO_FAULT


def usage_fault(facts: Facts, policy: Policy) -> Fault | None:
    """A signing certificate has the key usages of the policy and emailProtection, and is not for authentication."""
    purposes, constraints = facts.usages, facts.constraints
    if missing := sorted(policy.key_usages - facts.key_usages):
        return Fault("key-usage-missing", usages=", ".join(missing))
    if oids.EMAIL_PROTECTION not in purposes:
        return Fault("email-protection-missing")
    if oids.CLIENT_AUTH in purposes:
        return Fault("certificate-for-authentication")
    if constraints is not None and constraints.ca:
        return Fault("certificate-of-authority")
    return None


def role_fault(facts: Facts, expected: frozenset[str], policy: Policy) -> Fault | None:
    """The certificate must name one of the expected roles, or at least some role of the national arc."""
    arc = policy.role_arc
    found = {usage for usage in facts.usages if usage == arc or usage.startswith(f"{arc}.")}
    if not found:
        return Fault("no-role")
    if expected and not expected & found:
        return Fault("role-differs", found=", ".join(sorted(found)), expected=", ".join(sorted(expected)))
    return None


def policy_fault(facts: Facts, path: Path | None, allowed: frozenset[str]) -> Fault | None:
    """The certificate must be issued under one of the allowed policies, which its authorities (if known) must allow."""
    if not facts.policies & allowed:
        stated = ", ".join(sorted(facts.policies)) or Fault("missing")
        return Fault("certificate-policy-not-for-signing", policy=stated)
    if path is not None and not path.policies & allowed:
        return Fault("certificate-policy-not-of-authority", policy=", ".join(sorted(facts.policies & allowed)))
    return None
