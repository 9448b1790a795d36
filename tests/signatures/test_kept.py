"""Caches between verifications are keyed by all bytes and hold no verdicts, so that nothing is confused."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from signatures import DEFAULT, Expected
from signatures.asn1 import der, oids
from signatures.crypto import algorithms
from signatures.crypto.algorithms import DIGESTS, MAX_KEPT, SIGNATURES
from signatures.demo.issuing import AUTHENTICATION
from signatures.x509 import facts
from tests.signatures.conftest import failed
from tests.signatures.makers import BIN, CONTENT, DAY, IIN, NOW, P256_KEY, PERSON, RSA_KEY, Pki, person_name

KEYS = {"rsa": RSA_KEY, "p-256": P256_KEY}


@pytest.mark.parametrize("kind", KEYS)
def test_a_certificate_that_differs_in_one_byte_is_another(pki, check, kind):
    person = pki.person(KEYS[kind])
    good, encoded = person.sign(), person.certificate.public_bytes(Encoding.DER)
    place = good.index(encoded)
    for offset in range(len(encoded)):
        assert check(good).passed
        forged = bytearray(good)
        forged[place + offset] ^= 1
        assert not check(bytes(forged)).passed, offset


def test_a_twin_with_the_same_key_and_another_owner_is_another(pki, check):
    person = pki.person()
    other = pki.person(subject=person_name(**{**PERSON, "iin": "900202400025"}))
    assert check(person.sign()).passed
    assert failed(check(other.sign())) == {"iin"}
    # The attribute names the certificate by its digest, the identifier by issuer and serial number.
    assert not check(person.sign(certificates=[other.certificate])).passed
    assert not check(replace(other, certificate=person.certificate).sign(certificates=[other.certificate])).passed


def test_a_twin_for_signing_in_is_another(pki, check):
    assert check(pki.person().sign()).passed
    assert "key-usage" in failed(check(pki.person(profile=AUTHENTICATION).sign()))


def test_revoked_after_it_was_kept(check):
    pki = Pki.make()
    person, before = pki.person(), pki.trust()
    cms = person.sign()
    assert check(cms, trust=before).passed
    pki.revoked.append((person.certificate.serial_number, NOW - DAY, x509.ReasonFlags.key_compromise))
    assert failed(check(cms, trust=pki.trust())) == {"revocation"}
    # The earlier store is unchanged: a store is loaded again when the folder changes.
    assert check(cms, trust=before).passed


def test_another_trust_with_the_same_names_is_another(check):
    ours, theirs = Pki.make(), Pki.make()
    assert ours.issuer.certificate.subject == theirs.issuer.certificate.subject
    for first, second in ((ours, theirs), (theirs, ours)):
        cms = first.person().sign()
        assert check(cms, trust=first.trust()).passed
        assert failed(check(cms, trust=second.trust())) == {"chain"}
        assert check(cms, trust=first.trust()).passed


def test_no_list_in_the_trust_after_one_was_kept(pki, person, check):
    cms = person.sign()
    assert check(cms).passed
    assert check(cms, trust=pki.trust(lists=[])).sub_indication == "TRY_LATER"


@pytest.mark.parametrize(
    ("changes", "check_name"),
    [
        ({"certificate_policies": frozenset(), "organisation_policies": frozenset({"1.2.3"})}, "certificate-policy"),
        ({"role_arc": "1.2.3"}, "role"),
        ({"digests": {oid: digest for oid, digest in DIGESTS.items() if oid != oids.SHA256}}, "digest-algorithm"),
        (
            {"signatures": {oid: algorithm for oid, algorithm in SIGNATURES.items() if oid != oids.ECDSA_SHA256}},
            "signature",
        ),
        ({"sunsets": {"secp256r1": NOW - DAY}}, "algorithm-age"),
        ({"forbidden_attributes": frozenset({oids.SIGNING_TIME})}, "signed-attributes"),
        ({"max_certificates": 1}, "format"),
        ({"max_certificate_bytes": 100}, "format"),
        ({"max_attributes": 2}, "format"),
        ({"purpose": "production"}, "trust"),
    ],
)
def test_another_policy_judges_anew(person, check, changes, check_name):
    cms = person.sign()
    assert check(cms).passed
    assert check_name in failed(check(cms, policy=replace(DEFAULT, **changes)))
    assert check(cms).passed


def test_another_time_owner_or_content_is_judged_anew(person, check):
    cms = person.sign()
    for changes, found in (
        ({"at": NOW + 200 * DAY}, {"validity", "revocation"}),
        ({"at": NOW - 200 * DAY}, {"validity"}),
        ({"expected": Expected(iin="900202400025", bin=BIN)}, {"iin"}),
        ({"expected": Expected(iin=IIN, bin="990940000037")}, {"bin"}),
        ({"expected": Expected(iin=IIN, roles=frozenset({oids.KZ_INFORMATION_SYSTEM}))}, {"role"}),
        ({"content": CONTENT + b" "}, {"message-digest"}),
    ):
        assert check(cms).passed
        assert failed(check(cms, **changes)) == found


def test_what_is_kept_is_bounded(pki, check):
    for _ in range(MAX_KEPT + 10):
        facts.facts_of(pki.person().certificate)
    assert facts.facts_of.cache_info().currsize == MAX_KEPT
    assert check(pki.person().sign()).passed


def test_large_parts_and_faults_are_not_kept():
    read = []

    @der.kept
    def size(raw: bytes) -> int:
        read.append(raw)
        if raw == b"bad":
            raise ValueError(raw)
        return len(raw)

    small, large = b"x" * der.MAX_KEPT_BYTES, b"x" * (der.MAX_KEPT_BYTES + 1)
    assert [size(small), size(small), size(large), size(large)] == [512, 512, 513, 513]
    for _ in range(2):
        with pytest.raises(ValueError, match="bad"):
            size(b"bad")
    assert read == [small, large, large, b"bad", b"bad"]


def test_paths_and_keys_that_are_kept_are_bounded(pki, trust, check):
    """By the object of a certificate, which is kept as well; and with the trust, for signers whom it leads to."""
    read = []

    @algorithms._kept_by_certificate
    def serial(certificate):
        read.append(certificate.serial_number)
        return certificate.serial_number

    own = pki.person().certificate
    assert [serial(own), serial(own)] == [own.serial_number] * 2
    assert read == [own.serial_number]
    for _ in range(MAX_KEPT + 10):
        assert check(pki.person().sign()).passed
    assert 0 < len(trust.kept_paths) <= MAX_KEPT
    strangers = Pki.make().person()
    assert not check(strangers.sign()).passed
    assert facts.facts_of(strangers.certificate) not in trust.kept_paths


def test_an_issuers_name_is_read_once_by_its_bytes_and_few_are_kept(pki, monkeypatch):
    """The names that were read are kept, not those that cannot be read: they are refused each time."""
    read, now = [], datetime(2026, 1, 1, tzinfo=UTC)
    monkeypatch.setattr(facts, "MAX_KEPT", 3)
    monkeypatch.setattr(facts, "_read_issuers", read_issuers := set())
    key = ec.generate_private_key(ec.SECP256R1())

    def made(number: int, issuer: str) -> bytes:
        names = [x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)]) for name in ("somebody", issuer)]
        builder = x509.CertificateBuilder(names[1], names[0], key.public_key(), number, now, now + timedelta(days=1))
        return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)

    for number in range(1, 9):
        certificate = facts.read_certificate(made(number, f"authority {number % 5}"))
        read.append(facts.facts_of(certificate).issuer_name)
        assert read[-1] == certificate.issuer.public_bytes()
        assert 0 < len(read_issuers) <= 3
    # The tag of the issuer's text becomes that of a number.
    broken = made(20, "authority 0").replace(b"\x0c\x0bauthority 0", b"\x02\x0bauthority 0")
    for _ in range(2):
        with pytest.raises(ValueError, match="cannot be read"):
            facts.read_certificate(broken)


def test_facts_by_bytes_and_by_certificate_are_the_same_object(pki):
    data = pki.person().certificate.public_bytes(Encoding.DER)
    assert facts.read_facts(data) is facts.facts_of(x509.load_der_x509_certificate(data))
