"""Cases 1-8, 45 and 11: bytes that are not a CMS signature in the accepted form. Numbers are those of the case list."""

import base64
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from signatures import Expected, verify
from signatures.asn1 import der, oids
from tests.signatures.conftest import failed
from tests.signatures.makers import CONTENT, IIN, NOW, Pki, algorithm, attribute, octets, sequence
from tests.signatures.test_valid import pem

FORM = ("TOTAL_FAILED", "FORMAT_FAILURE")
# S-F12: a form that RFC 5652 allows, or more than our limits: it is refused, and nothing is proven to be wrong.
NOT_TAKEN = ("INDETERMINATE", "SIG_CONSTRAINTS_FAILURE")


def outcome(report):
    return report.indication, report.sub_indication


@pytest.mark.parametrize(
    "spoil",
    [
        lambda _: b"",
        lambda _: b"\x00",
        lambda _: b"not base64 at all",
        base64.b64encode,
        lambda cms: pem(cms, "CERTIFICATE"),
        lambda cms: pem(cms, "CMS") * 2,
        lambda cms: pem(cms, "CMS").replace(b"END CMS", b"END PKCS7"),
        lambda cms: b"text before\n" + pem(cms, "CMS"),
        lambda cms: pem(cms, "CMS").replace(b"M", b"*", 1),
        lambda _: b"-----BEGIN CMS-----\nMII=A===\n-----END CMS-----\n",
    ],
)
def test_case_1_not_one_block(person, check, spoil):
    assert outcome(check(spoil(person.sign()))) == FORM


def test_case_2_trailing_bytes(person, check):
    assert outcome(check(person.sign() + b"\x00")) == FORM
    assert outcome(check(pem(person.sign() + b"\x05\x00", "CMS"))) == FORM


def test_case_3_ber_lengths(person, check):
    content = der.element(person.sign()).content
    indefinite = b"\x30\x80" + content + b"\x00\x00"
    long_form = b"\x30\x84" + len(content).to_bytes(4, "big") + content
    for cms in (indefinite, long_form):
        assert outcome(check(cms)) == NOT_TAKEN


def test_case_4_limits(person, check):
    large = person.sign(unsigned=[attribute("1.2.3.4", octets(b"x" * 300_000))])
    many = person.sign(certificates=[person.certificate] * 9)
    for cms in (large, many, b"A" * 10_000_000, person.sign(infos=2)):
        assert outcome(check(cms)) == NOT_TAKEN
    assert outcome(check(person.sign(infos=0))) == FORM


def test_case_5_bombs_are_answered_at_once(person, check):
    nested = octets(b"")
    for _ in range(20_000):
        nested = sequence(nested) if len(nested) < 200_000 else nested
    bombs = [
        nested,
        person.sign(unsigned=[attribute("1.2.3.4", nested[:100_000])]),
        person.sign(more=[attribute(f"1.2.3.{number}", b"\x05\x00") for number in range(2000)]),
        sequence(der.encode(der.OID, b"\xff" * 100_000 + b"\x01"), der.encode(0xA0, b"")),
        person.sign(identifier=sequence(sequence(), der.encode(der.INTEGER, b"\x01" * 100_000))),
    ]
    started = time.perf_counter()
    expected = [FORM, NOT_TAKEN, FORM, FORM]
    assert [outcome(check(bomb)) for bomb in bombs[:1] + bombs[2:]] == expected
    check(bombs[1])
    assert time.perf_counter() - started < 2


def test_case_6_content_types(person, check):
    assert outcome(check(person.sign(content_type=oids.DATA))) == FORM
    other = sequence(der.encode_oid(oids.SIGNED_DATA))
    assert "content-type" in failed(check(person.sign(content_info=other)))


@pytest.mark.parametrize("inside", [CONTENT, b"other"])
def test_case_7_content_inside(person, check, inside):
    info = sequence(der.encode_oid(oids.DATA), der.encode(0xA0, octets(inside)))
    report = check(person.sign(content_info=info))
    assert outcome(report) == NOT_TAKEN
    assert failed(report) == {"detached"}


def test_case_8_signing_certificate(pki, person, check):
    unknown = ("INDETERMINATE", "NO_SIGNING_CERTIFICATE_FOUND")
    assert outcome(check(person.sign(certificates=[]))) == unknown
    assert outcome(check(person.sign(certificates=person.chain))) == unknown
    assert outcome(check(person.sign(identifier=der.encode(0x80, b"x" * 20), version=3))) == unknown
    assert outcome(check(person.sign(identifier=der.encode(0x80, b"x" * 20), version=1))) == FORM


