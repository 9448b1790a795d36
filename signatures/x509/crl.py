"""Certificate revocation lists: complete ones, and deltas put upon their complete ones (RFC 5280, 5)."""

import functools
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from signatures.crypto.algorithms import MAX_KEPT
from signatures.report.fault import Fault, FaultError, fault_of
from signatures.report.verdict import HOSTILE

# RFC 5280, 4.1.2.2: a serial number is positive and has at most 20 octets.
MAX_SERIAL = 1 << 159


@dataclass(frozen=True)
class RevocationList:
    """A complete list, with the delta that brings it up to date if there is one."""

    base: x509.CertificateRevocationList
    delta: x509.CertificateRevocationList | None = None

    @property
    def newest(self) -> x509.CertificateRevocationList:
        # An empty list is false: it is not absent.
        return self.base if self.delta is None else self.delta

    def entry(self, serial: int) -> x509.RevokedCertificate | None:
        """The entry of a certificate, unless the delta takes it off the list."""
        return self._entries(serial)

    @functools.cached_property
    def _entries(self) -> Callable[[int], x509.RevokedCertificate | None]:
        """The library goes through the whole list each time: what it found for whoever signs again is kept."""
        return functools.lru_cache(maxsize=MAX_KEPT)(functools.partial(_find, self.base, self.delta))

    def is_fresh(self, at: datetime, latest: datetime) -> bool:
        """Whether it speaks of ``at`` and was not made after ``latest``. Without nextUpdate it never does."""
        return self.next_update is not None and at <= self.next_update and self.last_update <= latest

    @functools.cached_property
    def last_update(self) -> datetime:
        return self.newest.last_update_utc

    @functools.cached_property
    def next_update(self) -> datetime | None:
        return self.newest.next_update_utc

    def encoded(self) -> tuple[bytes, ...]:
        """DER of the complete list and of the delta."""
        return tuple(one.public_bytes(Encoding.DER) for one in (self.base, self.delta) if one is not None)


def _find(
    base: x509.CertificateRevocationList, delta: x509.CertificateRevocationList | None, serial: int
) -> x509.RevokedCertificate | None:
    if not 0 < serial < MAX_SERIAL:
        # The library raises for some of them; no list that follows RFC 5280, 5.1.2.6 can name one.
        return None
    # An empty list is false: it is not absent.
    changed = None if delta is None else delta.get_revoked_certificate_by_serial_number(serial)
    if changed:
        return None if reason(changed) is x509.ReasonFlags.remove_from_crl else changed
    return base.get_revoked_certificate_by_serial_number(serial)


def read(data: bytes) -> x509.CertificateRevocationList:
    """A list from PEM or DER, whose name can be read: the library reads it late, and has a TypeError for some."""
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
    """The reason of an entry; unspecified where it gives none that can be read: revoked it is."""
    try:
        return entry.extensions.get_extension_for_class(x509.CRLReason).value.reason
    except (x509.ExtensionNotFound, *HOSTILE):
        return x509.ReasonFlags.unspecified


def paired(found: Iterable[x509.CertificateRevocationList]) -> tuple[tuple[RevocationList, ...], tuple[Fault, ...]]:
    """The lists of one authority, each delta upon the newest complete list that it may be put upon.

    Using deltas is optional (RFC 5280, 6.3.3): one without such a list is passed over and named in the second value,
    and so is a list that covers only some certificates or those of others, or that cannot be read.
    """
    notes: list[Fault] = []
    usable = [listed for listed in found if _noted(notes, _use_fault, listed)]
    bases = [listed for listed in usable if not _value(listed, x509.DeltaCRLIndicator)]
    made = [RevocationList(base) for base in bases]
    for delta in (listed for listed in usable if _value(listed, x509.DeltaCRLIndicator)):
        base = _base_of(delta, bases)
        if base is None:
            notes.append(Fault("delta-list-without-base"))
        else:
            made.append(RevocationList(base, delta))
    return tuple(made), tuple(notes)


def _noted(
    notes: list[Fault],
    look: Callable[[x509.CertificateRevocationList], Fault | None],
    listed: x509.CertificateRevocationList,
) -> bool:
    try:
        fault = look(listed)
    except HOSTILE as unreadable:
        fault = fault_of(unreadable)
    notes += [fault] if fault else []
    return not fault


def _use_fault(listed: x509.CertificateRevocationList) -> Fault | None:
    partial = _value(listed, x509.IssuingDistributionPoint)
    return Fault("revocation-list-partial") if partial else None


def _base_of(
    delta: x509.CertificateRevocationList, bases: list[x509.CertificateRevocationList]
) -> x509.CertificateRevocationList | None:
    """RFC 5280, 5.2.4: its number is at least the one that the delta starts from, and below the delta's own."""
    lowest, own = _value(delta, x509.DeltaCRLIndicator).crl_number, _number(delta)
    fitting = [base for base in bases if lowest <= _number(base) < own]
    return max(fitting, key=_number, default=None)


def _number(one: x509.CertificateRevocationList) -> int:
    value = _value(one, x509.CRLNumber)
    return value.crl_number if value else -1


def _value(one: x509.CertificateRevocationList, kind: type) -> Any:
    """An extension's value. A list with a critical extension that is not understood must not be used."""
    known = (x509.CRLNumber, x509.DeltaCRLIndicator, x509.IssuingDistributionPoint)
    found = None
    for extension in one.extensions:
        if extension.critical and not isinstance(extension.value, known):
            raise FaultError(Fault("revocation-list-extension-unknown", extension=extension.oid.dotted_string))
        found = extension.value if isinstance(extension.value, kind) else found
    return found
