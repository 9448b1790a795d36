"""The demo authority: layout, permissions, repeated runs and refusals."""

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import pkcs12

from signatures import Expected, TrustStore, verify
from signatures.asn1 import oids
from signatures.demo import pki as demo_pki
from signatures.keys.sealer import Sealer
from signatures.policy import DEFAULT
from signatures.report.faults import Fault
from signatures.x509 import identity
from signatures.x509.certificates import usage_fault
from signatures.x509.facts import facts_of

ROOT = Path(__file__).parents[2]
FIRST = {"iin": "850101300018", "bin": "210540000101", "surname": "Ахметов", "given_name": "Данияр", "role": "judge"}
SECOND = {"iin": "900202400025", "surname": "Сапарова", "given_name": "Айгүл", "patronymic": "Маратқызы"}


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> demo_pki.DemoPki:
    return demo_pki.make(tmp_path_factory.mktemp("demo") / "pki", [FIRST, SECOND])


def certificate(pki, name):
    return pkcs12.load_pkcs12((pki.directory / "keys" / name).read_bytes(), b"demo").cert.certificate


def test_layout_and_permissions(made):
    files = {str(path.relative_to(made.directory)) for path in made.directory.rglob("*") if path.is_file()}
    assert files >= {"ca.pem", "service.pem", "trust/root.pem", "trust/issuer.pem", "trust/policy.yaml"}
    assert files >= {"keys/850101300018.p12", "keys/850101300018-auth.p12", "trust/seals/service.pem"}
    for path in [made.directory, *made.directory.rglob("*")]:
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path


def test_certificates(made):
    first, second = certificate(made, "850101300018.p12"), certificate(made, "900202400025.p12")
    assert (identity.iin(first), identity.bin_(first)) == ("850101300018", "210540000101")
    assert (identity.iin(second), identity.bin_(second)) == ("900202400025", None)
    assert oids.KZ_EMPLOYEE in identity.usages(first)
    assert usage_fault(facts_of(first), DEFAULT) is None
    authentication = facts_of(certificate(made, "850101300018-auth.p12"))
    assert usage_fault(authentication, DEFAULT) == Fault("key-usage-missing", usages="nonRepudiation")
    assert "DEMO" in first.issuer.rfc4514_string()
    assert "DEMO" in made.root.certificate.subject.rfc4514_string()


def test_service_seals(made):
    from datetime import UTC, datetime

    trust = TrustStore.load(made.directory / "trust")
    sealer = Sealer.load(made.directory / "service.pem")
    report = verify(sealer.sign(b"{}"), b"{}", trust=trust, expected=Expected(usage="seal"), at=datetime.now(UTC))
    assert report.passed, report.failures
    assert sealer.certificate in trust.seals


def test_demo_store_is_refused_in_production(made):
    with pytest.raises(ValueError, match="where production is required"):
        TrustStore.load(made.directory / "trust", purpose="production")


def test_running_again_keeps_what_is_there(tmp_path):
    first = demo_pki.make(tmp_path / "pki", [FIRST])
    before = {path: path.read_bytes() for path in first.directory.rglob("*") if path.is_file()}
    demo_pki.make(tmp_path / "pki", [SECOND])
    after = {path: path.read_bytes() for path in first.directory.rglob("*") if path.is_file()}
    people = first.directory / "keys" / "people.json"
    assert {path for path in before if before[path] != after[path]} == {people}
    assert {path.name for path in after.keys() - before.keys()} == {"900202400025.p12", "900202400025-auth.p12"}
    assert {load["iin"] for load in json.loads(people.read_bytes())} == {FIRST["iin"], SECOND["iin"]}


def command(folder: Path, people: object, **environment: str) -> subprocess.CompletedProcess[str]:
    (folder / "people.json").write_text(json.dumps(people))
    arguments = ["make", str(folder / "pki"), "--people", str(folder / "people.json")]
    return subprocess.run(
        [sys.executable, "-m", "signatures.demo.pki", *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_command(tmp_path):
    assert command(tmp_path, [FIRST], ECASE_MODE="demo").returncode == 0
    assert (tmp_path / "pki" / "keys" / "850101300018.p12").exists()


def test_command_names_every_missing_field(tmp_path):
    result = command(tmp_path, [{"iin": "1"}, {"surname": "x", "given_name": "y"}])
    assert result.returncode == 1
    assert "person 1: surname is missing; person 1: given_name is missing; person 2: iin is missing" in result.stderr


def test_command_refuses_production(tmp_path):
    result = command(tmp_path, [FIRST], ECASE_MODE="production")
    assert (result.returncode, (tmp_path / "pki").exists()) == (1, False)


def test_trust_folder_faults_are_named(made, tmp_path):
    with pytest.raises(OSError, match=r"policy\.yaml"):
        TrustStore.load(tmp_path)
    (tmp_path / "policy.yaml").write_text("purpose: fun\n")
    with pytest.raises(ValueError, match="purpose must be one of"):
        TrustStore.load(tmp_path)
    (tmp_path / "policy.yaml").write_text("purpose: demo\n")
    with pytest.raises(ValueError, match="no authority"):
        TrustStore.load(tmp_path)
    (tmp_path / "issuer.pem").write_bytes((made.directory / "trust" / "issuer.pem").read_bytes())
    with pytest.raises(ValueError, match="its issuer is not in the trust folder"):
        TrustStore.load(tmp_path)
    (tmp_path / "bad.crl").write_bytes(b"x")
    with pytest.raises(ValueError, match=r"bad\.crl"):
        TrustStore.load(tmp_path)


def test_sealer_faults_are_named(made, tmp_path):
    service = (made.directory / "service.pem").read_bytes()
    key = service[: service.index(b"-----BEGIN CERTIFICATE")]
    (tmp_path / "mixed.pem").write_bytes(key + (made.directory / "ca.pem").read_bytes())
    with pytest.raises(ValueError, match=r"mixed\.pem: the certificate is not that of the key"):
        Sealer.load(tmp_path / "mixed.pem")
    (tmp_path / "none.pem").write_bytes(b"")
    with pytest.raises(ValueError, match=r"none\.pem"):
        Sealer.load(tmp_path / "none.pem")
