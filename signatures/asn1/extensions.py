"""Reads the extensions of a certificate one by one.

``cryptography`` reads all of them or none, and some real certificates have an ill-formed one: Kazakhstan's OCSP
responder has an empty ``ocsp-nocheck``. Here only the extensions that are needed, or critical, are read.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cryptography import x509

from signatures.asn1 import der, oids
from signatures.report.faults import Fault, FaultError

DIGITAL_SIGNATURE, CONTENT_COMMITMENT = 0x80, 0x40


@dataclass(frozen=True)
class Extension:
    """One extension: whether it is critical, and the DER of its value."""

    critical: bool
    value: bytes


def read(certificate: x509.Certificate) -> dict[str, Extension]:
    """All extensions by identifier; ``ValueError`` if the outer form is wrong or an extension occurs twice."""
    fields = der.element(certificate.tbs_certificate_bytes).children()
    if not fields or fields[-1].tag != der.CONTEXT_3:
        return {}
    return from_sequence(fields[-1].first().expect(der.SEQUENCE).children())


def from_sequence(members: Iterable[der.Element], *, written_false: bool = False) -> dict[str, Extension]:
    """Extensions by identifier from the members of their sequence; ``ValueError`` as in :func:`read`.

    ``written_false``: take a flag that says "not critical", which DER leaves out and some timestamp authorities write.
    """
    found: dict[str, Extension] = {}
    for member in members:
        kind, *flag, value = member.expect(der.SEQUENCE).children()
        if kind.oid() in found:
            raise FaultError(Fault("extension-twice", extension=kind.oid()))
        flags = [stated.expect(der.BOOLEAN).content for stated in flag]
        if flags not in ([], [b"\xff"]) and not (written_false and flags == [b"\x00"]):
            raise FaultError(Fault("extension-flag-not-true"))
        found[kind.oid()] = Extension(flags == [b"\xff"], value.expect(der.OCTET_STRING).content)
    return found


def unknown_fault(found: Mapping[str, Extension], known: frozenset[str]) -> Fault | None:
    """The fault if a critical extension is not understood (RFC 5280, 4.2)."""
    unknown = [oid for oid, extension in found.items() if extension.critical and oid not in known]
    return Fault("critical-extension-unknown", extension=unknown[0]) if unknown else None


def purposes(found: Mapping[str, Extension]) -> tuple[str, ...]:
    """The extended key usages."""
    if oids.EXTENDED_KEY_USAGE not in found:
        return ()
    listed = der.element(found[oids.EXTENDED_KEY_USAGE].value).expect(der.SEQUENCE).children()
    return tuple(purpose.oid() for purpose in listed)


def may_sign(found: Mapping[str, Extension]) -> bool:
    """Whether the key usage, if there is one, allows signatures over data."""
    if oids.KEY_USAGE not in found:
        return True
    bits = der.element(found[oids.KEY_USAGE].value).expect(der.BIT_STRING).content[1:2]
    return bool(bits and bits[0] & (DIGITAL_SIGNATURE | CONTENT_COMMITMENT))
