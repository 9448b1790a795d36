"""S-F9: a revocation list with an entry that cannot be understood says nothing about anybody (RFC 5280, 5.3)."""

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from tests.signatures.makers import DAY, NOW, SPAN, octets
from tests.signatures.services import evidence

UNKNOWN = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), octets(b"x"))
OTHER = x509.CertificateIssuer(
    [x509.DirectoryName(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "ANOTHER AUTHORITY")]))]
)
# An entry's extension, whether it is critical, and whether the list still counts.
ENTRIES = {
    "unknown, critical": (UNKNOWN, True, False),
    "unknown": (UNKNOWN, False, True),
    "of another authority": (OTHER, True, False),
    "of another authority, not critical": (OTHER, False, False),
    "a reason, critical": (x509.CRLReason(x509.ReasonFlags.superseded), True, True),
    "since when it was invalid": (x509.InvalidityDate(NOW.replace(tzinfo=None)), False, True),
}


def listed(pki, serial: int, extension: x509.ExtensionType, critical: bool) -> x509.CertificateRevocationList:
    """A list with an ordinary entry and one that has the extension."""
    builder = x509.CertificateRevocationListBuilder(pki.issuer.certificate.subject, SPAN.begin, SPAN.end)
    builder = builder.add_extension(x509.CRLNumber(5), critical=False)
    builder = builder.add_revoked_certificate(x509.RevokedCertificateBuilder(1, NOW - DAY).build())
    entry = x509.RevokedCertificateBuilder(serial, NOW - DAY).add_extension(extension, critical)
    return builder.add_revoked_certificate(entry.build()).sign(pki.issuer.key, hashes.SHA256())


@pytest.mark.parametrize("name", ENTRIES)
def test_s_f9_in_the_trust_folder(pki, person, check, name):
    extension, critical, counts = ENTRIES[name]
    trust = pki.trust(lists=[pki.root.revocation_list(SPAN), listed(pki, 2, extension, critical)])
    report = check(person.sign(), trust=trust)
    assert report.sub_indication == ("" if counts else "TRY_LATER")
    assert bool(trust.notes) is not counts


@pytest.mark.parametrize("name", ENTRIES)
def test_s_f9_in_the_evidence(pki, person, check, name):
    extension, critical, counts = ENTRIES[name]
    cms = person.sign()
    kept = evidence(cms, crls=(listed(pki, 2, extension, critical).public_bytes(Encoding.DER),))
    trust = pki.trust(lists=[pki.root.revocation_list(SPAN)])
    assert check(cms, trust=trust, evidence=kept).sub_indication == ("" if counts else "TRY_LATER")


def test_s_f9_an_entry_of_another_authority_with_the_same_number_revokes_nobody(pki, person, check):
    """The complete list beside it goes on counting."""
    odd = listed(pki, person.certificate.serial_number, OTHER, critical=True)
    lists = [pki.root.revocation_list(SPAN), pki.issuer.revocation_list(SPAN), odd]
    assert check(person.sign(), trust=pki.trust(lists=lists)).passed
