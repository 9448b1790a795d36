"""Signing in with the key that signs, and what a token is worth."""

import base64
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from ecase.audit.models import Entry
from ecase.limits.rates import Rate
from ecase.officers import tokens
from ecase.officers.models import Post, Token
from tests.api.conftest import Caller, problem
from tests.factories import OrganisationFactory, PostFactory
from tests.keys import Keyring

pytestmark = pytest.mark.django_db


@pytest.fixture
def prosecutor() -> Post:
    return PostFactory(prosecutor=True)


def answer(caller: Caller, keys: Keyring, signer: Post, **more: Any) -> Any:
    given = caller.post("/api/v1/auth/challenge/").data
    cms = keys.sign(signer, base64.b64decode(given["to_sign"]))
    body = {"challenge": given["id"], "cms": base64.b64encode(cms).decode(), **more}
    return caller.post("/api/v1/auth/token/", body)


def test_a_signed_challenge_gives_a_token(anybody: Caller, keys: Keyring, prosecutor: Post) -> None:
    response = answer(anybody, keys, prosecutor)

    assert response.status_code == 201
    assert response["Cache-Control"] == "private, no-store"
    assert response.data["post"]["id"] == str(prosecutor.pk)
    anybody.bears(response.data["token"])
    session = anybody.get("/api/v1/auth/session/").data
    assert session["officer"]["name"] == prosecutor.officer.full_name
    assert session["post"]["role"] == "prosecutor"


def test_the_token_itself_is_not_stored(anybody: Caller, keys: Keyring, prosecutor: Post) -> None:
    secret = answer(anybody, keys, prosecutor).data["token"]

    assert not Token.objects.filter(digest=secret).exists()
    assert secret not in str(Token.objects.values().get())


def test_pem_is_as_good_as_der(anybody: Caller, keys: Keyring, prosecutor: Post) -> None:
    given = anybody.post("/api/v1/auth/challenge/").data
    der = keys.sign(prosecutor, base64.b64decode(given["to_sign"]))
    pem = f"-----BEGIN CMS-----\n{base64.encodebytes(der).decode()}-----END CMS-----\n"

    assert anybody.post("/api/v1/auth/token/", {"challenge": given["id"], "cms": pem}).status_code == 201


def test_a_challenge_serves_once(anybody: Caller, keys: Keyring, prosecutor: Post) -> None:
    given = anybody.post("/api/v1/auth/challenge/").data
    cms = base64.b64encode(keys.sign(prosecutor, base64.b64decode(given["to_sign"]))).decode()
    body = {"challenge": given["id"], "cms": cms}
    assert anybody.post("/api/v1/auth/token/", body).status_code == 201

    problem(anybody.post("/api/v1/auth/token/", body), 410, "expired", "challenge-expired")


def test_an_unknown_challenge(anybody: Caller) -> None:
    body = {"challenge": str(uuid.uuid4()), "cms": "AAAA"}

    problem(anybody.post("/api/v1/auth/token/", body), 410, "expired", "challenge-expired")


@pytest.mark.parametrize("cms", ["", "AAAA", "not base64 at all", "-----BEGIN CMS-----\nAAAA\n-----END CMS-----"])
def test_a_malformed_cms(anybody: Caller, cms: str) -> None:
    given = anybody.post("/api/v1/auth/challenge/").data
    response = anybody.post("/api/v1/auth/token/", {"challenge": given["id"], "cms": cms})

    assert response.status_code == 422
    assert response.data["problems"][0]["field"] == "cms"


def test_an_authentication_certificate_does_not_sign(anybody: Caller, keys: Keyring, prosecutor: Post) -> None:
    given = anybody.post("/api/v1/auth/challenge/").data
    cms = base64.b64encode(keys.authenticate(prosecutor, base64.b64decode(given["to_sign"]))).decode()

    problem(anybody.post("/api/v1/auth/token/", {"challenge": given["id"], "cms": cms}), 422, "signature-refused")


def test_a_stranger_is_not_let_in(anybody: Caller, keys: Keyring, prosecutor: Post) -> None:
    given = anybody.post("/api/v1/auth/challenge/").data
    cms = base64.b64encode(keys.sign(prosecutor, base64.b64decode(given["to_sign"]), iin="750101300999")).decode()

    problem(
        anybody.post("/api/v1/auth/token/", {"challenge": given["id"], "cms": cms}),
        403,
        "not-allowed",
        "officer-unknown",
    )