def test_case_8_two_certificates_fit(pki, check):
    """Two certificates with the same key identifier: which of them signed is unknown."""
    one, other = pki.person(), pki.person()
    key = one.certificate.extensions[0].value.digest
    cms = one.sign(identifier=der.encode(0x80, key), version=3, certificates=[one.certificate, other.certificate])
    assert outcome(check(cms)) == ("INDETERMINATE", "NO_SIGNING_CERTIFICATE_FOUND")


def test_case_9_cross_signed_authorities_cost_nothing(pki, person, check):
    fakes = [Pki.make().root.certificate for _ in range(7)]
    started = time.perf_counter()
    assert check(person.sign(certificates=[*fakes, person.certificate])).passed
    outsider = Pki.make().person()
    report = check(outsider.sign(certificates=[outsider.certificate, *fakes]))
    assert "chain" in failed(report)
    assert time.perf_counter() - started < 1


def test_case_11_attributes_passed_off_as_content(person, check):
    """The signed attributes of a valid signature, presented as content of one without attributes."""
    from signatures.cms import parse
    from signatures.policy import DEFAULT

    true = parse(person.sign(), DEFAULT).signer
    forged = person.sign(true.signed, signed=False, signature=true.signature)
    report = check(forged, true.signed)
    assert outcome(report) == FORM
    assert "signed-attributes" in failed(report)
    assert "content" in failed(check(person.sign(true.signed), true.signed))


def test_case_45_counter_signature(person, check):
    countersigned = person.sign(unsigned=[attribute(oids.COUNTER_SIGNATURE, sequence())])
    assert "counter-signature" in failed(check(countersigned))
    assert outcome(check(person.sign(infos=2))) == NOT_TAKEN


@settings(max_examples=150, deadline=None)
@given(data=st.binary(max_size=400))
def test_no_bytes_make_it_raise(data):
    pki = _shared()
    for cms in (data, sequence(data), b"-----BEGIN CMS-----\n" + base64.b64encode(data) + b"\n-----END CMS-----"):
        assert not verify(cms, CONTENT, trust=pki[1], expected=Expected(iin=IIN), at=NOW).passed


_made = []


def _shared():
    """Made once: hypothesis calls a test many times and does not know fixtures."""
    if not _made:
        pki = Pki.make()
        _made.extend([pki, pki.trust(), pki.person().sign()])
    return _made


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_case_19_any_flipped_bit_is_seen(data):
    """No flipped bit in SignerInfo or the signer's certificate passes or raises. Unsigned certificates may change."""
    _, trust, cms = _shared()
    position = data.draw(st.integers(0, len(cms) - 1))
    spoilt = bytearray(cms)
    spoilt[position] ^= 1 << data.draw(st.integers(0, 7))
    report = verify(bytes(spoilt), CONTENT, trust=trust, expected=Expected(iin=IIN), at=NOW)
    if report.passed:
        assert _only_passengers_differ(cms, bytes(spoilt))


def test_certificate_with_a_name_of_an_impossible_type(person, check):
    """Found by flipping bits: the serial number as a BIT STRING, for which the library raises a TypeError."""
    from cryptography.hazmat.primitives.serialization import Encoding

    wanted = b"\x06\x03U\x04\x05\x13"
    cms = person.sign(certificates=[person.certificate])
    assert wanted in person.certificate.public_bytes(Encoding.DER)
    assert outcome(check(cms.replace(wanted, wanted[:-1] + b"\x03"))) == FORM


def _only_passengers_differ(cms: bytes, spoilt: bytes) -> bool:
    """Whether both hold the same signed part, signature and signer's certificate."""
    from signatures.cms import parse
    from signatures.policy import DEFAULT

    one, other = (parse(data, DEFAULT) for data in (cms, spoilt))
    same_signer = one.signer.signed == other.signer.signed and one.signer.signature == other.signer.signature
    return same_signer and one.certificates[0] in other.certificates


def test_case_17_algorithm_protection(person, check):
    wrong = sequence(algorithm(oids.SHA512), der.encode(0xA1, algorithm(oids.ECDSA_SHA256)[2:]))
    for value in (wrong, sequence(), octets(b"")):
        report = check(person.sign(more=[attribute(oids.ALGORITHM_PROTECTION, value)]))
        assert "algorithm-protection" in failed(report)


def test_production_refuses_a_demo_store(pki, person, check):
    """Case 34: everything is valid except the purpose of the trust folder."""
    from signatures import Policy

    report = check(person.sign(), policy=Policy(purpose="production"))
    assert failed(report) == {"trust"}
