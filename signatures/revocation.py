"""Revocation by the lists of the trust folder (RFC 5280, 5)."""

from datetime import datetime

from cryptography import x509

from signatures.certificates import NO_FAULT, Fault, Path
from signatures.policy import Policy
from signatures.trust import Authority, TrustStore


def revocation_fault(
    path: Path, trust: TrustStore, at: datetime, created_after: datetime | None, policy: Policy
) -> Fault:
    """The signer and every authority below the root must be unrevoked at ``at``, by a list fresh for ``at``."""
    pairs = [(path.signer, path.issuer)]
    pairs += [
        (below, trust.authority(above)) for below, above in zip(path.authorities, path.authorities[1:], strict=False)
    ]
    for certificate, issuer in pairs:
        fault, sub = _fault(certificate, issuer, at, created_after, policy)
        if fault:
            return fault, "REVOKED_CA_NO_POE" if "REVOKED" in sub and certificate != path.signer else sub
    return NO_FAULT


def _fault(
    certificate: x509.Certificate, issuer: Authority, at: datetime, created_after: datetime | None, policy: Policy
) -> Fault:
    if not _may_sign_lists(issuer.certificate):
        return "the authority may not sign revocation lists", "TRY_LATER"
    fresh = [one for one in issuer.lists if _is_fresh(one, certificate, at, policy)]
    if not fresh:
        return f"no revocation list of {issuer.certificate.subject.rfc4514_string()} is fresh at that time", "TRY_LATER"
    newest = max(fresh, key=lambda one: one.last_update_utc)
    return _entry_fault(newest, certificate, at, created_after)


def _may_sign_lists(certificate: x509.Certificate) -> bool:
    try:
        return certificate.extensions.get_extension_for_class(x509.KeyUsage).value.crl_sign
    except x509.ExtensionNotFound:
        return False


def _is_fresh(
    revoked: x509.CertificateRevocationList, certificate: x509.Certificate, at: datetime, policy: Policy
) -> bool:
    """A list without nextUpdate is never fresh; one made after the certificate expired may have dropped it."""
    if revoked.next_update_utc is None or at > revoked.next_update_utc:
        return False
    return revoked.last_update_utc <= max(at + policy.clock_skew, certificate.not_valid_after_utc)


def _entry_fault(
    revoked: x509.CertificateRevocationList,
    certificate: x509.Certificate,
    at: datetime,
    created_after: datetime | None,
) -> Fault:
    entry = revoked.get_revoked_certificate_by_serial_number(certificate.serial_number)
    if entry is None or entry.revocation_date_utc > at:
        return NO_FAULT
    proven = created_after is not None and created_after >= entry.revocation_date_utc
    detail = f"the certificate is revoked since {entry.revocation_date_utc.isoformat()}{_reason(entry)}"
    return detail, "REVOKED" if proven else "REVOKED_NO_POE"


def _reason(entry: x509.RevokedCertificate) -> str:
    try:
        return f" ({entry.extensions.get_extension_for_class(x509.CRLReason).value.reason.value})"
    except x509.ExtensionNotFound:
        return ""
