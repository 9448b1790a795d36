"""Checks of the signer's certificate: its path, its time, its revocation and its profile.

Each function returns the fault as an English sentence, or an empty string; with a sub-indication where it may differ.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.serialization import Encoding

from signatures import identity, oids
from signatures.algorithms import Signed, Unsuitable, check_issued
from signatures.policy import Policy
from signatures.trust import Authority, TrustStore

# What this verifier understands well enough to let it be critical (RFC 5280, 4.2).
UNDERSTOOD = (
    x509.BasicConstraints,
    x509.KeyUsage,
    x509.ExtendedKeyUsage,
    x509.CertificatePolicies,
    x509.SubjectAlternativeName,
)

Fault = tuple[str, str]
NO_FAULT: Fault = ("", "")


@dataclass(frozen=True)
class Path:
    """Signer first, root last; ``issuer`` is the pinned authority right above the signer."""

    signer: x509.Certificate
    issuer: Authority

    @property
    def authorities(self) -> tuple[x509.Certificate, ...]:
        return (self.issuer.certificate, *self.issuer.path)


def find_path(certificate: x509.Certificate, trust: TrustStore, policy: Policy) -> tuple[Path | None, str, str]:
    """The path to a pinned root. The certificates that came with the signature are not looked at."""
    named = trust.issuers_of(certificate)
    if not named:
        return None, "the signer's certificate is not issued by a trusted authority", "NO_CERTIFICATE_CHAIN_FOUND"
    faults = [_issue_fault(certificate, authority, policy) for authority in named]
    if NO_FAULT in faults:
        return Path(certificate, named[faults.index(NO_FAULT)]), *NO_FAULT
    return None, *faults[0]


def _issue_fault(certificate: x509.Certificate, authority: Authority, policy: Policy) -> Fault:
    try:
        signed = Signed.read(certificate.public_bytes(Encoding.DER))
        check_issued(signed, authority.certificate, policy.signatures, policy.digests)
    except Unsuitable as fault:
        return f"the signer's certificate: {fault}", "CRYPTO_CONSTRAINTS_FAILURE"
    except InvalidSignature:
        return "the signer's certificate bears the name of a trusted authority but not its signature", (
            "CERTIFICATE_CHAIN_GENERAL_FAILURE"
        )
    return NO_FAULT


def authorities_fault(path: Path) -> str:
    """Each authority above the signer must be one: basic constraints, path length, key usage, critical extensions."""
    for below, certificate in enumerate(path.authorities):
        if fault := _authority_fault(certificate, below):
            return f"{certificate.subject.rfc4514_string()}: {fault}"
    return ""


def _authority_fault(certificate: x509.Certificate, below: int) -> str:
    constraints = _extension(certificate, x509.BasicConstraints)
    if constraints is None or not constraints.ca:
        return "is not a certificate authority"
    if constraints.path_length is not None and below > constraints.path_length:
        return "allows fewer authorities below it"
    usage = _extension(certificate, x509.KeyUsage)
    if usage is None or not usage.key_cert_sign:
        return "may not sign certificates"
    return extensions_fault(certificate)


def extensions_fault(certificate: x509.Certificate) -> str:
    """A critical extension that is not understood must be refused (RFC 5280, 4.2)."""
    for extension in certificate.extensions:
        if extension.critical and not isinstance(extension.value, UNDERSTOOD):
            return f"critical extension {extension.oid.dotted_string} is not understood"
    return ""


def _extension(certificate: x509.Certificate, kind: type) -> Any:
    try:
        return certificate.extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None


def validity_fault(path: Path, at: datetime, created_after: datetime | None) -> Fault:
    """All certificates of the path must be in force at the best signature time."""
    for certificate in (path.signer, *path.authorities):
        if at < certificate.not_valid_before_utc:
            return f"not valid before {certificate.not_valid_before_utc.isoformat()}", "NOT_YET_VALID"
        if at > certificate.not_valid_after_utc:
            return _expired(certificate, created_after)
    return NO_FAULT


def _expired(certificate: x509.Certificate, created_after: datetime | None) -> Fault:
    """Expired for certain only if the signed bytes prove that they were signed later than that."""
    proven = created_after is not None and created_after > certificate.not_valid_after_utc
    detail = f"the certificate expired at {certificate.not_valid_after_utc.isoformat()}"
    return detail, "EXPIRED" if proven else "OUT_OF_BOUNDS_NO_POE"


def usage_fault(certificate: x509.Certificate) -> str:
    """A signing certificate has nonRepudiation and emailProtection, and is not one for authentication."""
    usage = _extension(certificate, x509.KeyUsage)
    purposes = identity.usages(certificate)
    constraints = _extension(certificate, x509.BasicConstraints)
    if usage is None or not usage.content_commitment:
        return "the certificate is not for signing: key usage nonRepudiation is missing"
    if oids.EMAIL_PROTECTION not in purposes:
        return "the certificate is not for signing: extended key usage emailProtection is missing"
    if oids.CLIENT_AUTH in purposes:
        return "the certificate is for authentication: extended key usage clientAuth"
    if constraints is not None and constraints.ca:
        return "the certificate is that of an authority"
    return ""


def role_fault(certificate: x509.Certificate, expected: frozenset[str], policy: Policy) -> str:
    """The certificate must name one of the expected roles, or at least some role of the national arc."""
    found = identity.roles(certificate, policy.role_arc)
    if not found:
        return "the certificate names no role of its owner"
    if expected and not expected & found:
        return f"the certificate's roles are {', '.join(sorted(found))}, expected one of {', '.join(sorted(expected))}"
    return ""


def policy_fault(certificate: x509.Certificate, allowed: frozenset[str]) -> str:
    """The certificate must be issued under one of the allowed certificate policies."""
    policies = _extension(certificate, x509.CertificatePolicies)
    found = {one.policy_identifier.dotted_string for one in policies or ()}
    return "" if found & allowed else f"certificate policy {', '.join(sorted(found)) or 'missing'} is not for signing"
