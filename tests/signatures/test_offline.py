"""The offline verifier: from a container and a trust folder to an exit code, with nothing else running."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from signatures import container
from signatures.container import Evidence, archive, strict_zip
from signatures.container.offline import Trust, examine
from signatures.tlog import transparency
from tests.signatures.acts import PDF, SERVICE, Court, file, proof, statement
from tests.signatures.makers import NOW, Pki
from tests.signatures.test_container import FILES
from tests.signatures.test_valid import pem

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def court() -> Court:
    return Court()


@pytest.fixture(scope="module")
def evidence(court) -> Evidence:
    *previous, protocol = court.chain()
    return Evidence(protocol, tuple(previous), FILES)


def run(data: bytes, folder: Path, *options: str, **environment: str) -> subprocess.CompletedProcess[str]:
    (folder / "act.zip").write_bytes(data)
    command = [sys.executable, "-m", "signatures", "verify", str(folder / "act.zip"), *options]
    clean = {name: value for name, value in os.environ.items() if not name.startswith("ECASE_")}
    return subprocess.run(command, cwd=ROOT, env={**clean, **environment}, capture_output=True, text=True, check=False)


def judged(court, evidence, **options):
    return examine(container.read(container.write(evidence)), options.pop("trust", court.trust), NOW)


def faults(verdict) -> set[tuple[str, str, str]]:
    return {(line.name, line.subject, line.indication) for line in verdict.lines if line.indication != "TOTAL_PASSED"}


def test_a_true_container_passes(court, evidence, tmp_path):
    trust = court.write_trust(tmp_path / "trust")
    result = run(container.write(evidence), tmp_path, "--trust", str(trust))
    assert result.returncode == 0, result.stdout + result.stderr
    assert "Verdict: PASSED" in result.stdout
    assert "265500121000017" in result.stdout


def test_json_and_languages(court, evidence, tmp_path):
    trust = str(court.write_trust(tmp_path / "trust"))
    report = json.loads(run(container.write(evidence), tmp_path, "--json", ECASE_TRUST_DIR=trust).stdout)
    assert report["indication"] == "TOTAL_PASSED"
    names = [line["name"] for line in report["lines"]]
    assert (names.count("signature"), names.count("chain"), names.count("file")) == (3, 3, 2)
    assert "Қорытынды: ӨТТІ" in run(container.write(evidence), tmp_path, "--trust", trust, "--lang", "kk").stdout
    assert "Итог: ПРОЙДЕНО" in run(container.write(evidence), tmp_path, "--trust", trust, "--lang", "ru").stdout


def test_what_cannot_be_used(court, evidence, tmp_path):
    trust = str(court.write_trust(tmp_path / "trust"))
    data = container.write(evidence)
    assert run(data, tmp_path).returncode == 3
    assert run(data, tmp_path, "--trust", str(tmp_path / "nowhere")).returncode == 3
    result = run(b"not a container", tmp_path, "--trust", trust)
    assert (result.returncode, result.stdout) == (3, "")
    assert "not a ZIP archive" in result.stderr
    assert "Traceback" not in result.stderr


def test_openssl_verifies_the_signature_inside(evidence, court, tmp_path):
    """The command of the container's README with another clock: the certificates are valid around a fixed day."""
    from cryptography.hazmat.primitives.serialization import Encoding

    found = container.read(container.write(evidence))
    (tmp_path / "signature.p7s").write_bytes(found.cms)
    (tmp_path / "act.json").write_bytes(found.act_json)
    authorities = [court.pki.root.certificate, court.pki.issuer.certificate]
    (tmp_path / "CA.pem").write_bytes(b"".join(authority.public_bytes(Encoding.PEM) for authority in authorities))
    command = (
        "openssl cms -verify -inform DER -in signature.p7s -content act.json -binary -CAfile CA.pem -out /dev/null"
    )
    at = ["-attime", str(int(NOW.timestamp()))]
    subprocess.run([*command.split(), *at], cwd=tmp_path, check=True, capture_output=True)


def test_certificates_are_judged_at_the_proven_time(court, evidence):
    """Long after everything has expired, the log's proof still proves the time of signing."""
    late = examine(container.read(container.write(evidence)), court.trust, NOW.replace(year=2046))
    assert late.indication == "TOTAL_PASSED"
    undated = replace(evidence, act=replace(evidence.act, proof=""))
    verdict = examine(container.read(container.write(undated)), court.trust, NOW.replace(year=2046))
    assert ("audit-proof", "3-protocol", "INDETERMINATE") in faults(verdict)
    assert ("signature", "3-protocol", "TOTAL_FAILED") not in faults(verdict)
    assert verdict.indication == "INDETERMINATE"


def test_the_log_of_a_stranger(court, evidence):
    foreign = transparency.Signer.generate("ecase-test/audit")
    forged = replace(evidence, act=replace(evidence.act, proof=proof(evidence.act, foreign)))
    assert ("audit-proof", "3-protocol", "TOTAL_FAILED") in faults(judged(court, forged))


