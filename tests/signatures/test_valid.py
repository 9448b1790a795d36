"""Signatures that must pass: ours, pyHanko's and OpenSSL's, in every accepted algorithm and form."""

import base64
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from signatures import Expected
from signatures.asn1 import oids
from signatures.demo.issuing import SEAL
from signatures.keys.sealer import Sealer
from tests.signatures import makers
from tests.signatures.makers import BIN, CONTENT, IIN, NOW, P256_KEY, RSA_KEY, by_pyhanko, sequence

KEYS = {
    "rsa-2048": (RSA_KEY, "sha256"),
    "p-256": (P256_KEY, "sha256"),
    "p-384": (ec.generate_private_key(ec.SECP384R1()), "sha384"),
}


def pem(der: bytes, label: str) -> bytes:
    return f"-----BEGIN {label}-----\n".encode() + base64.encodebytes(der) + f"-----END {label}-----\n".encode()


@pytest.mark.parametrize("name", KEYS)
def test_pyhanko_signature_passes(pki, check, name):
    key, digest = KEYS[name]
    report = check(by_pyhanko(pki.person(key), digest=digest))
    assert report.passed, report.failures
    assert (report.indication, report.sub_indication) == ("TOTAL_PASSED", "")
    assert (report.signer.iin, report.signer.bin, report.signer.name) == (IIN, BIN, "АХМЕТОВ ДАНИЯР")


def test_pss_passes(pki, check, tmp_path: Path):
    """Case 22: pyHanko uses the longest possible salt (S-F8); OpenSSL has an option for the length."""
    assert check(by_pyhanko(pki.person(RSA_KEY), pss=True)).passed
    options = ["-keyopt", "rsa_padding_mode:pss", "-keyopt", "rsa_pss_saltlen:digest"]
    report = check(_by_openssl(pki.person(RSA_KEY), tmp_path, *options))
    assert report.passed, report.failures


@pytest.mark.parametrize("digest", [oids.SHA256, oids.SHA384, oids.SHA512])
@pytest.mark.parametrize("name", KEYS)
def test_own_form_passes(pki, check, name, digest):
    """The form that NCALayer writes: SHA-256, no hashAlgorithm, certificates in the order signer, chain."""
    report = check(pki.person(KEYS[name][0]).sign(digest=digest))
    assert report.passed, report.failures
    assert report.signing_time == NOW


@pytest.mark.parametrize("name", KEYS)
def test_openssl_cades_signature_passes(pki, check, tmp_path: Path, name):
    owner = pki.person(KEYS[name][0])
    report = check(_by_openssl(owner, tmp_path))
    assert report.passed, report.failures


def _by_openssl(owner, folder: Path, *options: str) -> bytes:
    key = owner.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "key.pem").write_bytes(key)
    (folder / "own.pem").write_bytes(owner.certificate.public_bytes(Encoding.PEM))
    (folder / "chain.pem").write_bytes(b"".join(certificate.public_bytes(Encoding.PEM) for certificate in owner.chain))
    (folder / "act.json").write_bytes(CONTENT)
    command = ["openssl", "cms", "-sign", "-cades", "-binary", "-md", "sha256", "-outform", "DER"]
    command += ["-signer", "own.pem", "-inkey", "key.pem", "-certfile", "chain.pem", "-in", "act.json", *options]
    return subprocess.run(command, cwd=folder, check=True, capture_output=True).stdout


def test_pem_labels(person, check):
    for label in ("CMS", "PKCS7"):
        assert check(pem(person.sign(), label)).passed


def test_signer_by_key_identifier(person, check):
    from cryptography import x509

    key = person.certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest
    assert check(person.sign(identifier=makers.der.encode(0x80, key), version=3)).passed


def test_algorithm_protection_that_matches(person, check):
    protection = sequence(
        makers.algorithm(oids.SHA256), makers.der.encode(0xA1, makers.algorithm(oids.ECDSA_SHA256)[2:])
    )
    assert check(person.sign(more=[makers.attribute(oids.ALGORITHM_PROTECTION, protection)])).passed


def test_case_44_one_signature_has_one_identity(person, check):
    """Case 44 and 23: other unsigned attributes, or n - s for s, do not make another signature of it."""
    from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

    from signatures.cms import parse
    from signatures.policy import DEFAULT

    first = person.sign()
    value = parse(first, DEFAULT).signer.signature
    r, s = decode_dss_signature(value)
    mirrored = encode_dss_signature(r, ec.SECP256R1().group_order - s)
    other = person.sign(signature=mirrored, unsigned=[makers.attribute("1.2.3.4", makers.octets(b"x"))])
    reports = check(first), check(other)
    assert all(report.passed for report in reports)
    assert reports[0].signature_sha256 == reports[1].signature_sha256


def test_seal_passes_where_it_is_pinned_and_by_openssl(pki, check, tmp_path: Path):
    owner = pki.person(P256_KEY, SEAL)
    sealer = Sealer(P256_KEY, (owner.certificate, *owner.chain))
    cms = sealer.sign(CONTENT)
    assert check(cms, trust=pki.trust(seals=[owner.certificate]), expected=Expected(usage="seal")).passed
    assert "seal" in {failure.name for failure in check(cms, expected=Expected(usage="seal")).failures}
    (tmp_path / "s.p7s").write_bytes(cms)
    (tmp_path / "act.json").write_bytes(CONTENT)
    (tmp_path / "ca.pem").write_bytes(b"".join(certificate.public_bytes(Encoding.PEM) for certificate in owner.chain))
    command = "openssl cms -verify -inform DER -in s.p7s -content act.json -binary -CAfile ca.pem -out /dev/null"
    epoch = ["-attime", str(int(NOW.timestamp()))]
    subprocess.run([*command.split(), *epoch], cwd=tmp_path, check=True, capture_output=True)


def test_report_is_json(person, check):
    import json

    report = json.loads(json.dumps(check(person.sign()).as_dict()))
    assert report["indication"] == "TOTAL_PASSED"
    assert report["best_signature_time"] == "2026-11-21T09:00:00Z"
    assert {line["name"] for line in report["checks"]} >= {"signature", "message-digest", "chain", "revocation", "iin"}
