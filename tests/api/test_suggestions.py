"""Suggestions over REST: for the judge who has read, and always labelled."""

from typing import Any

import pytest

from tests.api.conftest import Caller, problem
from tests.factories import judge_of
from tests.motions.conftest import World
from workflows.drafting import tasks
from workflows.motions.models import Motion

pytestmark = pytest.mark.django_db
URL = "/api/v1/motions/"


@pytest.fixture
def motion(world: World) -> Motion:
    return world.assigned("custody")


@pytest.fixture
def judge(world: World, call: Any) -> Caller:
    return call(world.posts["judge"])


def asked(caller: Caller, motion: Motion, outcome: str = "sanctioned", **body: Any) -> Any:
    return caller.post(f"{URL}{motion.pk}/suggestions/", {"outcome": outcome, **body})


def test_it_is_accepted_and_then_read(judge: Caller, motion: Motion) -> None:
    judge.get(f"{URL}{motion.pk}/documents/")
    accepted = asked(judge, motion)
    assert accepted.status_code == 202
    assert accepted["Location"] == accepted.data["url"]

    suggestion = judge.get(accepted.data["url"]).data

    assert suggestion["status"] == "ready"
    assert suggestion["outcome"] == "sanctioned"
    assert suggestion["label"]
    assert suggestion["paragraphs"]
    assert all(paragraph["source"] for paragraph in suggestion["paragraphs"])


def test_it_follows_the_judges_own_reading(judge: Caller, motion: Motion) -> None:
    problem(asked(judge, motion), 403, "not-allowed", "not-opened")


def test_it_is_for_the_judge_alone(call: Any, world: World, judge: Caller, motion: Motion) -> None:
    problem(asked(call(world.posts["prosecutor"]), motion), 403, "not-allowed")
    judge.get(f"{URL}{motion.pk}/documents/")
    url = asked(judge, motion).data["url"]

    problem(call(world.posts["prosecutor"]).get(url), 404, "not-found")
    problem(call(judge_of(world.case)).get(url), 404, "not-found")


def test_what_is_wrong_is_named(judge: Caller, motion: Motion) -> None:
    judge.get(f"{URL}{motion.pk}/documents/")

    problem(asked(judge, motion, "pardoned"), 422, "invalid", "outcome")
    problem(asked(judge, motion, colour="red"), 422, "invalid", "unknown")


def test_g_a3_the_figures_are_the_judges_own(judge: Caller, world: World, motion: Motion) -> None:
    judge.get(f"{URL}{motion.pk}/documents/")
    url = asked(judge, motion).data["url"]
    made = judge.get(url).data
    assert (made["engine"], made["compared"]) == ("template", [])

    payload = {**world.decision(motion, "sanctioned"), "suggestion": made["id"], "reasons": made["text"]}
    act = world.act(motion, motion.kind_entry.outcome("sanctioned").output, "judge", payload)
    tasks.measure()

    (compared,) = judge.get(url).data["compared"]
    assert (compared["act"], compared["used"], compared["share"]) == (str(act.pk), True, 1.0)
    assert compared["own_kept"] == compared["own_words"] > 0


def test_g_a2_another_outcomes_suggestion_is_refused(judge: Caller, world: World, motion: Motion) -> None:
    judge.get(f"{URL}{motion.pk}/documents/")
    refused = judge.get(asked(judge, motion, "refused").data["url"]).data["id"]
    payload = {**world.decision(motion, "sanctioned"), "suggestion": refused}
    answer = judge.post(f"{URL}{motion.pk}/acts/", {"type": "protocol", "payload": payload})
    problem(answer, 422, "invalid", "suggestion")
