"""Cases 10-16 and 18: signed attributes."""

import hashlib

import pytest

from signatures.asn1 import der, oids
from tests.signatures.conftest import failed
from tests.signatures.makers import CONTENT, SHA1, algorithm, attribute, ess, octets, sequence

DIGEST = octets(hashlib.sha256(CONTENT).digest())


def test_case_10_no_signed_attributes(person, check):
    report = check(person.sign(signed=False))
    assert (report.indication, report.sub_indication) == ("TOTAL_FAILED", "FORMAT_FAILURE")
    assert "signed-attributes" in failed(report)


@pytest.mark.parametrize(
    "values",
    [
        [],
        [attribute(oids.MESSAGE_DIGEST, DIGEST)] * 2,
        [attribute(oids.MESSAGE_DIGEST, DIGEST, octets(b"x" * 32))],
        [attribute(oids.MESSAGE_DIGEST)],
        [attribute(oids.MESSAGE_DIGEST, octets(b"x" * 31))],
        [attribute(oids.MESSAGE_DIGEST, octets(b""))],
        [attribute(oids.MESSAGE_DIGEST, der.encode(der.INTEGER, DIGEST[2:]))],
    ],
    ids=["missing", "twice", "two values", "no value", "wrong length", "empty", "other type"],
)
def test_case_12_message_digest(person, check, values):
    report = check(person.sign(without=oids.MESSAGE_DIGEST, more=values))
    assert report.indication == "TOTAL_FAILED"
    assert failed(report) & {"message-digest", "signed-attributes"}


@pytest.mark.parametrize(
    "values",
    [
        [],
        [attribute(oids.CONTENT_TYPE, der.encode_oid(oids.DATA))] * 2,
        [attribute(oids.CONTENT_TYPE, der.encode_oid(oids.SIGNED_DATA))],
        [attribute(oids.CONTENT_TYPE, octets(b"x"))],
        [attribute(oids.CONTENT_TYPE, der.encode(der.OID, b"\x80\x01"))],
        [attribute(oids.CONTENT_TYPE, der.encode(der.OID, b"\x2a" + b"\x81" * 100 + b"\x01"))],
    ],
    ids=["missing", "twice", "other", "not an identifier", "a malformed identifier", "an endless identifier"],
)
def test_case_13_content_type(person, check, values):
    report = check(person.sign(without=oids.CONTENT_TYPE, more=values))
    assert (report.indication, report.sub_indication) == ("TOTAL_FAILED", "FORMAT_FAILURE")
    assert failed(report) & {"content-type", "signed-attributes"}


def _issuer_serial(certificate, serial):
    name = der.encode(0xA4, certificate.issuer.public_bytes())
    return sequence(sequence(name), der.encode_integer(serial))


def test_case_14_signing_certificate_attribute(person, check):
    own = person.certificate
    sha1 = hashlib.sha1(b"").digest()
    wrong = {
        "missing": [],
        "wrong hash": [ess(own, digest=b"x" * 32)],
        "two": [ess(own), ess(own)],
        "SHA-1": [ess(own, prefix=algorithm(SHA1), digest=sha1)],
        "issuer and serial": [ess(own, suffix=_issuer_serial(own, own.serial_number + 1))],
        "malformed": [attribute(oids.SIGNING_CERTIFICATE_V2, sequence())],
        "old form": [ess(own), attribute(oids.SIGNING_CERTIFICATE, sequence(sequence(sequence(octets(sha1)))))],
    }
    for name, values in wrong.items():
        report = check(person.sign(without=oids.SIGNING_CERTIFICATE_V2, more=values))
        assert not report.passed, name
        assert failed(report) & {"signing-certificate-attribute", "signed-attributes"}, name


def test_case_14_accepted_forms(person, check):
    """With the hash algorithm named, and with issuer and serial number that match."""
    own = person.certificate
    for value in (
        ess(own, prefix=algorithm(oids.SHA256)),
        ess(own, suffix=_issuer_serial(own, own.serial_number)),
        ess(own, prefix=algorithm(oids.SHA512), digest=hashlib.sha512(_der(own)).digest()),
    ):
        assert check(person.sign(without=oids.SIGNING_CERTIFICATE_V2, more=[value])).passed


def _der(certificate):
    from cryptography.hazmat.primitives.serialization import Encoding

    return certificate.public_bytes(Encoding.DER)


def test_case_15_attributes_out_of_order(person, check):
    report = check(person.sign(sort=False))
    assert (report.sub_indication, failed(report)) == ("FORMAT_FAILURE", {"signed-attributes"})


def test_case_16_signing_time(person, check):
    """It proves nothing and may be absent; if present, it must be a single time."""
    assert check(person.sign(without=oids.SIGNING_TIME)).passed
    time = attribute(oids.SIGNING_TIME, octets(b"yesterday"))
    assert "signing-time" in failed(check(person.sign(without=oids.SIGNING_TIME, more=[time])))
    twice = [attribute(oids.SIGNING_TIME, der.encode(der.UTC_TIME, b"260101000000Z"))]
    assert "signed-attributes" in failed(check(person.sign(more=twice)))


def test_case_18_forbidden_attribute(person, check):
    report = check(person.sign(more=[attribute(oids.COUNTER_SIGNATURE, sequence())]))
    assert "signed-attributes" in failed(report)
