"""S-F11 to S-F13: the indication says what is true. What the standards allow and we refuse is not "proven false"."""

import hashlib
import subprocess

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from signatures.asn1 import ber, der, oids
from signatures.evidence.timestamps import verify_token
from signatures.policy import DEFAULT
from tests.signatures.conftest import failed
from tests.signatures.makers import CONTENT, DAY, NOW, P256_KEY, algorithm, attribute, ess, octets, sequence
from tests.signatures.services import evidence, imprint, tsa, value_of

NOT_TAKEN, FORM = ("INDETERMINATE", "SIG_CONSTRAINTS_FAILURE"), ("TOTAL_FAILED", "FORMAT_FAILURE")


def outcome(report):
    return report.indication, report.sub_indication


# -- S-F11 -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content", [b"1. The text", b"1", b"1\x00", b"1\x03abc", b"1\x820000" + bytes(20), b"1" * 100_000, b"1\x80"]
)
def test_s_f11_content_that_begins_with_a_digit(person, check, content):
    assert check(person.sign(content), content).passed


def test_s_f11_content_that_is_a_set_of_attributes(person, check):
    for members in ([attribute("1.2.3.4", octets(b"x"))], [attribute(oids.CONTENT_TYPE), ess(person.certificate)]):
        content = der.encode(der.SET, *members)
        report = check(person.sign(content), content)
        assert (outcome(report), failed(report)) == (FORM, {"content"})


# -- S-F12 -----------------------------------------------------------------------------------------------------------


def named_digests(cms: bytes, *digests: str) -> bytes:
    """The signature with other digestAlgorithms."""
    kind, wrapped = der.element(cms).children()
    version, _digests, *rest = wrapped.children()[0].children()
    named = der.encode_set(*(algorithm(oid) for oid in digests))
    return sequence(kind.raw, der.encode(0xA0, sequence(version.raw, named, *(part.raw for part in rest))))


LEGAL = {
    "indefinite length": lambda p: b"\x30\x80" + der.element(p.sign()).content + b"\x00\x00",
    "one more digest": lambda p: named_digests(p.sign(), oids.SHA256, oids.SHA512),
    "signed attributes over 4 KiB": lambda p: p.sign(more=[attribute("1.2.3.4", octets(b"x" * 5000))]),
    "more than 32 attributes": lambda p: p.sign(more=[attribute(f"1.2.3.{n}", b"\x05\x00") for n in range(40)]),
    "attached": lambda p: p.sign(content_info=sequence(der.encode_oid(oids.DATA), der.encode(0xA0, octets(CONTENT)))),
    "two signers": lambda p: p.sign(infos=2),
    "nine certificates": lambda p: p.sign(certificates=[p.certificate] * 9),
    "a countersignature": lambda p: p.sign(unsigned=[attribute(oids.COUNTER_SIGNATURE, sequence())]),
    "the older attribute too": lambda p: p.sign(
        more=[attribute(oids.SIGNING_CERTIFICATE, sequence(sequence(sequence(octets(b"x" * 20)))))]
    ),
    "content of another type": lambda p: p.sign(
        content_info=sequence(der.encode_oid("1.2.3.4")),
        without=oids.CONTENT_TYPE,
        more=[attribute(oids.CONTENT_TYPE, der.encode_oid("1.2.3.4"))],
    ),
    "several certificates named": lambda p: p.sign(
        without=oids.SIGNING_CERTIFICATE_V2,
        more=[attribute(oids.SIGNING_CERTIFICATE_V2, sequence(sequence(*[named_entry(p)] * 2)))],
    ),
}


def named_entry(person) -> bytes:
    return sequence(octets(hashlib.sha256(person.certificate.public_bytes(Encoding.DER)).digest()))


@pytest.mark.parametrize("name", LEGAL)
def test_s_f12_a_legal_form_that_is_refused_is_not_proven_false(person, check, name):
    assert outcome(check(LEGAL[name](person))) == NOT_TAKEN


ILLEGAL = {
    "cut off": lambda p: p.sign()[:-1],
    "no digest named": lambda p: named_digests(p.sign()),
    "another digest named": lambda p: named_digests(p.sign(), oids.SHA512),
    "no signer": lambda p: p.sign(infos=0),
    # RFC 5652, 5.3: signed attributes must be DER, even if the rest is BER; signers that do not sort them are at fault.
    "unsorted attributes": lambda p: p.sign(sort=False),
    "an attribute twice": lambda p: p.sign(more=[attribute(oids.SIGNING_TIME, der.encode_time(NOW + DAY))]),
    "contentType of another type": lambda p: p.sign(content_info=sequence(der.encode_oid("1.2.3.4"))),
    "a countersignature among the signed": lambda p: p.sign(more=[attribute(oids.COUNTER_SIGNATURE, sequence())]),
    "no signed attributes": lambda p: p.sign(signed=False),
}


