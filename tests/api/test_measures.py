"""The list of measures over REST: as the portal's page, by end, narrowed, in pages, to whom the motion is open."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.factories import CaseFactory, judge_of
from tests.motions.world import World
from workflows.motions.models import Motion
from workflows.motions.states import ActType

pytestmark = pytest.mark.django_db
LIST = "/api/v1/measures/"


def custody(world: World, **until: int) -> Motion:
    ends = (timezone.now() + timedelta(**until)).strftime("%Y-%m-%dT%H:%M:%SZ")
    motion = world.assigned("custody")
    world.act(motion, ActType.PROTOCOL, "judge", {**world.decision(motion, "sanctioned"), "term_ends": ends})
    return world.fresh(motion)


def test_a_line_says_who_is_held_since_when_until_when_and_by_which_act(world: World, call: Any) -> None:
    motion = custody(world, days=10)
    [line] = call(world.posts["prosecutor"]).get(LIST).data["results"]

    measure, order = motion.measures.get(), motion.acts.get(type=ActType.PROTOCOL)
    assert line["person"] == {"id": str(motion.subject_id), "name": measure.person.full_name}
    assert (line["measure"], line["measure_name"], line["article"]) == ("custody", "Custody", "137(1), 147")
    assert (line["deprives_of_liberty"], line["state"], line["run_out"]) == (True, "in_force", False)
    assert (line["order"], line["changed_by"]) == (str(order.pk), str(order.pk))
    assert line["order_url"].endswith(f"/api/v1/acts/{order.pk}/")
    assert (line["motion"], line["case"], line["number"]) == (str(motion.pk), world.case.number, motion.number)
    assert line["until"].startswith(f"{motion.valid_until:%Y-%m-%d}")


def test_the_next_end_comes_first_and_what_has_none_last(world: World, call: Any) -> None:
    late, soon = custody(world, days=20), custody(world, days=2)
    without = world.decided("suspension", "sanctioned")
    caller = call(world.posts["judge"])

    pages, address = [], f"{LIST}?limit=1"
    while address:
        page = caller.get(address).data
        pages += [line["motion"] for line in page["results"]]
        address = page["next"]
    assert pages == [str(motion.pk) for motion in (soon, late, without)]


def test_it_is_narrowed(world: World, call: Any) -> None:
    soon, late, run = custody(world, days=2), custody(world, days=20), custody(world, minutes=-1)
    bail = world.decided("bail", "sanctioned")
    caller, border = call(world.posts["judge"]), (timezone.now() + timedelta(days=5)).strftime("%Y-%m-%dT%H:%M:%SZ")

    def found(**asked: str) -> set[str]:
        answer = caller.get(LIST, asked)
        assert answer.status_code == 200, answer.content
        return {line["motion"] for line in answer.data["results"]}

    def those(*motions: Motion) -> set[str]:
        return {str(motion.pk) for motion in motions}

    assert found() == those(soon, late, run, bail)
    assert found(scope="run_out") == those(run)
    assert found(scope="ended") == set()
    assert found(ends_before=border) == those(soon, run)
    assert found(ends_after=border) == those(late)
    assert found(measure="bail") == found(deprives_of_liberty="false") == those(bail)
    assert found(person=str(soon.subject_id)) == found(case=world.case.number) == found()
    assert found(case="0") == set()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ends_before", "2026-12-01T09:00:00"),
        ("person", "me"),
        ("deprives_of_liberty", "yes"),
        ("scope", "all"),
        ("cursor", "?"),
        ("measure", ""),
        ("unknown", "1"),
    ],
)
def test_what_is_unfit_is_refused_at_its_name(world: World, call: Any, name: str, value: str) -> None:
    answer = call(world.posts["judge"]).get(LIST, {name: value})
    assert answer.status_code == 422
    assert [problem["field"] for problem in answer.data["problems"]] == [name]


def test_it_is_visible_as_its_motion(world: World, call: Any) -> None:
    motion = custody(world, days=2)
    for role, post in world.posts.items():
        lines = call(post).get(LIST).data["results"]
        assert bool(lines) == motion.is_open_to(post), role
    assert call(judge_of(CaseFactory())).get(LIST).data["results"] == []
    assert call(judge_of(world.case)).get(LIST).data["results"] == []


def test_many_take_as_many_statements_as_one(world: World, call: Any) -> None:
    caller = call(world.posts["judge"])
    counts = []
    for number in (1, 2):
        custody(world, days=number)
        with CaptureQueriesContext(connection) as asked:
            assert len(caller.get(LIST).data["results"]) == number
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 3
