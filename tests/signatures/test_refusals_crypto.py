"""Cases 19-23: digests, keys and signature values."""

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from signatures.asn1 import der, oids
from signatures.crypto.algorithms import AlgorithmIdentifier as Algorithm
from signatures.crypto.algorithms import Unsuitable, check_signature
from tests.signatures.conftest import failed
from tests.signatures.makers import CONTENT, MD5, RSA_KEY, SHA1, algorithm, sequence


def test_case_19_other_content(person, check):
    report = check(person.sign(), CONTENT + b" ")
    assert (report.indication, report.sub_indication) == ("TOTAL_FAILED", "HASH_FAILURE")
    assert failed(report) == {"message-digest"}


def test_case_19_other_signature_value(pki, check):
    for key in (RSA_KEY, ec.generate_private_key(ec.SECP256R1())):
        owner = pki.person(key)
        other = pki.person(ec.generate_private_key(ec.SECP256R1()))
        value = other.key.sign(CONTENT, ec.ECDSA(hashes.SHA256()))
        report = check(owner.sign(signature=value))
        assert (report.indication, report.sub_indication) == ("TOTAL_FAILED", "SIG_CRYPTO_FAILURE")


@pytest.mark.parametrize("digest", [SHA1, MD5, "1.2.3.4"])
def test_case_20_digest_algorithms(person, check, digest):
    report = check(person.sign(digest=digest))
    assert report.sub_indication == "CRYPTO_CONSTRAINTS_FAILURE"
    assert not report.passed


def test_case_20_digest_and_signature_disagree(person, check):
    report = check(person.sign(digest=oids.SHA512, algorithm=algorithm(oids.ECDSA_SHA256)))
    assert "signature" in failed(report)
    assert report.sub_indication == "CRYPTO_CONSTRAINTS_FAILURE"


def test_case_20_sha1_in_the_certificate(pki, check):
    """A certificate signed by the authority with SHA-1: made by hand, since the library refuses to make it."""
    from dataclasses import replace

    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding

    person = pki.person()
    tbs = der.element(person.certificate.tbs_certificate_bytes)
    old = algorithm("1.2.840.10045.4.1")
    parts = [old if child.raw == algorithm(oids.ECDSA_SHA256) else child.raw for child in tbs.children()]
    body = sequence(*parts)
    value = pki.issuer.key.sign(body, ec.ECDSA(hashes.SHA256()))
    weak = x509.load_der_x509_certificate(sequence(body, old, der.encode(0x03, b"\x00", value)))
    assert weak.public_bytes(Encoding.DER)
    report = check(replace(person, certificate=weak).sign())
    assert "chain" in failed(report)


@pytest.mark.parametrize(("bits", "exponent"), [(1024, 65537), (2048, 3)])
def test_case_21_weak_rsa_keys(pki, check, bits, exponent):
    report = check(pki.person(rsa.generate_private_key(exponent, bits)).sign())
    assert report.sub_indication == "CRYPTO_CONSTRAINTS_FAILURE"
    assert failed(report) == {"signature"}


@pytest.mark.parametrize("curve", [ec.SECP256K1(), ec.SECP521R1(), ec.SECP224R1()])
def test_case_21_other_curves(pki, check, curve):
    report = check(pki.person(ec.generate_private_key(curve)).sign())
    assert report.sub_indication == "CRYPTO_CONSTRAINTS_FAILURE"


def test_case_22_pss_with_other_parameters(pki, check):
    """A salt of another length than the digest, parameters absent, and another mask digest."""
    owner = pki.person(RSA_KEY)
    for parameters in (b"", _pss(20, oids.SHA256), _pss(32, oids.SHA512), sequence()):
        report = check(owner.sign(algorithm=algorithm(oids.RSA_PSS, parameters)))
        assert report.sub_indication == "CRYPTO_CONSTRAINTS_FAILURE"


def _pss(salt: int, mask_digest: str) -> bytes:
    mask = algorithm(oids.MGF1, algorithm(mask_digest))
    hashed = der.encode(0xA0, algorithm(oids.SHA256))
    return sequence(hashed, der.encode(0xA1, mask), der.encode(0xA2, der.encode_integer(salt)))


def test_case_22_pss_salt_that_lies(pki):
    """Parameters say 32 octets of salt, the signature was made with 20."""
    from cryptography.exceptions import InvalidSignature

    owner = pki.person(RSA_KEY)
    value = RSA_KEY.sign(CONTENT, padding.PSS(padding.MGF1(hashes.SHA256()), 20), hashes.SHA256())
    with pytest.raises(InvalidSignature):
        check_signature(
            owner.certificate, value, CONTENT, Algorithm(oids.RSA_PSS, _pss(32, oids.SHA256)), Algorithm(oids.SHA256)
        )


def test_case_22_raw_padding_is_not_taken(pki, check):
    """A value whose padding is not the one and only PKCS#1 v1.5 form."""
    owner = pki.person(RSA_KEY)
    for value in (b"\x00" * 256, b"\x01" * 256, b"\xff" * 256, b"x" * 255, b"x" * 257):
        assert check(owner.sign(signature=value)).sub_indication == "SIG_CRYPTO_FAILURE"


def test_case_23_ecdsa_values(person, check):
    order = ec.SECP256R1().group_order
    from signatures.cms import parse
    from signatures.policy import DEFAULT

    r, s = decode_dss_signature(parse(person.sign(), DEFAULT).signer.signature)
    integers = [(0, s), (r, 0), (r + order, s), (r, s + order), (-r, s), (r, -s), (order, s), (r, order)]
    for one, other in integers:
        value = sequence(der.encode_integer(one), der.encode_integer(other))
        assert "signature" in failed(check(person.sign(signature=value))), (one, other)
    padded = sequence(der.encode(der.INTEGER, b"\x00\x00" + r.to_bytes(32, "big")), der.encode_integer(s))
    for value in (padded, sequence(), b"\x00", sequence(der.encode_integer(r))):
        assert "signature" in failed(check(person.sign(signature=value)))


def test_algorithm_of_another_key(pki, person, check):
    assert "signature" in failed(check(person.sign(algorithm=algorithm(oids.RSA, b"\x05\x00"))))
    assert "signature" in failed(check(pki.person(RSA_KEY).sign(algorithm=algorithm(oids.ECDSA_SHA256))))
    assert "signature" in failed(check(person.sign(algorithm=algorithm(oids.ECDSA_SHA256, b"\x05\x00"))))


def test_the_table_is_open(pki, person, check):
    """A national algorithm is added as a row; without it the identifier is refused."""
    from signatures import Policy
    from signatures.crypto.algorithms import SIGNATURES, SignatureAlgorithm

    def verify(certificate, signature, message, digest, parameters):
        if signature != b"national":
            raise Unsuitable("not ours")

    own = "1.2.398.3.10.1.1.2.3.2"
    cms = person.sign(algorithm=algorithm(own), signature=b"national")
    policy = Policy(signatures={**SIGNATURES, own: SignatureAlgorithm("national", None, verify)})
    assert failed(check(cms)) == {"signature"}
    assert check(cms, policy=policy).passed
