"""Reads the owner's identity from a certificate of Kazakhstan's National Certification Authority.

The owner's IIN is the subject's only ``serialNumber``, written "IIN" and twelve ASCII digits; the organisation's BIN is
in ``OU``, written "BIN" and twelve ASCII digits. Nothing else is accepted: no number in the common name, no second
number, no digits of another script. The check digit is not checked, since test numbers do not satisfy it.
"""

import re
import unicodedata

from cryptography import x509

IIN, BIN = re.compile(r"IIN([0-9]{12})", re.ASCII), re.compile(r"BIN([0-9]{12})", re.ASCII)


def comparable(name: x509.Name) -> tuple[frozenset[tuple[str, str]], ...]:
    """A name as RFC 5280, 7.1 compares it: a string's type, its case and the number of blanks make no difference."""
    return tuple(
        frozenset(
            (part.oid.dotted_string, " ".join(unicodedata.normalize("NFKC", str(part.value)).split()).casefold())
            for part in relative
        )
        for relative in name.rdns
    )


def iin(certificate: x509.Certificate) -> str | None:
    """The owner's IIN, or ``None`` unless the subject has exactly one serial number, and that is an IIN."""
    serials = [str(part.value) for part in certificate.subject.get_attributes_for_oid(x509.NameOID.SERIAL_NUMBER)]
    found = IIN.fullmatch(serials[0]) if len(serials) == 1 else None
    return found[1] if found else None


def bin_(certificate: x509.Certificate) -> str | None:
    """The BIN of the owner's organisation, or ``None`` unless the subject names exactly one."""
    parts = certificate.subject.get_attributes_for_oid(x509.NameOID.ORGANIZATIONAL_UNIT_NAME)
    units = [unit for unit in (str(part.value) for part in parts) if "BIN" in unit.upper()]
    found = BIN.fullmatch(units[0]) if len(units) == 1 else None
    return found[1] if found else None


def usages(certificate: x509.Certificate) -> frozenset[str]:
    """All extended key usages as dotted identifiers; none if the extension is absent."""
    try:
        extension = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    except x509.ExtensionNotFound:
        return frozenset()
    return frozenset(usage.dotted_string for usage in extension.value)
