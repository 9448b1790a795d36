"""Statistics count only what the reader may open."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from ecase.officers.models import Post
from ecase.problems import Invalid
from tests.motions.world import World
from tests.past_guards import move, move_deadlines
from workflows.deadlines.models import Deadline
from workflows.motions import statistics
from workflows.motions.states import ActType
from workflows.motions.statistics import Line, Tally

pytestmark = pytest.mark.django_db


def figures(post: Post) -> dict[str | None, Line]:
    today = timezone.localdate()
    return {line.kind: line for line in statistics.count_motions(post, today, today)}


def test_each_motion_counts_once_by_what_came_of_it(world: World) -> None:
    world.decided("search", "sanctioned")
    world.decided("search", "refused")
    world.does(world.filed("custody"), ActType.WITHDRAWAL, "author")
    world.assigned("property_arrest")
    world.draft("custody")

    found = figures(world.posts["prosecutor"])

    assert found["search"].tally == Tally(filed=2, granted=1, refused=1)
    assert found["custody"].tally == Tally(filed=1, dropped=1)
    assert found["property_arrest"].tally == Tally(filed=1, waiting=1)
    assert found[None].tally == Tally(filed=4, waiting=1, granted=1, refused=1, dropped=1)


def test_the_median_is_from_registration_to_decision(world: World) -> None:
    begin = timezone.now()
    for hours in (1, 2, 30):
        motion = world.decided("search", "sanctioned")
        move(motion, registered_at=begin, decided_at=begin + timedelta(hours=hours), submitted_at=begin)

    assert figures(world.posts["prosecutor"])["search"].median == timedelta(hours=2)


def test_a_missed_term_counts_its_motion_once(world: World) -> None:
    motion = world.assigned("custody")
    move_deadlines(Deadline.objects.filter(motion=motion), state="missed")

    assert figures(world.posts["court_chair"])["custody"].tally.late == 1


def test_secret_motions_count_for_whoever_is_admitted_and_for_nobody_else(world: World) -> None:
    world.assigned("covert_action")
    judge = world.posts["judge"]

    assert figures(judge)["covert_action"].tally.filed == 1
    assert figures(world.posts["court_chair"]) == {}
    assert figures(world.posts["clerk"]) == {}


def test_a_stranger_counts_nothing(world: World) -> None:
    world.decided("search", "sanctioned")

    assert figures(World(world.keys).posts["prosecutor"]) == {}


def test_the_days_are_local_and_inclusive(world: World) -> None:
    motion = world.filed("search")
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    move(motion, submitted_at=midnight)
    today, post = midnight.date(), world.posts["prosecutor"]

    assert statistics.count_motions(post, today, today)
    assert not statistics.count_motions(post, today - timedelta(days=1), today - timedelta(days=1))


@pytest.mark.parametrize(
    ("since", "until", "fields"),
    [
        (date(2026, 2, 2), date(2026, 2, 1), {"until"}),
        (date(1, 1, 1), date(2026, 2, 1), {"since"}),
        (date(2026, 2, 2), date(9999, 12, 31), {"until"}),
    ],
)
def test_a_period_that_cannot_be_is_refused(world: World, since: date, until: date, fields: set[str]) -> None:
    with pytest.raises(Invalid) as refusal:
        statistics.count_motions(world.posts["prosecutor"], since, until)
    assert {problem.field for problem in refusal.value.problems} == fields


def test_more_kinds_take_no_more_statements(world: World) -> None:
    world.decided("search", "sanctioned")
    with CaptureQueriesContext(connection) as few:
        figures(world.posts["prosecutor"])
    world.assigned("custody")
    world.assigned("property_arrest")
    with CaptureQueriesContext(connection) as many:
        figures(world.posts["prosecutor"])
    assert len(many) == len(few)
