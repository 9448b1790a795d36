"""Certificate revocation lists: complete lists, and deltas with their base lists (RFC 5280, 5)."""

import functools
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from signatures.asn1 import der
from signatures.crypto.algorithms import MAX_KEPT
from signatures.report.faults import Fault, FaultError, fault_of
from signatures.report.report import HOSTILE

# RFC 5280, 4.1.2.2: a serial number is positive and has at most 20 octets.
MAX_SERIAL = 1 << 159
# The octets of a flag that is true, and of the identifier of certificateIssuer (RFC 5280, 5.3.3).
CRITICAL = der.encode(der.BOOLEAN, b"\xff")
CERTIFICATE_ISSUER = der.encode_oid("2.5.29.29")


@dataclass(frozen=True)
class RevocationList:
    """A complete list, with its newest delta if there is one."""

    base: x509.CertificateRevocationList
    delta: x509.CertificateRevocationList | None = None

    @property
    def newest(self) -> x509.CertificateRevocationList:
        # Compared with None, since an empty list is false.
        return self.base if self.delta is None else self.delta

    @functools.cached_property
    def entry(self) -> Callable[[int], x509.RevokedCertificate | None]:
        """Finds the entry of a serial number, unless the delta removes it; the library searches the whole list."""
        return functools.lru_cache(maxsize=MAX_KEPT)(functools.partial(_find, self.base, self.delta))

    def is_fresh(self, at: datetime, latest: datetime) -> bool:
        """Whether it covers ``at`` and was not made after ``latest``. A list without nextUpdate is never fresh."""
        return self.next_update is not None and at <= self.next_update and self.last_update <= latest

    @functools.cached_property
    def last_update(self) -> datetime:
        return self.newest.last_update_utc

    @functools.cached_property
    def next_update(self) -> datetime | None:
        return self.newest.next_update_utc

    def encoded(self) -> tuple[bytes, ...]:
        """DER of the complete list and of the delta, if any."""
        return tuple(part.public_bytes(Encoding.DER) for part in (self.base, self.delta) if part is not None)


def names_serial(listed: x509.CertificateRevocationList, serial: int) -> bool:
    """Whether a list has an entry for that serial number."""
    return _find(listed, None, serial) is not None


def _find(
    base: x509.CertificateRevocationList, delta: x509.CertificateRevocationList | None, serial: int
) -> x509.RevokedCertificate | None:
    if not 0 < serial < MAX_SERIAL:
        # The library raises for some of these numbers; no list that follows RFC 5280, 5.1.2.6 contains one.
        return None
    # Compared with None, since an empty list is false.
    changed = None if delta is None else delta.get_revoked_certificate_by_serial_number(serial)
    if changed:
        return None if reason(changed) is x509.ReasonFlags.remove_from_crl else changed
    return base.get_revoked_certificate_by_serial_number(serial)


def read(data: bytes) -> x509.CertificateRevocationList:
    """A list from PEM or DER. ``ValueError`` also if its issuer, which the library parses lazily, cannot be read."""
    load = x509.load_pem_x509_crl if data.startswith(b"-----") else x509.load_der_x509_crl
    try:
        found = load(data)
        named = len(list(found.issuer))
    except (ValueError, TypeError, x509.InvalidVersion) as fault:
        raise FaultError(Fault("not-a-revocation-list", reason=fault_of(fault))) from fault
    if not named:
        raise FaultError(Fault("revocation-list-nameless"))
    return found


def reason(entry: x509.RevokedCertificate) -> x509.ReasonFlags:
    """The reason of an entry; unspecified if it has no readable one: the certificate is still revoked."""
    try:
        return entry.extensions.get_extension_for_class(x509.CRLReason).value.reason
    except (x509.ExtensionNotFound, *HOSTILE):
        return x509.ReasonFlags.unspecified


def pair_deltas(
    found: Iterable[x509.CertificateRevocationList],
) -> tuple[tuple[RevocationList, ...], tuple[Fault, ...]]:
    """The lists of one authority; each delta is combined with the newest complete list that it applies to.

    Using deltas is optional (RFC 5280, 6.3.3): one without such a list is ignored and named in the second value, as is
    a partial or indirect list, or one that cannot be read.
    """
    notes: list[Fault] = []
    usable: list[x509.CertificateRevocationList] = []
    for listed in found:
        try:
            fault = Fault("revocation-list-partial") if _value(listed, x509.IssuingDistributionPoint) else None
            fault = fault or _entries_fault(listed)
        except HOSTILE as unreadable:
            fault = fault_of(unreadable)
        if fault:
            notes.append(fault)
        else:
            usable.append(listed)
    bases = [listed for listed in usable if not _value(listed, x509.DeltaCRLIndicator)]
    made = [RevocationList(base) for base in bases]
    for delta in (listed for listed in usable if _value(listed, x509.DeltaCRLIndicator)):
        # RFC 5280, 5.2.4: the base's number is at least the one named in the delta, and below the delta's own.
        lowest, own = _value(delta, x509.DeltaCRLIndicator).crl_number, _number(delta)
        fitting = [base for base in bases if lowest <= _number(base) < own]
        if fitting:
            made.append(RevocationList(max(fitting, key=_number), delta))
        else:
            notes.append(Fault("delta-list-without-base"))
    return tuple(made), tuple(notes)


def _entries_fault(listed: x509.CertificateRevocationList) -> Fault | None:
    """The fault of a list with an entry that is not understood: it speaks for no certificate (RFC 5280, 5.3).

    An entry that names an issuer (critical or not) makes the list an indirect one.
    """
    data = listed.tbs_certlist_bytes
    # Reading the extensions of all entries is slow, and most lists have no such extension: look for its octets first.
    critical = sum(extension.critical for extension in listed.extensions)
    if data.count(CRITICAL) <= critical and CERTIFICATE_ISSUER not in data:
        return None
    for entry in listed:
        for extension in entry.extensions:
            if isinstance(extension.value, x509.CertificateIssuer):
                return Fault("revocation-list-partial")
            if extension.critical and not isinstance(extension.value, x509.CRLReason | x509.InvalidityDate):
                return Fault("revocation-list-extension-unknown", extension=extension.oid.dotted_string)
    return None


def _number(listed: x509.CertificateRevocationList) -> int:
    value = _value(listed, x509.CRLNumber)
    return value.crl_number if value else -1


def _value(listed: x509.CertificateRevocationList, kind: type) -> Any:
    """An extension's value. ``FaultError`` if a critical extension of the list is not understood."""
    known = (x509.CRLNumber, x509.DeltaCRLIndicator, x509.IssuingDistributionPoint)
    found = None
    for extension in listed.extensions:
        if extension.critical and not isinstance(extension.value, known):
            raise FaultError(Fault("revocation-list-extension-unknown", extension=extension.oid.dotted_string))
        found = extension.value if isinstance(extension.value, kind) else found
    return found
