"""The evidence of a signature is fetched at receipt; if that fails, the signature stays pending and is retried."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from django.utils import timezone

from ecase.audit.models import Entry
from ecase.celery import app
from ecase.outbox.models import Message
from ecase.problems import Conflict, SignatureRefused, Undecided
from ecase.trust import evidence
from ecase.trust.models import Answer, AwaitedEvidence, EvidenceRecord
from signatures.demo.services import Responder, services
from signatures.x509.trust import read_certificates
from tests.motions.world import World
from tests.signatures.services import served
from workflows.motions.models import Act, Motion, PendingSignature, PreparedAct
from workflows.motions.services import acting, pending_signatures, signature_retries
from workflows.motions.states import ActType
from workflows.watch import signatures as duties
from workflows.watch import tasks

pytestmark = pytest.mark.django_db
NOWHERE = "http://127.0.0.1:9"
Answers = dict[str, Callable[[bytes], bytes]]


@pytest.fixture
def answers(demo_pki: Path) -> Answers:
    return services(demo_pki)


@pytest.fixture
def reachable(answers: Answers, settings: Any) -> Iterator[list[str]]:
    """Timestamp authority, responder and lists answer; yields the requested paths."""
    with served(answers) as (base, asked):
        configure(settings, base)
        yield asked


def configure(settings: Any, base: str) -> None:
    settings.TSA_URLS, settings.OCSP_URLS = [f"{base}/tsa"], [f"{base}/ocsp"]
    settings.CRL_URLS = [[f"{base}/root.crl"], [f"{base}/issuer.crl"]]


@pytest.fixture
def unreachable(settings: Any) -> None:
    configure(settings, NOWHERE)


@pytest.fixture
def eager() -> Iterator[None]:
    """Celery tasks run at once, in this process."""
    app.conf.update(task_always_eager=True)
    yield
    app.conf.update(task_always_eager=False)


def prepared(world: World) -> tuple[Motion, PreparedAct]:
    motion = world.draft("search")
    post = world.post(motion, "author")
    return motion, acting.prepare(motion, ActType.MOTION, post, {})


def signed(world: World, unsigned: PreparedAct, by: str = "author") -> bytes:
    return world.keys.sign(world.post(unsigned.motion, by), bytes(unsigned.act_json))


def perform(world: World, unsigned: PreparedAct, cms: bytes | None = None) -> Act:
    return acting.perform(unsigned, cms or signed(world, unsigned), world.post(unsigned.motion, "author"))


def waits(world: World, unsigned: PreparedAct, cms: bytes | None = None) -> PendingSignature:
    with pytest.raises(Undecided):
        perform(world, unsigned, cms)
    return PendingSignature.objects.get(prepared=unsigned)


def events() -> list[str]:
    return [entry.content["event"] for entry in Entry.objects.order_by("pk")]


def names(act: Act) -> dict[str, str]:
    return {check["name"]: check["detail"] for check in act.report["checks"]}


# -- at receipt ---------------------------------------------------------------------------------------------------


def test_what_proves_it_is_fetched_and_kept(world: World, reachable: list[str]) -> None:
    _motion, unsigned = prepared(world)
    act = perform(world, unsigned)
    kept = evidence.of(act.signature_sha256)
    assert kept
    assert (kept.content, kept.cms) == (bytes(act.act_json), bytes(act.cms))
    assert len(kept.timestamps) == 1
    assert len(kept.sources.crls) == 2
    assert kept.sources.ocsp
    assert names(act)["timestamp"] == ""
    assert set(reachable) == {"/tsa", "/ocsp", "/root.crl", "/issuer.crl"}
    record = EvidenceRecord.objects.get()
    assert record.fades_at
    assert record.fades_at > timezone.now() + timedelta(days=365)


def test_what_was_fetched_is_shared_through_the_database(world: World, reachable: list[str]) -> None:
    perform(world, prepared(world)[1])
    assert Answer.objects.filter(key__startswith="crl:").count() == 2
    reachable.clear()
    perform(world, prepared(world)[1])
    assert "/issuer.crl" not in reachable
    assert "/tsa" in reachable


def test_without_anybody_to_ask_it_is_as_before_and_said(world: World) -> None:
    act = perform(world, prepared(world)[1])
    assert names(act)["collected"] == evidence.NOT_CONFIGURED
    assert not EvidenceRecord.objects.exists()
    assert not PendingSignature.objects.exists()


def test_nobody_is_asked_about_what_cannot_stand(world: World, reachable: list[str]) -> None:
    _motion, unsigned = prepared(world)
    with pytest.raises(SignatureRefused):
        perform(world, unsigned, signed(world, unsigned, by="judge"))
    with pytest.raises(SignatureRefused):
        perform(world, unsigned, b"nothing")
    assert not reachable
    assert not PendingSignature.objects.exists()


# -- waiting ------------------------------------------------------------------------------------------------------


def test_it_is_neither_accepted_nor_refused(world: World, unreachable: None) -> None:
    motion, unsigned = prepared(world)
    waiting = waits(world, unsigned)
    assert not Act.objects.filter(motion=motion).exists()
    assert world.fresh(motion).state == "draft"
    assert any("timestamp" in line for line in waiting.missing)
    assert waiting.settled_at is None
    assert "act.refused" not in events()
    assert list(pending_signatures.waiting_for(unsigned.author)) == [waiting]
    assert not list(pending_signatures.waiting_for(world.posts["judge"]))


def test_it_is_performed_as_of_its_receipt(world: World, unreachable: None, answers: Answers, settings: Any) -> None:
    motion, unsigned = prepared(world)
    waiting = waits(world, unsigned)
    PreparedAct.objects.filter(pk=unsigned.pk).update(expires_at=waiting.received_at + timedelta(microseconds=1))
    assert signature_retries.retry(waiting.pk) is None
    with served(answers) as (base, _asked):
        configure(settings, base)
        assert tasks.retry_signature(waiting.pk) == "accepted"
    act = Act.objects.filter(motion=motion).earliest("position")
    assert act.performed_at == waiting.received_at
    waiting.refresh_from_db()
    assert waiting.settled_at
    assert waiting.problems == []
    assert Message.objects.filter(topic="signature.accepted").count() == 1
    assert evidence.of(act.signature_sha256)
    assert tasks.retry_signature(waiting.pk) == "waiting"


def test_the_first_timestamp_is_kept_over_attempts(
    world: World, answers: Answers, settings: Any, demo_pki: Path
) -> None:
    _motion, unsigned = prepared(world)
    cms = signed(world, unsigned)
    free = answers["/ocsp"]
    # A hold may be lifted, so the status is not known.
    answers["/ocsp"] = revoking(demo_pki, cms, x509.ReasonFlags.certificate_hold).answer
    with served(answers) as (base, _asked):
        configure(settings, base)
        first = pending_signatures.evidence_of(waits(world, unsigned, cms))
    assert first
    assert len(first.timestamps) == 1
    Answer.objects.all().delete()
    with served({**answers, "/ocsp": free}) as (base, _asked):
        configure(settings, base)
        act = signature_retries.retry(PendingSignature.objects.get().pk)
    assert isinstance(act, Act)
    kept = evidence.of(act.signature_sha256)
    assert kept
    assert kept.timestamps == first.timestamps
    assert set(first.sources.ocsp) < set(kept.sources.ocsp)


def test_it_is_refused_once_it_is_known_to_be_wrong(
    world: World, answers: Answers, settings: Any, demo_pki: Path
) -> None:
    configure(settings, NOWHERE)
    _motion, unsigned = prepared(world)
    cms = signed(world, unsigned)
    waiting = waits(world, unsigned, cms)
    answers["/ocsp"] = revoking(demo_pki, cms).answer
    with served(answers) as (base, _asked):
        configure(settings, base)
        assert tasks.retry_signature(waiting.pk) == "refused"
    waiting.refresh_from_db()
    assert {problem["code"] for problem in waiting.problems} & {"REVOKED", "REVOKED_NO_POE"}
    assert events().count("act.refused") == 1
    assert Message.objects.filter(topic="signature.refused").count() == 1
    assert not Act.objects.filter(pk=unsigned.pk).exists()


def revoking(demo_pki: Path, cms: bytes, reason: x509.ReasonFlags = x509.ReasonFlags.key_compromise) -> Responder:
    """A responder that states that the signer's certificate was revoked yesterday."""
    from signatures.cms import parse
    from signatures.policy import DEFAULT

    path = demo_pki / "private" / "ocsp.pem"
    own, issuer, *_ = read_certificates(path)
    carried = [certificate.certificate for certificate in parse(cms, DEFAULT).certificates]
    serials = [certificate.serial_number for certificate in carried if certificate.issuer == issuer.subject]
    revoked = {serial: (timezone.now() - timedelta(days=1), reason) for serial in serials}
    key: Any = load_pem_private_key(path.read_bytes(), None)
    # Of two answers the newer is used.
    return Responder(key, own, issuer, revoked, clock=lambda: timezone.now() - timedelta(minutes=1))