@pytest.mark.parametrize("name", ILLEGAL)
def test_s_f12_what_no_standard_allows_is_a_fault_of_the_format(person, check, name):
    assert outcome(check(ILLEGAL[name](person))) == FORM


@pytest.mark.parametrize("option", ["-stream", "-nodetach"], ids=["indefinite lengths", "content inside"])
def test_s_f12_openssl_with_other_options(pki, person, check, tmp_path, option):
    (tmp_path / "content").write_bytes(CONTENT)
    (tmp_path / "own.pem").write_bytes(person.certificate.public_bytes(Encoding.PEM))
    (tmp_path / "key.pem").write_bytes(P256_KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    command = f"openssl cms -sign -cades -binary -outform DER -md sha256 {option} -in content -signer own.pem"
    subprocess.run([*command.split(), "-inkey", "key.pem", "-out", "cms"], cwd=tmp_path, check=True)
    assert outcome(check((tmp_path / "cms").read_bytes())) == NOT_TAKEN


# -- S-F13 -----------------------------------------------------------------------------------------------------------


def in_ber(data: bytes, depth: int = 0) -> bytes:
    """The same value with indefinite lengths down to the signed attributes, and its octets in two parts."""
    found = der.element(data)
    if depth > 3 or not found.tag & 0x20:
        return data
    return bytes([found.tag, 0x80]) + b"".join(in_ber(child.raw, depth + 1) for child in found.children()) + b"\0\0"


def in_parts(data: bytes) -> bytes:
    """The token's TSTInfo as a constructed string, as Bouncy Castle writes it."""
    kind, wrapped = der.element(data).children()
    version, digests, carried, *rest = wrapped.children()[0].children()
    inner, explicit = carried.children()
    info = explicit.children()[0].content
    parts = b"\x24\x80" + octets(info[:9]) + octets(info[9:]) + b"\0\0"
    content = sequence(inner.raw, der.encode(0xA0, parts))
    return sequence(kind.raw, der.encode(0xA0, sequence(version.raw, digests.raw, content, *(p.raw for p in rest))))


def with_attribute_certificate(data: bytes) -> bytes:
    kind, wrapped = der.element(data).children()
    version, digests, carried, certificates, *rest = wrapped.children()[0].children()
    more = der.encode(0xA0, certificates.content, der.encode(0xA2, der.encode_integer(1)))
    parts = (version.raw, digests.raw, carried.raw, more, *(part.raw for part in rest))
    return sequence(kind.raw, der.encode(0xA0, sequence(*parts)))


@pytest.mark.parametrize("change", [in_ber, in_parts, with_attribute_certificate])
def test_s_f13_a_token_as_others_write_it(pki, person, check, change):
    cms = person.sign()
    token = change(tsa(pki.issuer).token(imprint(value_of(cms))))
    report = check(cms, evidence=evidence(cms, token), at=NOW + DAY, now=NOW + DAY)
    assert report.passed
    assert report.best_signature_time < NOW + DAY


def test_s_f13_what_is_signed_in_a_token_stays_strict(pki, person):
    """A token in BER with one octet of its signed attributes changed."""
    from signatures.evidence.timestamps import BadTimestamp

    stamped = value_of(person.sign())
    token = in_ber(tsa(pki.issuer).token(imprint(stamped)))
    verify_token(token, stamped, trust=pki.trust(), policy=DEFAULT, now=NOW)
    place = token.index(der.encode_oid(oids.MESSAGE_DIGEST)) + 20
    other = token[:place] + bytes([token[place] ^ 1]) + token[place + 1 :]
    with pytest.raises(BadTimestamp):
        verify_token(other, stamped, trust=pki.trust(), policy=DEFAULT, now=NOW)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x30",
        b"\x30\x80",
        b"\x30\x80" * 5000,
        b"\x30\x80" + b"\x05\x00" * 20_000 + b"\0\0",
        b"\x04\x80\x00\x00",
        b"\x30\x84\xff\xff\xff\xff",
        b"\x30\x03\x04\x05a",
        b"\x24\x03\x02\x01\x01",
        b"\x1f\x81\x01\x00",
        b"\x05\x00\x05\x00",
    ],
    ids=str,
)
def test_s_f13_no_other_bytes(data):
    with pytest.raises(ValueError, match=r"."):
        ber.with_shortest_lengths(data)


def test_s_f13_der_stays_as_it_is(person):
    signed = person.sign()
    assert ber.with_shortest_lengths(signed) == signed


def test_s_f13_a_flag_that_says_not_critical(pki, person):
    """An extension of TSTInfo with `critical FALSE` written out, which DER leaves out."""
    from signatures.asn1 import extensions
    from signatures.report.faults import FaultError

    written = sequence(der.encode_oid("1.2.3.4"), der.encode(der.BOOLEAN, b"\x00"), octets(b"x"))
    members = [der.element(written)]
    assert not extensions.from_sequence(members, written_false=True)["1.2.3.4"].critical
    with pytest.raises(FaultError):
        extensions.from_sequence(members)
