"""Checks of the signer's certificate: its path, its time, its revocation and its profile.

Each function returns the fault as an English sentence, or an empty string; with a sub-indication where it may differ.
"""

import functools
from dataclasses import dataclass
from datetime import datetime

from cryptography.exceptions import InvalidSignature

from signatures.asn1 import oids
from signatures.crypto.algorithms import DIGESTS, MAX_KEPT, SIGNATURES, Digest, Signed, Unsuitable, check_issued
from signatures.policy import Policy
from signatures.x509 import identity
from signatures.x509.crl import MAX_SERIAL
from signatures.x509.facts import Facts
from signatures.x509.trust import Authority, TrustStore

Fault = tuple[str, str]
NO_FAULT: Fault = ("", "")
UNTRUSTED = "NO_CERTIFICATE_CHAIN_FOUND"


@dataclass(frozen=True)
class Path:
    """Signer first, root last; ``authorities`` are the pinned ones above the signer."""

    signer: Facts
    authorities: tuple[Authority, ...]

    @property
    def issuer(self) -> Authority:
        """The authority right above the signer."""
        return self.authorities[0]

    @functools.cached_property
    def members(self) -> tuple[Facts, ...]:
        """All certificates of the path."""
        return (self.signer, *[one.facts for one in self.authorities])

    def issued(self) -> list[tuple[Facts, Authority]]:
        """Every certificate below the root, with the authority above it."""
        return list(zip(self.members, self.authorities, strict=False))


def find_path(facts: Facts, trust: TrustStore, policy: Policy, at: datetime) -> tuple[Path | None, str, str]:
    """The path to a pinned root, all of it trusted at that time.

    The certificates that came with the signature are not looked at.
    """
    named = trust.issuers_of(facts)
    if not named:
        return None, "the certificate is not issued by a trusted authority", UNTRUSTED
    faults = [_issue_fault(facts, chain[0], policy) for chain in named]
    found = [Path(facts, chain) for chain, fault in zip(named, faults, strict=True) if fault == NO_FAULT]
    if not found:
        return None, *faults[0]
    untrusted = [trust_fault(one, at) for one in found]
    return (found[untrusted.index("")], *NO_FAULT) if "" in untrusted else (None, untrusted[0], UNTRUSTED)


def issued_fault(facts: Facts, trust: TrustStore, policy: Policy) -> Fault:
    """Whether any pinned authority issued the certificate, whenever that authority was trusted."""
    named = trust.issuers_of(facts)
    faults = [_issue_fault(facts, chain[0], policy) for chain in named]
    if NO_FAULT in faults:
        return NO_FAULT
    return faults[0] if faults else ("the certificate is not issued by a trusted authority", UNTRUSTED)


def trust_fault(path: Path, at: datetime) -> str:
    """Every authority of the path must be trusted at that time."""
    for one in path.authorities:
        if not one.period.holds(at):
            return f"{one.certificate.subject.rfc4514_string()}: not trusted at {at.isoformat()}"
    return ""


def _issue_fault(facts: Facts, authority: Authority, policy: Policy) -> Fault:
    try:
        check_issued_by(facts, authority.facts, policy)
    except Unsuitable as fault:
        return f"the certificate: {fault}", "CRYPTO_CONSTRAINTS_FAILURE"
    except InvalidSignature:
        return "the certificate bears the name of a trusted authority but not its signature", (
            "CERTIFICATE_CHAIN_GENERAL_FAILURE"
        )
    return NO_FAULT


def check_issued_by(certificate: Facts, issuer: Facts, policy: Policy) -> None:
    """The issuer's signature; raises :class:`Unsuitable` or ``InvalidSignature``.

    With the usual algorithms it is checked once for a certificate, not each time.
    """
    if policy.signatures is SIGNATURES and policy.digests is DIGESTS:
        _check_issued_once(certificate, issuer)
    else:
        check_issued(Signed.read(certificate.der), issuer.certificate, policy.signatures, policy.digests)


