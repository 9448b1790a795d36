"""Requests of the REST API pass by what browsers need, and nothing that protects an answer is lost by it."""

from typing import Any

import psycopg
import pytest
from django.conf import settings as configured
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from ecase.officers import tokens
from tests.api.conftest import Caller, problem
from tests.factories import PostFactory
from tests.motions.conftest import World
from tests.portal.conftest import sign_in
from tests.servers import address

SESSION = "/api/v1/auth/session/"


@pytest.mark.django_db
def test_a_session_is_neither_read_nor_answered(world: World, call: Any) -> None:
    post, caller = world.posts["investigator"], call(world.posts["investigator"])
    visitor = Client()
    sign_in(visitor, post)
    caller.cookies = visitor.cookies

    with CaptureQueriesContext(connection) as sent:
        answer = caller.get(SESSION)
    assert answer.status_code == 200
    assert not answer.cookies
    assert "Cookie" not in answer["Vary"]
    assert not [query["sql"] for query in sent if "session" in query["sql"]]


@pytest.mark.django_db
def test_a_session_is_no_token(world: World) -> None:
    visitor = Client(headers={"Accept-Language": "en"})
    sign_in(visitor, world.posts["investigator"])

    assert visitor.get("/").status_code == 200
    problem(visitor.get(SESSION), 401, "not-authenticated")


@pytest.mark.django_db
@pytest.mark.parametrize("path", [SESSION, "/api/v1/motions/", "/api/v1/nothing/", "/api/docs/", "/verify/"])
def test_the_headers_that_protect_are_those_of_a_page(world: World, call: Any, path: str) -> None:
    answer = call(world.posts["investigator"]).get(path, headers={"Accept": "*/*", "X-Request-ID": "abcdefgh"})

    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == answer["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert answer["Cache-Control"].startswith("private, no-")
    assert answer["Content-Language"] == "en"
    assert "Accept-Language" in answer["Vary"]
    assert answer["X-Request-ID"] == "abcdefgh"


@pytest.mark.django_db
def test_a_foreign_host_is_refused_and_a_plain_connection_redirected(settings: Any) -> None:
    problem(Caller().get(SESSION, headers={"Host": "evil.example"}), 400, "bad-request")

    settings.SECURE_SSL_REDIRECT = True
    answer = Caller().get(SESSION)
    assert (answer.status_code, answer["Location"]) == (301, f"https://testserver{SESSION}")


def test_every_page_keeps_its_middleware() -> None:
    own = configured.MIDDLEWARE[configured.MIDDLEWARE.index("api.middleware.ShortChainMiddleware") :]

    assert "django.contrib.sessions.middleware.SessionMiddleware" in own
    assert "django.middleware.csrf.CsrfViewMiddleware" in own
    assert "ecase.officers.middleware.CurrentPostMiddleware" in own


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_was_lost_between_two_requests_is_opened_again() -> None:
    _token, text = tokens.issue(PostFactory())
    before = _backend()
    with psycopg.connect(address(connection.settings_dict)) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [before])

    assert tokens.find(text) is not None
    assert _backend() != before


@pytest.mark.django_db(transaction=True)
def test_a_fault_of_the_statement_itself_is_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    times = []

    def cancelled(**_values: object) -> list[Any]:
        times.append(1)
        with connection.cursor() as cursor:
            cursor.execute("SET statement_timeout = 10")
            cursor.execute("SELECT pg_sleep(5)")
        return []

    monkeypatch.setattr(tokens._TOKENS, "rows", cancelled)
    before = _backend()
    with pytest.raises(Exception, match="statement timeout"):
        tokens.find("x")
    assert times == [1], "not asked again over a connection that stands"
    assert _backend() == before
    connection.close()


def _backend() -> int:
    with connection.cursor() as cursor:
        return int(cursor.connection.info.backend_pid)
