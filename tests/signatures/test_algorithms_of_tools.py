"""S-F8, S-F10: RSA-PSS as tools make it by default, and keys that are for RSA-PSS only."""

import subprocess

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.padding import PSS
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from signatures.asn1 import der, oids
from signatures.crypto.algorithms import AlgorithmIdentifier, Unsuitable, check_signature
from signatures.demo.issuing import Issuer, person_name
from signatures.policy import DEFAULT
from signatures.x509.certificates import check_issued_by
from signatures.x509.facts import facts_of
from tests.signatures.makers import (
    CONTENT,
    P256_KEY,
    PERSON,
    RSA_KEY,
    SPAN,
    Owner,
    Pki,
    algorithm,
    by_pyhanko,
    sequence,
)
from tests.signatures.test_refusals_crypto import _pss
from tests.signatures.test_refusals_keys import with_key

LONGEST = 256 - 32 - 2


def taken(owner: Owner, salt: int, stated: int | None = None) -> bool:
    """Whether a signature with that salt is taken when its parameters state ``stated``."""
    value = RSA_KEY.sign(CONTENT, PSS(padding.MGF1(hashes.SHA256()), salt), hashes.SHA256())
    used = AlgorithmIdentifier(oids.RSA_PSS, _pss(salt if stated is None else stated, oids.SHA256))
    try:
        check_signature(owner.certificate, value, CONTENT, used, AlgorithmIdentifier(oids.SHA256))
    except Unsuitable:
        return False
    return True


@pytest.mark.parametrize("salt", [32, 33, 64, LONGEST])
def test_s_f8_a_salt_of_at_least_the_digests_length(pki, salt):
    assert taken(pki.person(RSA_KEY), salt)


@pytest.mark.parametrize(("salt", "stated"), [(0, 0), (20, 20), (31, 31), (32, LONGEST + 1), (32, 10**6), (32, -1)])
def test_s_f8_no_other_salt(pki, salt, stated):
    assert not taken(pki.person(RSA_KEY), salt, stated)


def test_s_f8_pyhanko_with_its_usual_salt(pki, check):
    for digest in ("sha256", "sha384", "sha512"):
        report = check(by_pyhanko(pki.person(RSA_KEY), digest=digest, pss=True))
        assert report.passed, report.failures
        assert report.algorithm.startswith("RSA-PSS")


def test_s_f8_openssl_with_its_usual_salt(pki, check, tmp_path):
    owner = pki.person(RSA_KEY)
    (tmp_path / "content").write_bytes(CONTENT)
    (tmp_path / "own.pem").write_bytes(owner.certificate.public_bytes(Encoding.PEM))
    (tmp_path / "key.pem").write_bytes(RSA_KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    command = "openssl cms -sign -cades -binary -outform DER -md sha256 -in content -signer own.pem -inkey key.pem"
    words = [*command.split(), "-keyopt", "rsa_padding_mode:pss", "-out", "cms"]
    subprocess.run(words, cwd=tmp_path, check=True, capture_output=True)
    report = check((tmp_path / "cms").read_bytes())
    assert report.passed, report.failures


def test_s_f8_an_authority_that_signs_with_pss():
    """Certificates and lists of an authority with a long salt."""

    root = Issuer.root("TEST ROOT", SPAN, RSA_KEY)
    builder = x509.CertificateBuilder(
        root.certificate.subject, person_name(**PERSON), P256_KEY.public_key(), 77, SPAN.begin, SPAN.end
    )
    for salt in (32, 100):
        scheme = PSS(padding.MGF1(hashes.SHA384()), salt + 16)
        made = builder.sign(RSA_KEY, hashes.SHA384(), rsa_padding=scheme)
        check_issued_by(facts_of(made), facts_of(root.certificate), DEFAULT)


def for_pss(pki: Pki, parameters: bytes = b"") -> Owner:
    """A person whose key is marked for RSA-PSS."""
    owner = pki.person(RSA_KEY)
    fields = der.element(owner.certificate.tbs_certificate_bytes).children()
    _algorithm, key = fields[6].children()
    return with_key(pki, owner, sequence(algorithm(oids.RSA_PSS, parameters), key.raw))


def test_s_f10_a_key_for_pss_makes_no_other_signatures(pki, check):
    report = check(for_pss(pki).sign())
    assert report.sub_indication == "CRYPTO_CONSTRAINTS_FAILURE"
    assert [failure.fault.code for failure in report.failures] == ["key-for-pss-only"]
    assert taken(for_pss(pki), 32)


def test_s_f10_what_a_key_for_pss_prescribes(pki):
    assert taken(for_pss(pki, _pss(32, oids.SHA256)), 40)
    assert not taken(for_pss(pki, _pss(50, oids.SHA256)), 40)
    parts = [part.raw for part in der.element(_pss(32, oids.SHA256)).children()]
    other = sequence(*(part.replace(der.encode_oid(oids.SHA256), der.encode_oid(oids.SHA512)) for part in parts))
    assert not taken(for_pss(pki, other), 40)
