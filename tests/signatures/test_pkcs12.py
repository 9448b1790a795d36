"""Case 62: key files of the demo signer that would be expensive to open."""

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, PrivateFormat, pkcs12

from signatures.asn1 import der, oids
from signatures.demo.signer import keys, limits
from tests.signatures.makers import algorithm, octets, sequence

HUGE = 2**31 - 1
PBES2, PBKDF2 = "1.2.840.113549.1.5.13", "1.2.840.113549.1.5.12"
SHROUDED = "1.2.840.113549.1.12.10.1.2"


def made(person, **changes) -> bytes:
    builder = PrivateFormat.PKCS12.encryption_builder()
    builder = builder.kdf_rounds(changes.get("rounds", 2048)).hmac_hash(hashes.SHA256())
    own = [b"key", person.key, person.certificate, person.chain]
    return pkcs12.serialize_key_and_certificates(*own, builder.build(b"demo"))


def by_hand(iterations: int, mac_iterations: int = 1) -> bytes:
    """A file with one key bag of random content, which must never be read."""
    kdf = algorithm(PBKDF2, sequence(octets(b"salt"), der.encode_integer(iterations)))
    encryption = algorithm(PBES2, sequence(kdf, algorithm("2.16.840.1.101.3.4.1.42", octets(b"x" * 16))))
    bag = sequence(der.encode_oid(SHROUDED), der.encode(0xA0, sequence(encryption, octets(b"noise" * 20))))
    content = sequence(der.encode_oid(oids.DATA), der.encode(0xA0, octets(sequence(bag))))
    safe = sequence(der.encode_oid(oids.DATA), der.encode(0xA0, octets(sequence(content))))
    mac = sequence(
        sequence(algorithm(oids.SHA256), octets(b"m" * 32)), octets(b"salt"), der.encode_integer(mac_iterations)
    )
    return sequence(der.encode_integer(3), safe, mac)


def encrypted(iterations: int) -> bytes:
    """A file whose bags are encrypted."""
    kdf = algorithm(PBKDF2, sequence(octets(b"salt"), der.encode_integer(iterations)))
    how = algorithm(PBES2, sequence(kdf, algorithm("2.16.840.1.101.3.4.1.42", octets(b"x" * 16))))
    inside = sequence(der.encode_integer(0), sequence(der.encode_oid(oids.DATA), how, der.encode(0x80, b"noise")))
    content = sequence(der.encode_oid(limits.ENCRYPTED_DATA), der.encode(0xA0, inside))
    safe = sequence(der.encode_oid(oids.DATA), der.encode(0xA0, octets(sequence(content))))
    return sequence(der.encode_integer(3), safe, der.element(by_hand(1)).children()[2].raw)


def test_case_62_files_in_use_are_opened(person):
    for data in (made(person), made(person, rounds=20_000), person.pkcs12(), by_hand(limits.MAX_ITERATIONS)):
        limits.check(data)
    own = [b"key", person.key, person.certificate, None]
    limits.check(pkcs12.serialize_key_and_certificates(*own, BestAvailableEncryption(b"demo")))


def test_case_62_too_many_iterations():
    for data in (by_hand(HUGE), by_hand(1, HUGE), by_hand(2**40), encrypted(HUGE), by_hand(limits.MAX_ITERATIONS + 1)):
        with pytest.raises(ValueError, match="iterations"):
            limits.check(data)


def test_case_62_too_large_and_too_deep(tmp_path, person):
    nested = der.encode_integer(1)
    for _ in range(limits.MAX_DEPTH + 1):
        nested = sequence(nested)
    good = der.element(by_hand(1)).children()
    deep = sequence(good[0].raw, good[1].raw, nested)
    for data in (b"x" * 100_000, deep):
        with pytest.raises(ValueError, match=r"larger than|too deeply"):
            limits.check(data)
    for data in (b"", b"x", made(person)[:-1], sequence(), sequence(der.encode_integer(1))):
        with pytest.raises(ValueError):  # noqa: PT011 - whichever is found first
            limits.check(data)


def test_case_62_the_demo_signer_looks_first(tmp_path):
    (tmp_path / "1.p12").write_bytes(by_hand(HUGE))
    with pytest.raises(ValueError, match=r"1\.p12: asks for more than"):
        keys.load(tmp_path)
    (tmp_path / "1.p12").unlink()
    with (tmp_path / "2.p12").open("wb") as file:
        file.truncate(100 * 1024 * 1024)
    with pytest.raises(ValueError, match=r"2\.p12: larger than"):
        keys.load(tmp_path)