def test_who_holds_two_posts_names_one(anybody: Caller, keys: Keyring, prosecutor: Post) -> None:
    other = PostFactory(prosecutor=True, officer=prosecutor.officer, organisation=OrganisationFactory(prosecution=True))

    given = anybody.post("/api/v1/auth/challenge/").data
    cms = base64.b64encode(keys.sign(prosecutor, base64.b64decode(given["to_sign"]))).decode()
    body = {"challenge": given["id"], "cms": cms}
    for _again in range(2):
        asked = problem(anybody.post("/api/v1/auth/token/", body), 422, "invalid", "post-needed")
        listed = {post["id"] for post in asked["problems"][0]["params"]["posts"]}
        assert listed == {str(prosecutor.pk), str(other.pk)}

    # R-A18: one signature is enough, and gives one token.
    chosen = anybody.post("/api/v1/auth/token/", {**body, "post": str(other.pk)})
    assert (chosen.status_code, chosen.data["post"]["id"]) == (201, str(other.pk))
    problem(anybody.post("/api/v1/auth/token/", {**body, "post": str(other.pk)}), 410, "expired", "challenge-expired")


def test_a_post_of_somebody_else_cannot_be_chosen(anybody: Caller, keys: Keyring, prosecutor: Post) -> None:
    response = answer(anybody, keys, prosecutor, post=str(PostFactory(judge=True).pk))

    problem(response, 403, "not-allowed", "post-not-held")


def test_a_post_that_has_ended_opens_nothing_and_that_is_logged(
    anybody: Caller, call: Any, keys: Keyring, prosecutor: Post
) -> None:
    ended, chain = PostFactory(judge=True, officer=prosecutor.officer), f"officer:{prosecutor.officer_id}"
    caller = call(ended)
    Post.objects.filter(pk=ended.pk).update(valid_to=timezone.now())

    problem(caller.get("/api/v1/auth/session/"), 401, "not-authenticated")
    assert Entry.objects.filter(chain=chain).latest("seq").event == "token.refused"
    problem(answer(anybody, keys, prosecutor, post=str(ended.pk)), 403, "not-allowed", "post-not-held")
    entry = Entry.objects.filter(chain=chain).latest("seq").content
    assert (entry["event"], entry["data"]) == ("sign_in.refused", {"problems": ["post-not-held"]})


def test_a_token_is_found_by_one_query(call: Any, prosecutor: Post, django_assert_num_queries: Any) -> None:
    secret = tokens.issue(prosecutor)[1]

    with django_assert_num_queries(1):
        token = tokens.find(secret)
        assert token is not None
        assert token.post.organisation.bin == prosecutor.organisation.bin
        assert token.post.officer.full_name


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Bearer nonsense", "Token x", "Bearer \xff\x00"])
def test_without_a_token_there_is_nothing(anybody: Caller, header: str) -> None:
    response = anybody.get("/api/v1/motions/", headers={"Authorization": header})

    problem(response, 401, "not-authenticated")
    assert response["WWW-Authenticate"] == "Bearer"


def test_a_revoked_token_is_out_at_once(call: Any, prosecutor: Post) -> None:
    caller = call(prosecutor)
    assert caller.delete("/api/v1/auth/token/").status_code == 204

    problem(caller.get("/api/v1/auth/session/"), 401, "not-authenticated")


def test_a_token_ends_with_its_post(call: Any, prosecutor: Post) -> None:
    caller = call(prosecutor)
    prosecutor.valid_to = timezone.now()
    prosecutor.save()

    problem(caller.get("/api/v1/auth/session/"), 401, "not-authenticated")


def test_a_deactivated_officer_is_out_at_once(call: Any, prosecutor: Post) -> None:
    caller = call(prosecutor)
    prosecutor.officer.active = False
    prosecutor.officer.save()

    problem(caller.get("/api/v1/auth/session/"), 401, "not-authenticated")


def test_a_token_runs_out(call: Any, prosecutor: Post) -> None:
    caller = call(prosecutor)
    Token.objects.update(expiry=timezone.now() - timedelta(seconds=1))

    problem(caller.get("/api/v1/auth/session/"), 401, "not-authenticated")


def test_guessing_is_slow(anybody: Caller, settings: Any) -> None:
    settings.LIMITS = {**settings.LIMITS, "sign-in": Rate(2, 60)}
    for _ in range(2):
        assert anybody.post("/api/v1/auth/challenge/").status_code == 201

    response = anybody.post("/api/v1/auth/challenge/", headers={"X-Forwarded-For": "10.0.0.9"})
    problem(response, 429, "too-many-requests")
    assert int(response["Retry-After"]) > 0
