"""Reads a certificate once and caches its facts, which depend only on its bytes. Verdicts are never cached."""

import contextlib
import functools
import hashlib
from datetime import datetime
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from signatures.asn1 import oids
from signatures.asn1.der import MAX_KEPT_BYTES
from signatures.crypto.algorithms import MAX_KEPT, Digest, fields_of, key_strength
from signatures.report.faults import Fault, FaultError, fault_of
from signatures.report.report import HOSTILE, Signer
from signatures.x509 import identity

# The extensions that may be critical (RFC 5280, 4.2).
UNDERSTOOD = (
    x509.BasicConstraints,
    x509.KeyUsage,
    x509.ExtendedKeyUsage,
    x509.CertificatePolicies,
    x509.SubjectAlternativeName,
)

# The names of RFC 5280, 4.2.1.3, except those for authorities and encipherOnly, decipherOnly.
KEY_USAGES = {
    "digitalSignature": "digital_signature",
    "nonRepudiation": "content_commitment",
    "keyEncipherment": "key_encipherment",
    "dataEncipherment": "data_encipherment",
    "keyAgreement": "key_agreement",
}


# Its place among the fields of a certificate.
ISSUER = 2


class Facts:
    """The facts of one certificate. Reading an unreadable one raises one of ``HOSTILE`` each time.

    Compared by identity; :func:`facts_of` returns the same object for the same bytes, so it can be a cache key.
    """

    def __init__(self, certificate: x509.Certificate) -> None:
        self.certificate = certificate
        self.serial = certificate.serial_number
        self.der = certificate.public_bytes(Encoding.DER)
        self._digests: dict[str, bytes] = {}

    def digest(self, algorithm: Digest) -> bytes:
        """The digest of the certificate, as attributes of signatures name it."""
        if algorithm.name not in self._digests:
            self._digests[algorithm.name] = algorithm.compute(self.der)
        return self._digests[algorithm.name]

    def extension(self, kind: type) -> Any:
        """An extension's value, or ``None``."""
        try:
            return self.certificate.extensions.get_extension_for_class(kind).value
        except x509.ExtensionNotFound:
            return None

    @functools.cached_property
    def issuer_name(self) -> bytes:
        """DER of the issuer's name."""
        return fields_of(self.certificate)[ISSUER].raw

    @functools.cached_property
    def not_before(self) -> datetime:
        return self.certificate.not_valid_before_utc

    @functools.cached_property
    def not_after(self) -> datetime:
        return self.certificate.not_valid_after_utc

    @functools.cached_property
    def signer(self) -> Signer:
        """The owner, for the report."""
        names = self.certificate.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
        return Signer(
            iin=identity.iin(self.certificate),
            bin=identity.bin_(self.certificate),
            name=str(names[0].value) if names else "",
            serial=format(self.serial, "x"),
            cert_sha256=hashlib.sha256(self.der).hexdigest(),
            not_before=self.not_before,
            not_after=self.not_after,
        )

    @functools.cached_property
    def unknown_critical(self) -> str:
        """The first critical extension that is not understood; empty if there is none."""
        unknown = (
            extension
            for extension in self.certificate.extensions
            if extension.critical and not isinstance(extension.value, UNDERSTOOD)
        )
        return next((extension.oid.dotted_string for extension in unknown), "")

    @functools.cached_property
    def constraints(self) -> x509.BasicConstraints | None:
        return self.extension(x509.BasicConstraints)

    @functools.cached_property
    def key_usage(self) -> x509.KeyUsage | None:
        return self.extension(x509.KeyUsage)

    @functools.cached_property
    def key_usages(self) -> frozenset[str]:
        """The key usages, by the names of ``KEY_USAGES``."""
        return frozenset(name for name, flag in KEY_USAGES.items() if self.key_usage and getattr(self.key_usage, flag))

    @functools.cached_property
    def usages(self) -> frozenset[str]:
        """The extended key usages as dotted identifiers."""
        return identity.usages(self.certificate)

    @functools.cached_property
    def policies(self) -> frozenset[str]:
        """The certificate policies as dotted identifiers."""
        stated = self.extension(x509.CertificatePolicies) or ()
        return frozenset(policy.policy_identifier.dotted_string for policy in stated)

    @functools.cached_property
    def subject(self) -> tuple[frozenset[tuple[str, str]], ...]:
        """The subject's name in a form that can be compared (:func:`signatures.x509.identity.comparable`)."""
        return identity.comparable(self.certificate.subject)

    @functools.cached_property
    def issuer(self) -> tuple[frozenset[tuple[str, str]], ...]:
        """The issuer's name in the same form."""
        return identity.comparable(self.certificate.issuer)

    @functools.cached_property
    def restriction(self) -> str:
        """The first extension by which an authority restricts what is below it, critical or not; empty if none."""
        found = (extension.oid.dotted_string for extension in self.certificate.extensions)
        return next((oid for oid in found if oid in oids.RESTRICTIONS), "")

    @functools.cached_property
    def strength(self) -> str:
        """Kind and size of the key (:func:`signatures.crypto.algorithms.key_strength`)."""
        return key_strength(self.certificate)


@functools.lru_cache(maxsize=MAX_KEPT)
def facts_of(certificate: x509.Certificate) -> Facts:
    """The facts of a certificate, cached by all of its bytes."""
    return Facts(certificate)


@functools.lru_cache(maxsize=MAX_KEPT)
def read_facts(data: bytes) -> Facts:
    """The facts of a certificate from its DER. Raises as :func:`read_certificate` does."""
    return facts_of(read_certificate(data))


# Issuers' names that were read, by their bytes: an authority's certificates share one.
_read_issuers: set[bytes] = set()


def _names_issuer(certificate: x509.Certificate) -> bool:
    """Whether the issuer has a name; raises if it cannot be read, each time."""
    raw = fields_of(certificate)[ISSUER].raw
    if raw in _read_issuers:
        return True
    is_named = bool(list(certificate.issuer))
    if is_named and len(raw) <= MAX_KEPT_BYTES:
        if len(_read_issuers) >= MAX_KEPT:
            _read_issuers.clear()
        _read_issuers.add(raw)
    return is_named


@functools.lru_cache(maxsize=MAX_KEPT)
def read_certificate(data: bytes) -> x509.Certificate:
    """A certificate from DER. ``ValueError`` also if its names, which the library parses lazily, cannot be read."""
    try:
        certificate = x509.load_der_x509_certificate(data)
        named = len(list(certificate.subject)) and _names_issuer(certificate)
        # Parses the extensions, which contain names too; checks that need an extension report its other faults.
        with contextlib.suppress(*HOSTILE):
            _ = certificate.extensions
    except (ValueError, TypeError, x509.InvalidVersion) as fault:
        raise FaultError(Fault("certificate-unreadable", reason=fault_of(fault))) from fault
    if not named:
        raise FaultError(Fault("certificate-nameless"))
    return certificate
