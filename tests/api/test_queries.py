"""How many statements a hot path sends. The bounds only fall."""

import base64
from collections import Counter
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from api import idempotency
from tests.api.conftest import Caller
from tests.motions.conftest import World
from workflows.motions.models import PreparedAct
from workflows.motions.services import acting
from workflows.motions.states import ActType

pytestmark = pytest.mark.django_db

# A savepoint of the test stands for BEGIN, its release for COMMIT.
BOUNDS = {"search": 30, "agreement": 30, "withdrawal": 14, "custody": 28}


def sign(caller: Caller, world: World, prepared: PreparedAct, role: str) -> list[str]:
    """The statements of the request that brings the signature; it must succeed."""
    cms = world.keys.sign(world.posts[role], bytes(prepared.act_json))
    with CaptureQueriesContext(connection) as queries:
        answer = caller.post(
            f"/api/v1/acts/{prepared.pk}/signature/",
            {"cms": base64.b64encode(cms).decode()},
            headers={"Idempotency-Key": str(prepared.pk)},
        )
    assert answer.status_code == 201, answer.content
    return [query["sql"] for query in queries]


def said(statements: list[str]) -> str:
    return "\n".join(statement.strip()[:150] for statement in statements)


@pytest.fixture
def warm(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """What a process reads once (the catalogue, the authorities) has been read, and expired answers are deleted."""
    monkeypatch.setattr(idempotency._Expiry, "due", float("inf"))
    world.assigned("custody")
    return world


def test_a_search_motion_with_registration_and_assignment(warm: World, call: Any) -> None:
    motion = warm.draft("search")
    prepared = acting.prepare(motion, ActType.MOTION, warm.posts["investigator"], {})

    statements = sign(call(warm.posts["investigator"]), warm, prepared, "investigator")

    assert len(statements) <= BOUNDS["search"], said(statements)


def test_an_agreement_with_registration_and_assignment(warm: World, call: Any) -> None:
    motion = warm.opened(warm.filed("custody"), "prosecutor")
    payload = warm.filled(motion, ActType.AGREEMENT)
    prepared = acting.prepare(motion, ActType.AGREEMENT, warm.posts["prosecutor"], payload)

    statements = sign(call(warm.posts["prosecutor"]), warm, prepared, "prosecutor")

    assert len(statements) <= BOUNDS["agreement"], said(statements)


def test_a_decision_on_custody_with_its_measure(warm: World, call: Any) -> None:
    motion = warm.opened(warm.assigned("custody"), "judge")
    payload = warm.decision(motion, "sanctioned")
    prepared = acting.prepare(motion, ActType.PROTOCOL, warm.posts["judge"], payload)

    statements = sign(call(warm.posts["judge"]), warm, prepared, "judge")

    assert len(statements) <= BOUNDS["custody"], said(statements)
    assert len([text for text in statements if "measures_measure" in text]) == 2


def test_a_single_act(warm: World, call: Any) -> None:
    motion = warm.filed("custody")
    payload = warm.filled(motion, ActType.WITHDRAWAL)
    prepared = acting.prepare(motion, ActType.WITHDRAWAL, warm.posts["investigator"], payload)

    statements = sign(call(warm.posts["investigator"]), warm, prepared, "investigator")

    assert len(statements) <= BOUNDS["withdrawal"], said(statements)


def test_no_statement_carries_what_it_does_not_need(warm: World, call: Any) -> None:
    motion = warm.filed("custody")
    caller = call(warm.posts["investigator"])
    with CaptureQueriesContext(connection) as queries:
        assert caller.get(f"/api/v1/motions/{motion.pk}/").status_code == 200
    texts = [query["sql"] for query in queries]

    assert not [text for text in texts if '"statute_catalogueversion"."content"' in text]
    assert not [text for text in texts if text.count(" JOIN ") > 6], "PostgreSQL plans joins by trying their orders"


def test_one_motion_whole_takes_no_more_statements_for_more_acts(warm: World, call: Any) -> None:
    motion = warm.filed("custody")
    caller = call(warm.posts["investigator"])
    few = _statements(caller, motion.pk)
    warm.act(motion, ActType.AGREEMENT, "prosecutor", warm.filled(motion, ActType.AGREEMENT))
    many = _statements(caller, motion.pk)

    assert sum(many.values()) <= sum(few.values()) + 1, many - few


def _statements(caller: Caller, motion_id: Any) -> Counter[str]:
    with CaptureQueriesContext(connection) as queries:
        assert caller.get(f"/api/v1/motions/{motion_id}/").status_code == 200
    return Counter(query["sql"].partition(" WHERE ")[0] for query in queries)