@functools.lru_cache(maxsize=MAX_KEPT)
def _check_issued_once(certificate: Facts, issuer: Facts) -> None:
    """What raises is not kept."""
    check_issued(Signed.read(certificate.der), issuer.certificate, SIGNATURES, DIGESTS)


def age_fault(path: Path, digest: Digest, at: datetime, policy: Policy) -> str:
    """Whether the algorithms of signature and certificates are still good for what is proven since ``at``."""
    return policy.sunset_fault({digest.name, *(one.strength for one in path.members)}, at)


def authorities_fault(path: Path) -> str:
    """Each authority above the signer must be one: basic constraints, path length, key usage, critical extensions."""
    for below, authority in enumerate(path.authorities):
        is_root = below == len(path.authorities) - 1
        # No list is asked about a root; some old ones have the number 0.
        fault = "" if is_root else serial_fault(authority.facts)
        if fault := fault or _authority_fault(authority.facts, below):
            return f"{authority.certificate.subject.rfc4514_string()}: {fault}"
    return ""


def _authority_fault(facts: Facts, below: int) -> str:
    constraints, usage = facts.constraints, facts.key_usage
    if constraints is None or not constraints.ca:
        return "is not a certificate authority"
    if constraints.path_length is not None and below > constraints.path_length:
        return "allows fewer authorities below it"
    if usage is None or not usage.key_cert_sign:
        return "may not sign certificates"
    return extensions_fault(facts)


def serial_fault(facts: Facts) -> str:
    """A serial number is positive and has at most 20 octets (RFC 5280, 4.1.2.2): no list could name another."""
    return "" if 0 < facts.serial < MAX_SERIAL else "its serial number is not positive or has more than 20 octets"


def extensions_fault(facts: Facts) -> str:
    """A critical extension that is not understood must be refused (RFC 5280, 4.2)."""
    return f"critical extension {facts.unknown_critical} is not understood" if facts.unknown_critical else ""


def validity_fault(path: Path, at: datetime, created_after: datetime | None) -> Fault:
    """All certificates of the path must be in force at the best signature time."""
    for one in path.members:
        if at < one.not_before:
            return f"not valid before {one.not_before.isoformat()}", "NOT_YET_VALID"
        if at > one.not_after:
            return _expired(one.not_after, created_after)
    return NO_FAULT


def _expired(since: datetime, created_after: datetime | None) -> Fault:
    """Expired for certain only if the signed bytes prove that they were signed later than that."""
    proven = created_after is not None and created_after > since
    return f"the certificate expired at {since.isoformat()}", "EXPIRED" if proven else "OUT_OF_BOUNDS_NO_POE"


def usage_fault(facts: Facts, policy: Policy) -> str:
    """A signing certificate has the key usages of the policy and emailProtection, and is not for authentication."""
    purposes, constraints = facts.usages, facts.constraints
    if missing := sorted(policy.key_usages - facts.key_usages):
        return f"the certificate is not for signing: key usage {', '.join(missing)} is missing"
    if oids.EMAIL_PROTECTION not in purposes:
        return "the certificate is not for signing: extended key usage emailProtection is missing"
    if oids.CLIENT_AUTH in purposes:
        return "the certificate is for authentication: extended key usage clientAuth"
    if constraints is not None and constraints.ca:
        return "the certificate is that of an authority"
    return ""


def role_fault(facts: Facts, expected: frozenset[str], policy: Policy) -> str:
    """The certificate must name one of the expected roles, or at least some role of the national arc."""
    found = identity.under(facts.usages, policy.role_arc)
    if not found:
        return "the certificate names no role of its owner"
    if expected and not expected & found:
        return f"the certificate's roles are {', '.join(sorted(found))}, expected one of {', '.join(sorted(expected))}"
    return ""


def policy_fault(facts: Facts, allowed: frozenset[str]) -> str:
    """The certificate must be issued under one of the allowed certificate policies."""
    named = ", ".join(sorted(facts.policies)) or "missing"
    return "" if facts.policies & allowed else f"certificate policy {named} is not for signing"
