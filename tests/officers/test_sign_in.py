"""Signing in with a real signature of a demo authority, and every way in which it must not succeed."""

import json
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from django.test import RequestFactory
from django.utils import timezone

from ecase.audit.models import Entry
from ecase.officers import sign_in
from ecase.officers.models import Challenge, Officer, Post
from ecase.problems import Expired, NotAllowed, Refused, SignatureRefused
from signatures.canonical import canonical
from signatures.demo.issuing import AUTHENTICATION, SIGNING_INDIVIDUAL
from tests.factories import OfficerFactory, OrganisationFactory, PostFactory
from tests.officers.conftest import Sign

pytestmark = pytest.mark.django_db


def entries(chain: str) -> list[dict[str, Any]]:
    return [entry.content for entry in Entry.objects.filter(chain=chain).order_by("seq")]


def codes(refusal: Refused) -> set[str]:
    return {problem.code for problem in refusal.problems}


def test_challenge_is_canonical_fresh_and_named() -> None:
    first, second = sign_in.challenge(), sign_in.challenge()
    content = json.loads(bytes(first.to_sign))
    assert canonical(content) == bytes(first.to_sign)
    assert set(content) == {"schema", "installation", "challenge", "issued_at"}
    assert (content["schema"], content["installation"]) == ("ecase.sign-in/1", settings.INSTALLATION_ID)
    assert len(content["challenge"]) == 32
    assert bytes(first.to_sign) != bytes(second.to_sign)
    assert first.expires_at - first.issued_at == settings.CHALLENGE_LIFETIME


def test_old_challenges_are_removed() -> None:
    with time_machine.travel(datetime.now(UTC) - timedelta(days=2), tick=False):
        old = sign_in.challenge()
    sign_in.challenge()
    assert not Challenge.objects.filter(pk=old.pk).exists()


def test_the_signer_comes_in_and_it_is_logged(investigator: Post, sign: Sign) -> None:
    asked = sign_in.challenge()
    officer = sign_in.answer(asked.pk, sign(investigator, bytes(asked.to_sign)))
    assert officer == investigator.officer
    entry = entries(f"officer:{officer.pk}")[-1]
    assert entry["event"] == "sign_in.succeeded"
    assert entry["actor"] == {"officer": str(officer.pk), "name": officer.full_name}


def test_a_challenge_serves_once(investigator: Post, sign: Sign) -> None:
    asked = sign_in.challenge()
    cms = sign(investigator, bytes(asked.to_sign))
    sign_in.answer(str(asked.pk), cms)
    with pytest.raises(Expired) as refused:
        sign_in.answer(asked.pk, cms)
    assert codes(refused.value) == {"challenge-expired"}


def test_a_wrong_answer_uses_the_challenge_up(investigator: Post, sign: Sign) -> None:
    asked = sign_in.challenge()
    with pytest.raises(SignatureRefused):
        sign_in.answer(asked.pk, b"nonsense")
    with pytest.raises(Expired):
        sign_in.answer(asked.pk, sign(investigator, bytes(asked.to_sign)))


def test_a_challenge_runs_out(investigator: Post, sign: Sign) -> None:
    asked = sign_in.challenge()
    cms = sign(investigator, bytes(asked.to_sign))
    with time_machine.travel(asked.expires_at + timedelta(seconds=1)), pytest.raises(Expired):
        sign_in.answer(asked.pk, cms)


@pytest.mark.parametrize("unknown", ["", "not-a-uuid", "00000000-0000-4000-8000-000000000000"])
def test_an_unknown_challenge_is_an_expired_one(unknown: str, trusted: Any) -> None:
    with pytest.raises(Expired):
        sign_in.answer(unknown, b"")


def test_the_answer_to_another_challenge_is_refused(investigator: Post, sign: Sign) -> None:
    asked, other = sign_in.challenge(), sign_in.challenge()
    with pytest.raises(SignatureRefused) as refused:
        sign_in.answer(asked.pk, sign(investigator, bytes(other.to_sign)))
    assert codes(refused.value) == {"HASH_FAILURE"}
    assert {problem.field for problem in refused.value.problems} == {"cms"}
    assert entries("system")[-1]["data"]["problems"] == ["HASH_FAILURE"]


