"""One form for every refusal, in the reader's language, told without our inner parts."""

import json
from typing import Any

import pytest
from django.conf import settings as configured

from ecase.officers.models import Post
from tests.api.conftest import Caller, problem, refusals
from tests.factories import PostFactory
from tests.logs import done_by

pytestmark = pytest.mark.django_db
URL = "/api/v1/motions/"


@pytest.fixture
def post() -> Post:
    return PostFactory()


@pytest.fixture
def mine(post: Post, call: Any) -> Caller:
    return call(post)


def test_every_member_of_rfc_9457_is_there(mine: Caller) -> None:
    document = problem(mine.post(URL, {}), 422, "invalid")

    assert document["type"] == f"{configured.PUBLIC_URL}/problems/invalid"
    assert document["instance"] == URL
    assert document["detail"]
    assert set(document) == {"type", "title", "status", "detail", "instance", "problems"}
    assert set(document["problems"][0]) == {"code", "field", "message"}


@pytest.mark.parametrize("method", ["get", "post", "put", "delete", "patch"])
@pytest.mark.parametrize("path", ["/api/", "/api/v1/", "/api/v1/nowhere/", "/api/v2/motions/", f"{URL}not-a-uuid/"])
def test_an_address_that_is_none(anybody: Caller, method: str, path: str) -> None:
    problem(getattr(anybody, method)(path), 404, "not-found")


def test_a_host_that_is_not_ours(anybody: Caller) -> None:
    problem(anybody.get(URL, headers={"Host": "evil.example"}), 400, "bad-request")
    page = anybody.get("/sign-in/", headers={"Host": "evil.example"})
    assert (page.status_code, page["Content-Type"]) == (400, "text/html; charset=utf-8")


def test_a_method_that_is_none(mine: Caller) -> None:
    response = mine.put(URL, {})

    problem(response, 405, "method-not-allowed")
    assert response["Allow"] == "GET, POST, HEAD, OPTIONS"


def test_a_form_that_is_not_taken(mine: Caller) -> None:
    problem(mine.generic("POST", URL, b"a=b", "application/x-www-form-urlencoded"), 415, "unsupported-media-type")
    problem(mine.get(URL, headers={"Accept": "text/csv"}), 406, "not-acceptable")
    mine.bears("of-nobody")
    for ask in (mine.get, mine.post):
        problem(ask(URL, headers={"Accept": "text/csv"}), 406, "not-acceptable")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"{", "malformed-json"),
        (b"\xff\xfe", "malformed-json"),
        (b'{"case": "1", "case": "2"}', "malformed-json"),
        (b'{"case": NaN}', "malformed-json"),
        (b'{"case": "\\u0000"}', "malformed-text"),
        (b'{"case": "\\ud800"}', "malformed-text"),
        (b'{"\\u0000": 1}', "malformed-text"),
        (b"[" * 40 + b"]" * 40, "too-deep"),
        (b"[" * 100_000, "malformed-json"),
    ],
)
def test_a_body_that_cannot_be_read(mine: Caller, post: Post, body: bytes, code: str) -> None:
    problem(mine.generic("POST", URL, body, "application/json"), 400, "bad-request", code)

    assert refusals(post)[-1]["codes"] == [code]


def test_a_body_that_is_too_large(mine: Caller, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100

    problem(mine.post(URL, {"case": "x" * 200}), 413, "too-large")


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("en", "Some of the information is missing or wrong"),
        ("ru", "Часть сведений отсутствует или указана неверно"),
        ("kk", "Мәліметтердің бір бөлігі жоқ немесе қате"),
    ],
)
def test_it_speaks_the_readers_language(mine: Caller, language: str, title: str) -> None:
    response = mine.post(URL, {"colour": "red"}, headers={"Accept-Language": language})

    document = problem(response, 422, "invalid")
    assert response["Content-Language"] == language
    assert all(fault["message"] for fault in document["problems"])
    assert document["title"] == title


def test_an_error_of_ours_is_told_without_its_inner_parts(mine: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    from workflows.motions import queries

    def broken(*_arguments: Any) -> Any:
        raise RuntimeError("secret inner part")

    monkeypatch.setattr(queries, "queue_page", broken)
    mine.raise_request_exception = False

    response = mine.get(URL)

    problem(response, 500, "internal-error")
    assert b"secret" not in response.content


def test_reading_what_is_not_there_is_no_attempt_to_change(mine: Caller, post: Post) -> None:
    problem(mine.get(f"{URL}00000000-0000-4000-8000-000000000000/"), 404, "not-found")

    assert refusals(post) == []


def test_a_refused_attempt_names_who_and_what(mine: Caller, post: Post) -> None:
    motion = "00000000-0000-4000-8000-000000000000"
    problem(mine.post(f"{URL}{motion}/acts/", {"type": "agreement"}), 404, "not-found")

    entry = done_by(post)[-1]
    content = json.loads(bytes(entry.body))
    assert content["event"] == "request.refused"
    assert content["actor"]["officer"] == str(post.officer_id)
    assert content["subject"] == {"motion": motion}
    assert content["data"]["method"] == "POST"
