"""Figures over REST."""

import pytest

from tests.api.conftest import Call, problem
from tests.motions.world import World

pytestmark = pytest.mark.django_db
PERIOD = {"since": "2020-01-01", "until": "2100-01-01"}


def test_figures_by_kind_and_together(call: Call, world: World) -> None:
    world.decided("search", "refused")

    told = call(world.posts["prosecutor"]).get("/api/v1/statistics/", PERIOD)

    assert told.status_code == 200
    assert [(line["kind"], line["filed"], line["refused"]) for line in told.data["results"]] == [
        ("search", 1, 1),
        (None, 1, 1),
    ]
    assert told.data["results"][0]["median_seconds"] is not None


def test_a_period_is_needed_and_must_be_one(call: Call, world: World) -> None:
    caller = call(world.posts["prosecutor"])
    missing = caller.get("/api/v1/statistics/")
    assert {fault["field"] for fault in problem(missing, 422, "invalid")["problems"]} == {"since", "until"}
    backwards = caller.get("/api/v1/statistics/", {"since": "2026-02-02", "until": "2026-02-01"})
    problem(backwards, 422, "invalid", "period")