def test_the_author_may_sign_again_meanwhile(world: World, unreachable: None, answers: Answers, settings: Any) -> None:
    motion, unsigned = prepared(world)
    waiting = waits(world, unsigned)
    assert waits(world, unsigned).pk == waiting.pk
    with served(answers) as (base, _asked):
        configure(settings, base)
        act = perform(world, unsigned)
        waiting.refresh_from_db()
        assert waiting.settled_at
        assert signature_retries.retry(waiting.pk) is None
    assert Act.objects.get(pk=unsigned.pk) == act
    assert world.fresh(motion).state != "draft"


def test_a_motion_that_moved_on_settles_it(world: World, unreachable: None, answers: Answers, settings: Any) -> None:
    motion, unsigned = prepared(world)
    waiting = waits(world, unsigned)
    Motion.objects.filter(pk=motion.pk).update(revision=motion.revision + 1)
    with served(answers) as (base, _asked):
        configure(settings, base)
        assert isinstance(signature_retries.retry(waiting.pk), Conflict)
    waiting.refresh_from_db()
    assert waiting.settled_at
    assert waiting.problems[0]["code"] == "moved-on"


def test_what_was_prepared_is_not_forgotten_while_its_signature_waits(world: World, unreachable: None) -> None:
    _motion, unsigned = prepared(world)
    waits(world, unsigned)
    later = unsigned.expires_at + timedelta(days=3)
    assert acting.forget_prepared(later) == 0
    assert PreparedAct.objects.filter(pk=unsigned.pk).exists()


