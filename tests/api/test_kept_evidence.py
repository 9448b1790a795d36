"""A container carries what proves its signatures: it stands when certificates have expired and nobody answers."""

import dataclasses
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.utils import timezone

from ecase.portal import containers
from ecase.trust import evidence, folder, seal_evidence, services
from ecase.trust.models import Answer, AwaitedEvidence, EvidenceRecord, RuleChange, SignerRule, TrustedCertificate
from signatures import TrustStore, container
from signatures.cms import parse
from signatures.container import offline
from signatures.demo import pki as demo_pki
from signatures.demo.issuing import Span
from signatures.demo.services import services as demo_services
from signatures.policy import DEFAULT
from tests.api.conftest import Caller
from tests.api.test_evidence import exported, verify
from tests.logs import separate
from tests.motions.conftest import World
from tests.signatures.services import served
from workflows.motions.exports import act_evidence
from workflows.motions.models import Act

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).parents[2]
DECADE = timedelta(days=3653)


@pytest.fixture
def log(transactional_db: None, demo_pki: Path, settings: Any, tmp_path: Path) -> Any:
    return separate(settings, tmp_path)


@pytest.fixture
def reachable(log: Any, demo_pki: Path, settings: Any) -> Iterator[None]:
    with served(demo_services(demo_pki)) as (base, _asked):
        settings.TSA_URLS, settings.OCSP_URLS = [f"{base}/tsa"], [f"{base}/ocsp"]
        settings.CRL_URLS = [[f"{base}/root.crl"], [f"{base}/issuer.crl"]]
        yield


def filed(make_world: Callable[[], World]) -> tuple[World, Act]:
    world = make_world()
    return world, world.filed("custody").acts.earliest("position")


