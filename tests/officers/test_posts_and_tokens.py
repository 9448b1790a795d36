"""Posts that begin and end, and what a session or a token is worth after that."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.sessions.backends.db import SessionStore
from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils import timezone, translation

from ecase.audit.models import Entry
from ecase.officers import posts, sign_in, tokens
from ecase.officers.backends import CertificateBackend
from ecase.officers.middleware import CurrentPostMiddleware
from ecase.officers.models import Officer, Organisation, Post, Role, Token
from ecase.problems import NotAllowed
from tests.factories import OfficerFactory, PostFactory

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def end(post: Post) -> None:
    Post.objects.filter(pk=post.pk).update(valid_to=timezone.now())


def deactivate(post: Post) -> None:
    Officer.objects.filter(pk=post.officer_id).update(active=False)


def test_only_a_judge_of_the_first_court_is_an_investigating_judge() -> None:
    def title(level: str) -> str:
        return Post(role=Role.JUDGE, organisation=Organisation(level=level)).title

    with translation.override("ru"):
        assert (title("district"), title("oblast")) == ("следственный судья", "судья")


def test_current_posts_of_an_officer() -> None:
    officer, now = OfficerFactory(), timezone.now()
    held = PostFactory(officer=officer)
    PostFactory(officer=officer, valid_to=now)
    PostFactory(officer=officer, valid_from=now + HOUR)
    assert list(posts.of(officer)) == [held]
    assert held.is_current()
    assert not Post.objects.get(valid_from__gt=now).is_current()
    assert list(posts.holding(Role.INVESTIGATOR, held.organisation)) == [held]
    assert not posts.holding(Role.HEAD_OF_UNIT, held.organisation)


def test_a_post_is_not_held_twice_at_a_time(investigator: Post) -> None:
    same = {"officer": investigator.officer, "organisation": investigator.organisation}
    with pytest.raises(IntegrityError, match="post_held_once_at_a_time"), transaction.atomic():
        PostFactory(**same, valid_from=timezone.now())
    end(investigator)
    PostFactory(**same, valid_from=timezone.now() + HOUR)


def seen_by_middleware(session: SessionStore | None) -> Any:
    request = RequestFactory().get("/")
    request.session = session or SessionStore()
    if session:
        request.COOKIES["sessionid"] = session.session_key
    CurrentPostMiddleware(lambda _request: HttpResponse())(request)
    return request.post


def session_in(post: Post) -> SessionStore:
    request = RequestFactory().post("/")
    request.session = SessionStore()
    sign_in.open_session(request, post.officer, post)
    request.session.save()
    return request.session


def test_a_request_without_a_session_asks_nothing(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        assert seen_by_middleware(None) is None


def test_the_middleware_finds_the_post_in_one_query(investigator: Post, django_assert_num_queries: Any) -> None:
    session = session_in(investigator)
    with django_assert_num_queries(1):
        post = seen_by_middleware(session)
        assert (post, post.officer, post.organisation.bin) == (
            investigator,
            investigator.officer,
            investigator.organisation.bin,
        )


@pytest.mark.parametrize("lose", [end, deactivate])
def test_a_session_is_over_once_the_post_is_lost_and_it_is_logged_once(investigator: Post, lose: Any) -> None:
    session = session_in(investigator)
    lose(investigator)
    assert seen_by_middleware(session) is None
    assert seen_by_middleware(session) is None
    assert refusals(investigator, "session.refused") == [LOST[lose]]


def refusals(post: Post, event: str) -> list[str]:
    """The codes of these entries, which name the officer as others do and nothing else of him."""
    entries = [
        entry.content for entry in Entry.objects.filter(chain=f"officer:{post.officer_id}") if entry.event == event
    ]
    for entry in entries:
        assert entry["actor"] == post.as_actor()
        assert entry["subject"]["officer"] == str(post.officer_id)
        assert set(entry["data"]) <= {"problems", "times"}
    return [code for entry in entries for code in entry["data"]["problems"]]


LOST = {end: "no-current-post", deactivate: "officer-inactive"}


def test_a_session_does_not_take_another_officers_post(investigator: Post) -> None:
    session = session_in(investigator)
    session["post"] = str(PostFactory().pk)
    assert seen_by_middleware(session) is None


def test_no_password_opens_anything(investigator: Post) -> None:
    backend = CertificateBackend()
    assert backend.authenticate(None, username=investigator.officer.iin, password="") is None
    assert backend.get_user(investigator.officer_id) == investigator.officer
    deactivate(investigator)
    assert backend.get_user(investigator.officer_id) is None


def test_a_token_is_found_in_one_query_and_stored_as_a_hash(investigator: Post, django_assert_num_queries: Any) -> None:
    token, text = tokens.issue(investigator)
    assert text not in str(Token.objects.filter(pk=token.pk).values().get())
    with django_assert_num_queries(1):
        found = tokens.find(text)
        assert found is not None
        assert found.post.officer.full_name
        assert found.post.organisation.bin
    assert tokens.find(text[:-1] + "g") is None
    assert tokens.find("") is None


@pytest.mark.parametrize("lose", [end, deactivate])
def test_a_token_is_worth_nothing_once_the_post_is_lost(investigator: Post, lose: Any) -> None:
    _token, text = tokens.issue(investigator)
    lose(investigator)
    began = timezone.now()
    for seconds in (0, 1, 59, 61, 62):
        with time_machine.travel(began + timedelta(seconds=seconds), tick=False):
            assert tokens.find(text) is None
    assert refusals(investigator, "token.refused") == [LOST[lose]] * 2
    with pytest.raises(NotAllowed):
        tokens.issue(posts.Post.objects.get(pk=investigator.pk))


def test_tokens_run_out_and_are_revoked(investigator: Post) -> None:
    token, text = tokens.issue(investigator)
    Token.objects.filter(pk=token.pk).update(expiry=timezone.now())
    assert tokens.find(text) is None
    second, text = tokens.issue(investigator)
    assert not Token.objects.filter(pk=token.pk).exists()
    tokens.revoke(second)
    assert tokens.find(text) is None
    logged = [entry.event for entry in Entry.objects.filter(chain=f"officer:{investigator.officer_id}").order_by("seq")]
    assert logged == ["token.issued", "token.issued", "token.revoked"]
