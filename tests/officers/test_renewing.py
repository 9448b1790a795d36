"""Evidence is put under a new timestamp before the old one fades, many records under one."""

import dataclasses
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from django.core.management import CommandError, call_command

from ecase.audit.models import Entry
from ecase.officers import signing
from ecase.officers.models import Post
from ecase.trust import evidence
from ecase.trust.models import EvidenceRecord
from signatures.demo import pki as demo_pki
from signatures.demo.issuing import TIMESTAMPING, Span, authority_name
from signatures.demo.services import TimestampAuthority, services
from tests.officers.conftest import Sign
from tests.signatures.services import served

pytestmark = pytest.mark.django_db
Answers = dict[str, Callable[[bytes], bytes]]


def now() -> datetime:
    return datetime.now(UTC)


def stamping(authority: demo_pki.DemoPki, days: int) -> Callable[[bytes], bytes]:
    """A timestamp authority whose certificate ends in so many days."""
    key = ec.generate_private_key(ec.SECP256R1())
    span = Span(now() - timedelta(days=400), now() + timedelta(days=days))
    certificate = authority.issuer.issue(authority_name("DEMO TSA"), key, TIMESTAMPING, span)
    return TimestampAuthority(key, (certificate, *authority.chain)).answer


@pytest.fixture
def reachable(authority: demo_pki.DemoPki, trusted: Path, settings: Any) -> Iterator[Answers]:
    """All services; the timestamp authority's certificate ends in thirty days."""
    answers = {**services(trusted), "/tsa": stamping(authority, 30), "/new": stamping(authority, 900)}
    with served(answers) as (base, _asked):
        settings.TSA_URLS, settings.OCSP_URLS = [f"{base}/tsa"], [f"{base}/ocsp"]
        yield answers


def accepted(post: Post, sign: Sign, number: int) -> str:
    """The evidence of a signature that came in now, kept; the digest of its value."""
    content, at = b'{"number":%d}' % number, now()
    received = signing.receive(sign(post, content), content, post, at, at)
    report = signing.verify_received(received, content, post, at)
    assert received.collected
    evidence.keep(report, received.collected.evidence)
    return report.signature_sha256


def renew(settings: Any, path: str = "/new") -> str:
    settings.TSA_URLS = [settings.TSA_URLS[0].rpartition("/")[0] + path]
    out = StringIO()
    call_command("renew_evidence", stdout=out)
    return out.getvalue()


def passes(signature: str, post: Post) -> bool:
    kept = evidence.of(signature)
    assert kept
    received = signing.Received(kept.cms, now(), evidence.Collected(kept))
    return signing.verify_received(received, kept.content, post, now() - timedelta(days=1)).passed


def test_what_fades_soon_is_renewed_together(investigator: Post, sign: Sign, reachable: Answers, settings: Any) -> None:
    made = [accepted(investigator, sign, number) for number in range(5)]
    assert {record.fades_at for record in EvidenceRecord.objects.all()} == {EvidenceRecord.objects.first().fades_at}
    renew(settings)
    kept = [evidence.of(signature) for signature in made]
    tokens = {proof.renewals[-1].token for proof in kept if proof}
    assert len(tokens) == 1
    assert all(len(proof.renewals) == 1 for proof in kept if proof)
    assert all(passes(signature, investigator) for signature in made)
    assert all(record.fades_at > now() + timedelta(days=800) for record in EvidenceRecord.objects.all())
    (entry,) = [entry.content for entry in Entry.objects.all() if entry.content["event"] == "evidence.renewed"]
    assert sorted(entry["data"]["signatures"]) == sorted(made)
    assert not evidence.due(now()).exists()


def test_what_lasts_is_left_alone(investigator: Post, sign: Sign, reachable: Answers, settings: Any) -> None:
    settings.RENEWAL_DAYS = 29
    made = accepted(investigator, sign, 1)
    renew(settings)
    kept = evidence.of(made)
    assert kept
    assert not kept.renewals
    settings.RENEWAL_DAYS = 31
    out = StringIO()
    call_command("renew_evidence", "--dry-run", stdout=out)
    assert "1" in out.getvalue()
    assert "0" in out.getvalue().splitlines()[1]


def test_a_token_that_ends_as_soon_is_not_put_upon_it(
    investigator: Post, sign: Sign, reachable: Answers, settings: Any
) -> None:
    made = accepted(investigator, sign, 1)
    renew(settings, "/tsa")
    kept = evidence.of(made)
    assert kept
    assert not kept.renewals
    assert not evidence.due(now()).exists()
    assert evidence.due(now() + timedelta(days=2)).exists()


def test_an_unreachable_authority_loses_nothing(
    investigator: Post, sign: Sign, reachable: Answers, settings: Any
) -> None:
    made = accepted(investigator, sign, 1)
    with pytest.raises(CommandError, match="nothing-here"):
        renew(settings, "/nothing-here")
    assert evidence.due(now()).count() == 1
    assert passes(made, investigator)


def test_one_worker_at_a_time_sets_about_it(investigator: Post, sign: Sign, reachable: Answers) -> None:
    pause = timedelta(hours=1)
    assert not evidence.claim_renewal(now(), pause)
    accepted(investigator, sign, 1)
    at = now()
    assert evidence.claim_renewal(at, pause)
    assert not evidence.claim_renewal(at + timedelta(minutes=59), pause)
    assert evidence.claim_renewal(at + timedelta(minutes=61), pause)


def test_an_altered_record_is_not_believed(investigator: Post, sign: Sign, reachable: Answers) -> None:
    made = accepted(investigator, sign, 1)
    kept = evidence.of(made)
    assert kept
    other = accepted(investigator, sign, 2)
    theirs = evidence.of(other)
    assert theirs
    forged = dataclasses.replace(kept, timestamps=theirs.timestamps)
    EvidenceRecord.objects.filter(pk=made).update(data=forged.dumps())
    from ecase.problems import SignatureRefused

    with pytest.raises(SignatureRefused):
        passes(made, investigator)
