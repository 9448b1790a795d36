"""Certificate revocation lists: complete ones, and deltas put upon their complete ones (RFC 5280, 5)."""

import functools
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from signatures.algorithms import MAX_KEPT
from signatures.report import HOSTILE


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
    changed = delta and delta.get_revoked_certificate_by_serial_number(serial)
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
        raise ValueError(f"not a revocation list: {fault}") from fault
    if not named:
        raise ValueError("a revocation list names no issuer")
    return found


def reason(entry: x509.RevokedCertificate) -> x509.ReasonFlags:
    """The reason of an entry; unspecified where it gives none that can be read: revoked it is."""
    try:
        return entry.extensions.get_extension_for_class(x509.CRLReason).value.reason
    except (x509.ExtensionNotFound, *HOSTILE):
        return x509.ReasonFlags.unspecified


def paired(found: Iterable[x509.CertificateRevocationList]) -> tuple[RevocationList, ...]:
    """The lists of one authority, each delta upon the newest complete list that it may be put upon.

    ``ValueError`` for a delta without such a list, and for one that covers only some certificates or those of others.
    """
    lists = tuple(found)
    bases = [one for one in lists if not _value(one, x509.DeltaCRLIndicator)]
    if any(_value(one, x509.IssuingDistributionPoint) for one in lists):
        raise ValueError("partial and indirect revocation lists are not taken")
    deltas = [one for one in lists if _value(one, x509.DeltaCRLIndicator)]
    return (*map(RevocationList, bases), *(RevocationList(_base_of(one, bases), one) for one in deltas))


def _base_of(
    delta: x509.CertificateRevocationList, bases: list[x509.CertificateRevocationList]
) -> x509.CertificateRevocationList:
    """RFC 5280, 5.2.4: its number is at least the one that the delta starts from, and below the delta's own."""
    lowest, own = _value(delta, x509.DeltaCRLIndicator).crl_number, _number(delta)
    fitting = [one for one in bases if lowest <= _number(one) < own]
    if not fitting:
        raise ValueError("a delta revocation list without the complete list that it adds to")
    return max(fitting, key=_number)


def _number(one: x509.CertificateRevocationList) -> int:
    value = _value(one, x509.CRLNumber)
    return value.crl_number if value else -1


def _value(one: x509.CertificateRevocationList, kind: type) -> Any:
    """An extension's value. A list with a critical extension that is not understood must not be used."""
    known = (x509.CRLNumber, x509.DeltaCRLIndicator, x509.IssuingDistributionPoint)
    found = None
    for extension in one.extensions:
        if extension.critical and not isinstance(extension.value, known):
            raise ValueError(f"revocation list: critical extension {extension.oid.dotted_string} is not understood")
        found = extension.value if isinstance(extension.value, kind) else found
    return found
