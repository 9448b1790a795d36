"""R-A13: limits behind a token, said in headers; and a client in a loop does not fill the log."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from ecase.audit.models import Entry
from ecase.audit.refusals import enter_refusals
from ecase.limits.rates import Rate
from tests.api.conftest import Caller, problem
from tests.motions.conftest import World

pytestmark = pytest.mark.django_db
SESSION = "/api/v1/auth/session/"


def refusals(event: str) -> list[dict[str, Any]]:
    return [entry.content for entry in Entry.objects.order_by("id") if entry.event == event]


def test_a_post_has_a_limit_and_is_told_what_is_left(world: World, call: Any, settings: Any) -> None:
    settings.LIMITS = {**settings.LIMITS, "post": Rate(2, 60)}
    caller = call(world.posts["investigator"])
    answers = [caller.get(SESSION) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[0]["RateLimit-Policy"] == '"post";q=2;w=60'
    assert answers[0]["RateLimit"].startswith('"post";r=1;t=')
    problem(answers[2], 429, "too-many-requests", "too-many-requests")
    assert int(answers[2]["Retry-After"]) > 0
    assert call(world.posts["prosecutor"]).get(SESSION).status_code == 200, "another post is not held up"


def test_changes_have_a_limit_of_their_own(world: World, call: Any, settings: Any) -> None:
    settings.LIMITS = {**settings.LIMITS, "post-changes": Rate(1, 60)}
    caller = call(world.posts["investigator"])
    assert caller.post("/api/v1/motions/", {}).status_code == 422

    problem(caller.post("/api/v1/motions/", {}), 429, "too-many-requests")
    assert caller.get(SESSION).status_code == 200


def test_no_statement_is_spent_on_it(world: World, call: Any) -> None:
    caller = call(world.posts["investigator"])
    with CaptureQueriesContext(connection) as queries:
        caller.get(SESSION)
    assert not [query["sql"] for query in queries if "limits_" in query["sql"]]


def test_guessing_at_tokens_is_slow_and_holds_nobody_up(world: World, call: Any, settings: Any) -> None:
    settings.LIMITS = {**settings.LIMITS, "bad-token": Rate(2, 60)}
    guesser = Caller()
    guesser.bears("0" * 64)
    answers = [guesser.get(SESSION).status_code for _ in range(3)]

    assert answers == [401, 401, 429]
    assert call(world.posts["investigator"]).get(SESSION).status_code == 200, "of the same address"


def test_a_client_in_a_loop_is_entered_at_once_and_then_once_a_minute(world: World, call: Any) -> None:
    """Each refused write was an entry of its own: 2.2 million rows a day from one client at 25 a second."""
    motion = world.filed("custody")
    caller = call(world.posts["clerk"])
    address, agreement = f"/api/v1/motions/{motion.pk}/acts/", {"type": "agreement", "payload": {}}
    began = timezone.now()
    with time_machine.travel(began, tick=False) as clock:
        for second in range(130):
            clock.move_to(began + timedelta(seconds=second))
            problem(caller.post(address, agreement), 404, "not-found")
        clock.move_to(began + timedelta(seconds=200))
        assert enter_refusals(timezone.now()) == 1
        assert enter_refusals(timezone.now()) == 0

    times = [entry["data"].get("times", 1) for entry in refusals("request.refused")]
    assert times == [1, 60, 60, 9]
    assert sum(times) == 130


def test_different_refusals_are_entered_each(world: World, call: Any) -> None:
    caller = call(world.posts["investigator"])
    for kind in ("custody", "search"):
        caller.post("/api/v1/motions/", {"kind": kind})
        caller.post("/api/v1/motions/", {"kind": kind, "unknown": 1})

    assert len(refusals("request.refused")) == 2, "equal codes at one address are one refusal, others another"