def test_a_proof_of_another_act(court, evidence):
    swapped = replace(evidence, act=replace(evidence.act, proof=evidence.previous[0].proof))
    assert ("audit-proof", "3-protocol", "TOTAL_FAILED") in faults(judged(court, swapped))
    other = replace(evidence, act=replace(evidence.act, proof=proof(evidence.act, cms_sha256="00" * 32)))
    assert ("audit-proof", "3-protocol", "TOTAL_FAILED") in faults(judged(court, other))


def test_an_authority_of_a_stranger(court, evidence):
    trust = Trust(Pki.make().trust(seals=[court.service.certificate]), court.trust.log_keys)
    assert ("signature", "3-protocol", "INDETERMINATE") in faults(judged(court, evidence, trust=trust))


def test_another_persons_signature(court):
    """Case 35: the signature is valid, but act.json names another person."""
    content = statement(1, "motion", None)
    other = {**content, "author": {**content["author"], "iin": "900202400025"}}
    assert ("signature", "1-motion", "INDETERMINATE") in faults(judged(court, Evidence(court.act(other))))


def test_an_author_without_number_matches_nobody(court):
    for author in ({}, {"name": "x"}, {"service": "another"}, {**SERVICE, "iin": "1"}):
        act = court.act(statement(1, "motion", None, author=author))
        assert judged(court, Evidence(act)).indication != "TOTAL_PASSED"


def test_a_person_does_not_sign_for_the_service(court):
    act = court.act(statement(1, "registration", None, author=SERVICE))
    assert ("signature", "1-registration", "INDETERMINATE") in faults(judged(court, Evidence(act)))


def test_signature_of_another_act(court):
    """Case 39: a signature replayed over other bytes."""
    motion = court.motion()
    act = replace(court.act(statement(1, "motion", None, payload={})), cms=motion.cms)
    verdict = judged(court, Evidence(replace(act, proof=proof(act))))
    assert ("signature", "1-motion", "TOTAL_FAILED") in faults(verdict)


def test_altered_file_with_a_fitting_manifest(court, evidence):
    """Case 41: a file and the unsigned manifest can be altered together, but not act.json."""
    entries = {entry.name: entry.data for entry in strict_zip.read(container.write(evidence))}
    del entries["manifest.json"]
    entries["files/protocol.pdf"] = b"other"
    entries["files/added.pdf"] = b"added"
    del entries["files/справка.pdf"]
    listed = [strict_zip.Entry(name, data) for name, data in entries.items()]
    data = strict_zip.write([*listed, archive._manifest(listed)])
    assert faults(examine(container.read(data), court.trust, NOW)) == {
        ("file", "protocol.pdf", "TOTAL_FAILED"),
        ("file", "added.pdf", "TOTAL_FAILED")
        if "added.pdf" in entries
        else ("file", "files/added.pdf", "TOTAL_FAILED"),
        ("file", "справка.pdf", "INDETERMINATE"),
    }


def test_chain_with_a_gap(court, evidence):
    _, registration, _ = court.chain()
    gap = Evidence(evidence.act, (evidence.previous[0],), FILES)
    assert ("chain", "3-protocol", "TOTAL_FAILED") in faults(judged(court, gap))
    foreign = Evidence(evidence.act, (evidence.previous[0], registration), FILES)
    assert ("chain", "3-protocol", "TOTAL_FAILED") in faults(judged(court, foreign))
    alone = Evidence(evidence.act, (), FILES)
    assert ("chain", "3-protocol", "INDETERMINATE") in faults(judged(court, alone))


def test_earlier_act_with_a_broken_signature(court):
    motion = court.motion()
    broken = replace(motion, cms=court.person.sign(b'{"other":1}'))
    protocol = court.act(statement(2, "protocol", broken, files=[file("a.pdf", PDF)]))
    verdict = judged(court, Evidence(protocol, (broken,), {"a.pdf": PDF}))
    assert ("signature", "1-motion", "TOTAL_FAILED") in faults(verdict)


def test_signature_received_as_pem(court):
    """The chain covers the signature as received; ASiC-S holds it in DER."""
    motion = court.motion()
    act = replace(motion, cms=pem(motion.cms, "CMS"))
    act = replace(act, proof=proof(act))
    next_ = court.act(statement(2, "agreement", act))
    assert faults(judged(court, Evidence(next_, (act,)))) == set()
    assert faults(judged(court, Evidence(act))) == set()


def test_act_of_another_shape(court):
    for change in ({"schema": "other"}, {"files": [{"name": "x"}]}, {"author": "me"}, {"challenge": None}):
        act = court.act({**statement(1, "motion", None), **change})
        entries = [strict_zip.Entry("protocol.asics", container.asics.write(act.act_json, act.cms))]
        data = strict_zip.write([*entries, archive._manifest(entries)])
        assert faults(examine(container.read(data), court.trust, NOW)) == {("statement", "", "TOTAL_FAILED")}
