"""Reads the owner's identity from a certificate of Kazakhstan's National Certification Authority.

The owner's IIN is the subject's only ``serialNumber``, written "IIN" and twelve ASCII digits; the organisation's BIN is
in ``OU``, written "BIN" and twelve ASCII digits. Nothing else is accepted: no number in the common name, no second
number, no digits of another script. The check digit is not checked, since test numbers do not satisfy it.
"""

import re

from cryptography import x509

from signatures.asn1 import oids

NUMBER = re.compile(r"[0-9]{12}", re.ASCII)


def _texts(certificate: x509.Certificate, oid: x509.ObjectIdentifier) -> list[str]:
    return [str(attribute.value) for attribute in certificate.subject.get_attributes_for_oid(oid)]


def _numbers(texts: list[str], prefix: str) -> list[str]:
    return [text[3:] for text in texts if text.startswith(prefix) and NUMBER.fullmatch(text[3:])]


def iin(certificate: x509.Certificate) -> str | None:
    """The owner's IIN, or ``None`` unless the subject has exactly one serial number, and that is an IIN."""
    serials = _texts(certificate, x509.NameOID.SERIAL_NUMBER)
    found = _numbers(serials, "IIN")
    return found[0] if len(serials) == len(found) == 1 else None


def bin_(certificate: x509.Certificate) -> str | None:
    """The BIN of the owner's organisation, or ``None`` unless the subject names exactly one."""
    units = [unit for unit in _texts(certificate, x509.NameOID.ORGANIZATIONAL_UNIT_NAME) if "BIN" in unit.upper()]
    found = _numbers(units, "BIN")
    return found[0] if len(units) == len(found) == 1 else None


def roles(certificate: x509.Certificate, arc: str = oids.KZ_ROLES) -> frozenset[str]:
    """The extended key usages under ``arc``: individual, legal entity, its head, employee, information system, ..."""
    return under(usages(certificate), arc)


def under(found: frozenset[str], arc: str) -> frozenset[str]:
    """The identifiers in ``found`` under ``arc``, including ``arc`` itself."""
    return frozenset(usage for usage in found if usage == arc or usage.startswith(arc + "."))


def usages(certificate: x509.Certificate) -> frozenset[str]:
    """All extended key usages as dotted identifiers; none if the extension is absent."""
    try:
        extension = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    except x509.ExtensionNotFound:
        return frozenset()
    return frozenset(usage.dotted_string for usage in extension.value)
