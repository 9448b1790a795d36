"""Cases 21, 22 and 31 by hand: keys, paddings and certificates that libraries do not make."""

import hashlib
from collections.abc import Callable
from dataclasses import replace

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from signatures.asn1 import der, oids
from signatures.crypto.algorithms import AlgorithmIdentifier, check_signature
from tests.signatures.conftest import failed
from tests.signatures.makers import CONTENT, RSA_KEY, Owner, Pki, algorithm, octets, sequence

EC_KEY, PRIME_FIELD = "1.2.840.10045.2.1", "1.2.840.10045.1.1"
RSA_NULL = algorithm(oids.RSA, b"\x05\x00")


def spliced(pki: Pki, owner: Owner, place: int, change: Callable[[bytes], bytes]) -> x509.Certificate:
    """The owner's certificate with one field changed, signed again by the authority."""
    fields = [child.raw for child in der.element(owner.certificate.tbs_certificate_bytes).children()]
    fields[place] = change(fields[place])
    body = sequence(*fields)
    value = der.encode(der.BIT_STRING, b"\x00", pki.issuer.key.sign(body, ec.ECDSA(hashes.SHA256())))
    return x509.load_der_x509_certificate(sequence(body, algorithm(oids.ECDSA_SHA256), value))


KEY, EXTENSIONS = 6, 7


def with_key(pki: Pki, owner: Owner, info: bytes) -> Owner:
    return replace(owner, certificate=spliced(pki, owner, KEY, lambda _old: info))


def rsa_info(modulus: int, exponent: int) -> bytes:
    key = sequence(der.encode_integer(modulus), der.encode_integer(exponent))
    return sequence(RSA_NULL, der.encode(der.BIT_STRING, b"\x00", key))


def ec_info(parameters: bytes, point: bytes) -> bytes:
    return sequence(algorithm(EC_KEY, parameters), der.encode(der.BIT_STRING, b"\x00", point))


def explicit_p256() -> bytes:
    """The explicit parameters of P-256: if they were accepted, others could be used."""
    p = 2**256 - 2**224 + 2**192 + 2**96 - 1
    b = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
    base = bytes.fromhex(
        "046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
        "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"
    )
    curve = sequence(octets((p - 3).to_bytes(32, "big")), octets(b.to_bytes(32, "big")))
    field = sequence(der.encode_oid(PRIME_FIELD), der.encode_integer(p))
    order = der.encode_integer(ec.SECP256R1().group_order)
    return sequence(der.encode_integer(1), field, curve, octets(base), order, der.encode_integer(1))


def test_case_21_rsa_keys_that_are_none(pki, person, check):
    modulus = RSA_KEY.public_key().public_numbers().n
    for number, exponent in ((modulus, 1), (modulus - 1, 65537), (modulus, 65536), (modulus, 2**40 + 1)):
        info = rsa_info(number, exponent)
        report = check(with_key(pki, person, info).sign(algorithm=RSA_NULL, signature=b"\x01" * 256))
        assert report.sub_indication == "CRYPTO_CONSTRAINTS_FAILURE"
        assert failed(report) <= {"signature", "algorithm-age"}


def test_case_21_ec_keys_that_are_none(pki, person, check):
    point = person.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    off_curve = point[:-1] + bytes([point[-1] ^ 1])
    p256 = der.encode_oid("1.2.840.10045.3.1.7")
    wrong = [ec_info(p256, off_curve), ec_info(p256, b"\x00"), ec_info(p256, b""), ec_info(explicit_p256(), point)]
    for info in wrong:
        report = check(with_key(pki, person, info).sign())
        assert "signature" in failed(report)
        assert not report.passed


def _raw(message: bytes) -> bytes:
    """The raw private-key operation."""
    numbers = RSA_KEY.private_numbers()
    return pow(int.from_bytes(message, "big"), numbers.d, numbers.public_numbers.n).to_bytes(256, "big")


def _padded(info: bytes, *, first: bytes = b"\x00\x01", fill: bytes = b"\xff", tail: bytes = b"") -> bytes:
    return _raw(first + fill * (253 - len(info) - len(tail)) + b"\x00" + info + tail)


def test_case_22_forged_paddings(pki):
    """PKCS#1 v1.5 padding has exactly one form: parsing it allows forgeries (Bleichenbacher, 2006)."""
    owner, digest = pki.person(RSA_KEY), hashlib.sha256(CONTENT).digest()
    named = algorithm(oids.SHA256, b"\x05\x00")
    right = sequence(named, octets(digest))
    identifiers = AlgorithmIdentifier(oids.RSA_SHA256), AlgorithmIdentifier(oids.SHA256)

    def passes(value: bytes) -> bool:
        try:
            check_signature(owner.certificate, value, CONTENT, *identifiers)
        except InvalidSignature:
            return False
        return True

    assert passes(_padded(right))
    short = b"\x00\x01" + b"\xff" * 8 + b"\x00" + right
    forged = {
        "octets after the digest": _padded(right, tail=b"x" * 20),
        "short padding": _raw(short + b"\x00" * (256 - len(short))),
        "no NULL": _padded(sequence(algorithm(oids.SHA256), octets(digest))),
        "long form of a length": _padded(b"\x30\x81" + right[1:]),
        "another digest's name": _padded(sequence(algorithm(oids.SHA512, b"\x05\x00"), octets(digest))),
        "the bare digest": _padded(digest),
        "a block of type 2": _padded(right, first=b"\x00\x02"),
        "other fill": _padded(right, fill=b"\xfe"),
        "no leading zero": _padded(right, first=b"\x01\x01"),
        "more inside": _padded(sequence(named, octets(digest), octets(b"x"))),
    }
    assert [name for name, value in forged.items() if passes(value)] == []


def _twice(extensions: bytes) -> bytes:
    (listed,) = der.element(extensions).children()
    members = [child.raw for child in listed.children()]
    return der.encode(0xA3, sequence(*members, members[-1]))


def test_case_31_duplicate_extension(pki, person, check):
    owner = replace(person, certificate=spliced(pki, person, EXTENSIONS, _twice))
    report = check(owner.sign())
    assert report.sub_indication == "CHAIN_CONSTRAINTS_FAILURE"
    assert "certificate" in failed(report)


def _impossible_name(extensions: bytes) -> bytes:
    """An authority's name with a serial number as a BIT STRING, for which the library raises a TypeError."""
    (listed,) = der.element(extensions).children()
    attribute = sequence(der.encode_oid("2.5.4.5"), der.encode(der.BIT_STRING, b"\x00x"))
    name = der.encode(0xA4, sequence(der.encode(der.SET, attribute)))
    value = sequence(der.encode(0xA1, name), der.encode(0x82, b"\x01"))
    above = sequence(der.encode_oid("2.5.29.35"), octets(value))
    kept = [child.raw for child in listed.children() if der.encode_oid("2.5.29.35") not in child.raw]
    return der.encode(0xA3, sequence(*kept, above))


def test_case_31_names_of_an_impossible_type_in_an_extension(pki, person, check):
    owner = replace(person, certificate=spliced(pki, person, EXTENSIONS, _impossible_name))
    report = check(owner.sign())
    assert report.sub_indication == "FORMAT_FAILURE"