@pytest.mark.parametrize("profile", [AUTHENTICATION, SIGNING_INDIVIDUAL])
def test_only_a_signing_key_of_an_organisation_opens(investigator: Post, sign: Sign, profile: Any) -> None:
    asked = sign_in.challenge()
    with pytest.raises(SignatureRefused) as refused:
        sign_in.answer(asked.pk, sign(investigator, bytes(asked.to_sign), profile=profile))
    assert codes(refused.value) == {"CHAIN_CONSTRAINTS_FAILURE"}


def test_an_untrusted_authority_opens_nothing(investigator: Post, sign: Sign, tmp_path: Any, settings: Any) -> None:
    from signatures.demo import pki as demo_pki

    asked = sign_in.challenge()
    cms = sign(investigator, bytes(asked.to_sign))
    settings.TRUST_DIR = demo_pki.make(tmp_path).directory / "trust"
    with pytest.raises(SignatureRefused) as refused:
        sign_in.answer(asked.pk, cms)
    # Another authority of the same name: its key does not fit.
    assert codes(refused.value) == {"CERTIFICATE_CHAIN_GENERAL_FAILURE"}


def nobody(post: Post) -> None:
    Officer.objects.filter(pk=post.officer_id).update(iin="000000000000")


def deactivated(post: Post) -> None:
    Officer.objects.filter(pk=post.officer_id).update(active=False)


def out_of_office(post: Post) -> None:
    Post.objects.filter(pk=post.pk).update(valid_to=timezone.now())


def transferred(post: Post) -> None:
    Post.objects.filter(pk=post.pk).update(organisation=OrganisationFactory())


@pytest.mark.parametrize(
    ("change", "code", "known"),
    [
        (nobody, "officer-unknown", False),
        (deactivated, "officer-inactive", True),
        (out_of_office, "no-current-post", True),
        (transferred, "certificate-of-another-organisation", True),
    ],
)
def test_who_may_not_come_in_is_told_and_logged(
    investigator: Post, sign: Sign, change: Callable[[Post], None], code: str, known: bool
) -> None:
    asked = sign_in.challenge()
    cms = sign(investigator, bytes(asked.to_sign))
    change(investigator)
    with pytest.raises(NotAllowed) as refused:
        sign_in.answer(asked.pk, cms)
    assert codes(refused.value) == {code}
    entry = entries(f"officer:{investigator.officer_id}" if known else "system")[-1]
    assert (entry["event"], entry["data"]["problems"]) == ("sign_in.refused", [code])
    assert len(entry["data"]["certificate"]) == 64
    assert investigator.officer.iin not in json.dumps(entry)


@pytest.mark.django_db(transaction=True)
def test_of_two_answers_at_once_one_comes_in(investigator: Post, sign: Sign) -> None:
    asked = sign_in.challenge()
    cms = sign(investigator, bytes(asked.to_sign))
    barrier, outcomes = threading.Barrier(2), []

    def attempt() -> None:
        barrier.wait()
        try:
            outcomes.append(sign_in.answer(asked.pk, cms).pk)
        except Expired:
            outcomes.append("expired")
        finally:
            connection.close()

    threads = [threading.Thread(target=attempt) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(str, outcomes)) == sorted([str(investigator.officer_id), "expired"])


def request_with_session() -> Any:
    request = RequestFactory().post("/")
    request.session, request.user = SessionStore(), AnonymousUser()
    request.session["seen-before-sign-in"] = True
    request.session.save()
    return request


def test_a_session_is_opened_under_a_new_key_in_one_post(investigator: Post) -> None:
    request = request_with_session()
    before = request.session.session_key
    sign_in.open_session(request, investigator.officer, investigator)
    assert request.session.session_key != before
    assert request.session["post"] == str(investigator.pk)
    assert (request.user, request.post) == (investigator.officer, investigator)
    assert entries(f"officer:{investigator.officer_id}")[-1]["event"] == "session.opened"


def test_a_session_in_a_post_of_somebody_else_or_of_the_past_is_refused(investigator: Post) -> None:
    ended = PostFactory(officer=investigator.officer, valid_to=timezone.now())
    for post, officer in ((investigator, OfficerFactory()), (ended, investigator.officer)):
        with pytest.raises(NotAllowed):
            sign_in.open_session(request_with_session(), officer, post)
