"""Callers of the REST API: any officer of a factory, signed in."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.http import HttpResponse
from rest_framework.test import APIClient

from ecase.limits.rates import Rate
from ecase.officers import tokens
from ecase.officers.models import Post
from tests.logs import done_by
from tests.motions.conftest import World, make_world, storage, world  # noqa: F401 - fixtures
from workflows.motions.services import acting
from workflows.motions.states import ActType

Call = Callable[[Post], "Caller"]


class Caller(APIClient):
    """A client that brings the token of a post, and takes JSON both ways."""

    def __init__(self, post: Post | None = None) -> None:
        super().__init__(headers={"Accept-Language": "en"})
        self.default_format = "json"
        if post:
            self.bears(tokens.issue(post)[1])

    def bears(self, secret: str) -> None:
        """Bring this token from now on."""
        self.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")

    def request(self, **request: Any) -> Any:
        response = super().request(**request)
        if response.headers.get("Content-Type", "").endswith("json") and response.content:
            response.data = response.json()
        return response


@pytest.fixture
def unlimited(settings: Any) -> None:
    """For tests that ask more often than a client may."""
    settings.LIMITS = dict.fromkeys(settings.LIMITS, Rate(10**6, 1))


@pytest.fixture
def wsgi() -> Iterator[Any]:
    """The WSGI application, called in the test's own transaction: connections are not closed between its requests."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield get_wsgi_application()
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def existing(world: World) -> dict[str, Any]:  # noqa: F811 - a fixture
    """Path parameters that lead to something: a draft with a file and a prepared act, a copy of a decision."""
    decided = world.decided("custody", "sanctioned")
    draft, post = world.draft("custody"), world.posts["investigator"]
    prepared = acting.prepare(draft, ActType.MOTION, post, {})
    return {
        "motion_id": str(draft.pk),
        "act_id": str(prepared.pk),
        "attachment_id": draft.attachments.first().pk,
        "number": world.case.number,
        "external_id": str(decided.subject_id),
        "key": "custody",
        "act_type": "motion",
        "copy_id": str(decided.copies.get(to="suspect").pk),
        "before": 1,
        "after": 1,
    }


@pytest.fixture
def anybody() -> Caller:
    return Caller()


@pytest.fixture
def call() -> Call:
    """A caller for a post."""
    return Caller


def problem(response: HttpResponse, status: int, slug: str, *codes: str) -> dict[str, Any]:
    """The problem document of a response, which must be one of that status and slug, with these codes in it."""
    assert response.status_code == status, response.content
    assert response["Content-Type"] == "application/problem+json"
    document: dict[str, Any] = response.json()
    assert document["type"].endswith(f"/problems/{slug}"), document
    assert document["status"] == status
    assert document["title"]
    assert {fault["code"] for fault in document["problems"]} >= set(codes), document
    return document


def refusals(post: Post) -> list[dict[str, Any]]:
    """What the log holds of the refused requests of an officer, oldest first."""
    return [entry.content["data"] for entry in done_by(post) if entry.event == "request.refused"]