# -- the watch ----------------------------------------------------------------------------------------------------


def test_attempts_are_claimed_once_and_further_and_further_apart(
    world: World, unreachable: None, settings: Any
) -> None:
    settings.SIGNATURE_RETRY_SECONDS = [10, 100]
    waiting = waits(world, prepared(world)[1])
    assert waiting.next_try_at == waiting.received_at + timedelta(seconds=10)
    assert pending_signatures.claim_due(waiting.received_at + timedelta(seconds=9), 50) == []
    for pause in (100, 100):
        now = PendingSignature.objects.get().next_try_at
        assert pending_signatures.claim_due(now, 50) == [waiting.pk]
        assert pending_signatures.claim_due(now, 50) == []
        assert PendingSignature.objects.get().next_try_at == now + timedelta(seconds=pause)


def test_the_watch_hands_it_to_a_worker(
    world: World, unreachable: None, answers: Answers, settings: Any, eager: None
) -> None:
    _motion, unsigned = prepared(world)
    waiting = waits(world, unsigned)
    with served(answers) as (base, _asked):
        configure(settings, base)
        assert duties.retry_signatures(waiting.next_try_at) == 1
    assert Act.objects.filter(pk=unsigned.pk).exists()
    assert duties.retry_signatures(waiting.next_try_at + timedelta(days=1)) == 0


def test_a_seal_gets_its_evidence_after_the_act(world: World, reachable: list[str], settings: Any, eager: None) -> None:
    """Registration and assignment do not wait; a worker fetches the evidence of their seals, once."""
    motion = world.assigned("search")
    sealed = motion.acts.filter(author=None)
    assert sealed.count() >= 2
    assert reachable.count("/tsa") == motion.acts.exclude(author=None).count()
    assert {awaited.pk for awaited in AwaitedEvidence.objects.all()} == {act.signature_sha256 for act in sealed}
    assert not any(evidence.of(act.signature_sha256) for act in sealed)

    assert duties.fetch_evidence(timezone.now()) == sealed.count()
    kept = [evidence.of(act.signature_sha256) for act in sealed]
    assert all(found and len(found.timestamps) == 1 and found.sources.ocsp for found in kept)
    assert [found.report["indication"] for found in kept if found] == ["TOTAL_PASSED"] * sealed.count()
    assert duties.fetch_evidence(timezone.now() + timedelta(days=1)) == 0
    assert tasks.fetch_evidence(sealed[0].signature_sha256) is False


def test_evidence_of_a_seal_is_tried_for_until_it_is_complete(
    world: World, answers: Answers, settings: Any, eager: None
) -> None:
    """No timestamp at first: what was fetched is stored, and nothing is requested before the pause is over."""
    with served(answers) as (base, _asked):
        configure(settings, base)
        motion = world.assigned("search")
        settings.TSA_URLS = [NOWHERE]
        now = timezone.now()
        waiting = duties.fetch_evidence(now)
        assert waiting
        assert duties.fetch_evidence(now + timedelta(seconds=14)) == 0
        rows = list(AwaitedEvidence.objects.all())
        assert len(rows) == waiting
        assert all(any("timestamp" in gap for gap in row.missing) for row in rows)
        assert not EvidenceRecord.objects.filter(pk__in=[row.pk for row in rows]).exists()
    with served(answers) as (base, _asked):
        configure(settings, base)
        assert duties.fetch_evidence(now + timedelta(seconds=15)) == waiting
    assert not AwaitedEvidence.objects.exists()
    assert all(evidence.of(act.signature_sha256) for act in motion.acts.all())


def test_where_nobody_is_named_no_evidence_is_awaited(world: World) -> None:
    world.assigned("search")
    assert not AwaitedEvidence.objects.exists()
    assert duties.fetch_evidence(timezone.now()) == 0


def test_a_human_is_told_when_the_deadline_comes(world: World, settings: Any) -> None:
    motion = world.filed("search")
    configure(settings, NOWHERE)
    payload = world.filled(motion, ActType.WITHDRAWAL)
    unsigned = acting.prepare(motion, ActType.WITHDRAWAL, world.post(motion, "author"), payload)
    due = unsigned.motion.next_due_at
    assert due
    waiting = waits(world, unsigned)
    assert waiting.show_at == min(due, unsigned.expires_at)
    assert duties.show_signatures(waiting.show_at - timedelta(seconds=1)) == 0
    assert duties.show_signatures(waiting.show_at) == 1
    assert duties.show_signatures(waiting.show_at + timedelta(days=1)) == 0
    told = Message.objects.filter(topic="signature.undecided")
    assert {message.payload["act"] for message in told} == {"withdrawal"}
    assert told.count() >= 1
    assert events().count("signature.undecided") == 1
    assert PendingSignature.objects.get().settled_at is None