def run(data: bytes, at: Path, trust: Path) -> dict[str, Any]:
    """What the command says in a process of its own, without settings."""
    (at / "act.zip").write_bytes(data)
    command = [sys.executable, "-m", "signatures", "verify", str(at / "act.zip"), "--json", "--trust", str(trust)]
    clean = {name: value for name, value in os.environ.items() if not name.startswith("ECASE_")}
    done = subprocess.run(command, cwd=ROOT, env=clean, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def without_lists(known: offline.Trust) -> offline.Trust:
    store = known.store
    bare = TrustStore.of(store.purpose, [authority.certificate for authority in store.authorities], (), store.seals)
    return dataclasses.replace(known, store=bare)


def signature(opened: container.Container, trust: offline.Trust) -> offline.Line:
    """What is said of the signature when all certificates have expired."""
    lines = offline.examine(opened, trust, timezone.now() + DECADE).lines
    return next(line for line in lines if line.name == "signature")


def test_it_stands_by_its_evidence(
    reachable: None, make_world: Callable[[], World], call: Any, anybody: Caller, tmp_path: Path
) -> None:
    world, act = filed(make_world)
    data = exported(call(world.posts["prosecutor"]), act).content
    opened = container.read(data)
    assert opened.act.evidence == bytes(EvidenceRecord.objects.get(pk=act.signature_sha256).data)
    given = tmp_path / "given"
    call_command("export_trust", str(given), stdout=StringIO())

    assert run(data, tmp_path, given)["indication"] == "TOTAL_PASSED"
    assert verify(anybody, data).data["indication"] == "TOTAL_PASSED"
    assert containers.examine(SimpleUploadedFile("act.zip", data)).passed

    trust = offline.Trust.load(given)
    assert all(certificate.not_valid_after_utc < timezone.now() + DECADE for certificate in carried(opened))
    assert offline.examine(opened, trust, timezone.now() + DECADE).indication == "TOTAL_PASSED"
    assert signature(opened, without_lists(trust)).indication == "TOTAL_PASSED"
    bare = dataclasses.replace(opened, acts=tuple(dataclasses.replace(act, evidence=b"") for act in opened.acts))
    assert signature(bare, without_lists(trust)).indication == "INDETERMINATE"


def test_acts_of_the_service_stand_by_their_evidence_as_well(
    reachable: None, make_world: Callable[[], World], tmp_path: Path
) -> None:
    """Ten years later, without a list in the folder: nothing until the worker has come by, everything then."""
    motion = make_world().assigned("custody")
    last = motion.acts.latest("position")
    assert last.author is None
    call_command("export_trust", str(tmp_path / "given"), stdout=StringIO())
    trust = without_lists(offline.Trust.load(tmp_path / "given"))

    def verdict() -> str:
        return offline.examine(container.read(act_evidence.container(last)), trust, timezone.now() + DECADE).indication

    assert verdict() == "INDETERMINATE"
    assert all(seal_evidence.fetch(awaited.pk) for awaited in AwaitedEvidence.objects.all())
    assert verdict() == "TOTAL_PASSED"


def carried(opened: container.Container) -> list[x509.Certificate]:
    return [certificate.certificate for certificate in parse(opened.cms, DEFAULT).certificates]


def test_evidence_of_another_signature_does_not_help(reachable: None, make_world: Callable[[], World]) -> None:
    _world, act = filed(make_world)
    _other, theirs = filed(make_world)
    foreign = evidence.of(theirs.signature_sha256)
    assert foreign
    EvidenceRecord.objects.filter(pk=act.signature_sha256).update(data=foreign.dumps())
    assert not containers.examine(SimpleUploadedFile("act.zip", act_evidence.container(act))).passed


def test_an_authority_of_a_row_is_trusted_wherever_it_is_asked(
    reachable: None, make_world: Callable[[], World], keys: Any, anybody: Caller, settings: Any, tmp_path: Path
) -> None:
    for name in ("issuer.pem", "issuer.crl"):
        (settings.TRUST_DIR / name).unlink()
    pin(keys.pki.issuer.certificate, "authority")
    _world, act = filed(make_world)
    data = act_evidence.container(act)
    call_command("export_trust", str(tmp_path / "given"), stdout=StringIO())
    assert containers.examine(SimpleUploadedFile("act.zip", data)).passed
    assert verify(anybody, data).data["indication"] == "TOTAL_PASSED"
    assert run(data, tmp_path, tmp_path / "given")["indication"] == "TOTAL_PASSED"
    seed = offline.Trust.load(settings.TRUST_DIR)
    assert offline.examine(container.read(data), seed).indication == "INDETERMINATE"


def test_without_evidence_it_is_as_before(
    log: Any, make_world: Callable[[], World], call: Any, anybody: Caller, tmp_path: Path
) -> None:
    world, act = filed(make_world)
    data = exported(call(world.posts["prosecutor"]), act).content
    assert container.read(data).act.evidence == b""
    given = tmp_path / "given"
    call_command("export_trust", str(given), stdout=StringIO())
    assert run(data, tmp_path, given)["indication"] == "TOTAL_PASSED"
    assert verify(anybody, data).data["indication"] == "TOTAL_PASSED"


def test_what_is_given_is_what_the_service_trusts(log: Any, settings: Any, tmp_path: Path) -> None:
    """A new root and a new seal in rows, a rule, and every key of the log."""
    from ecase.audit import keys

    other = demo_pki.make(tmp_path / "other")
    pin(other.root.certificate, "authority")
    services.pin_seal(x509.load_pem_x509_certificate((other.directory / "service.pem").read_bytes()), "demo", "second")
    before = timezone.now()
    SignerRule.objects.create(
        role="judge", extended_key_usages=["1.2.398.3.3.4.1.2.1"], key_usages=["digitalSignature"]
    )
    old, new = keys.rotate()
    out = StringIO()
    call_command("export_trust", str(tmp_path / "given"), stdout=out)
    loaded, own = offline.Trust.load(tmp_path / "given"), folder.trust()
    assert set(loaded.log_keys) == set(own.log_keys) == {str(old), str(new)}
    assert {authority.certificate for authority in loaded.store.authorities} == {
        authority.certificate for authority in own.store.authorities
    }
    assert other.root.certificate in {authority.certificate for authority in loaded.store.authorities}
    assert set(loaded.store.seals) == set(own.store.seals)
    assert len(loaded.store.seals) == 2
    assert loaded.rules == own.rules
    assert loaded.rules.of("judge", timezone.now()).usages == {"1.2.398.3.3.4.1.2.1"}
    assert loaded.rules.of("judge", before).usages == set(settings.SIGNER_ROLES)
    assert loaded.store.periods == own.store.periods
    assert str(tmp_path / "given") in out.getvalue()


def test_what_was_trusted_and_asked_when_it_was_signed_counts(
    reachable: None, make_world: Callable[[], World], keys: Any, settings: Any, tmp_path: Path
) -> None:
    """The authority's row has ended since, and the role has been given another rule: here and in the folder given."""
    for name in ("issuer.pem", "issuer.crl"):
        (settings.TRUST_DIR / name).unlink()
    pin(keys.pki.issuer.certificate, "authority")
    _world, act = filed(make_world)
    data = act_evidence.container(act)
    rule = SignerRule.objects.create(role="investigator", extended_key_usages=["1.2.398.3.3.4.1.2.1"])
    TrustedCertificate.objects.update(valid_to=timezone.now())

    call_command("export_trust", str(tmp_path / "given"), stdout=StringIO())
    assert keys.pki.issuer.certificate not in [
        authority.certificate for authority in services.at(timezone.now()).store.authorities
    ]
    assert containers.examine(SimpleUploadedFile("act.zip", data)).passed
    assert run(data, tmp_path, tmp_path / "given")["indication"] == "TOTAL_PASSED"

    rule.delete()
    assert [change.usual for change in RuleChange.objects.filter(role="investigator")] == [False, True]
    TrustedCertificate.objects.update(valid_from=act.performed_at - DECADE, valid_to=act.performed_at - DECADE / 2)
    assert not containers.examine(SimpleUploadedFile("act.zip", data)).passed


def test_fetched_lists_are_given_if_their_authority_is_trusted(log: Any, keys: Any, tmp_path: Path) -> None:
    span = Span.years(1)
    ours = keys.pki.issuer.revocation_list(span)
    for name, found in (("ours", ours), ("theirs", demo_pki.make(tmp_path / "other").issuer.revocation_list(span))):
        until, value = timezone.now() + timedelta(hours=1), found.public_bytes(Encoding.DER)
        Answer.objects.create(key=f"crl:{name}", value=value, until=until)
    before = lists(folder.trust())
    call_command("export_trust", str(tmp_path / "given"), stdout=StringIO())
    given = lists(offline.Trust.load(tmp_path / "given"))
    assert given - before == {ours.public_bytes(Encoding.DER)}
    assert before < given


def lists(known: offline.Trust) -> set[bytes]:
    return {data for authority in known.store.authorities for found in authority.lists for data in found.encoded()}


def pin(certificate: x509.Certificate, use: str) -> None:
    since = timezone.now() - timedelta(days=1)
    text = certificate.public_bytes(Encoding.PEM).decode()
    row = TrustedCertificate(pem=text, use=use, purpose="demo", valid_from=since)
    services.describe(row)
    row.save()


def test_a_folder_is_never_written_over(log: Any, tmp_path: Path) -> None:
    (tmp_path / "given").mkdir()
    (tmp_path / "given" / "old.pem").write_text("old")
    with pytest.raises(CommandError, match="given"):
        call_command("export_trust", str(tmp_path / "given"))
    assert [path.name for path in (tmp_path / "given").iterdir()] == ["old.pem"]
