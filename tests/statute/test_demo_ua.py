"""Another country is data alone: the outline of Ukraine's law in the same engine, with its own terms and calendar."""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.conf import LazySettings

from tests.law import law_of
from tests.motions.conftest import World, make_world, storage, world
from workflows.deadlines.models import Deadline
from workflows.motions.acts import appeal
from workflows.motions.engine.service_acts import perform_service
from workflows.motions.models import Motion
from workflows.motions.states import ActType, AppealState, State

__all__ = ["make_world", "storage", "world"]
pytestmark = pytest.mark.django_db
KYIV = ZoneInfo("Europe/Kyiv")
DETAINED = datetime(2026, 11, 19, 20, 15, tzinfo=UTC)


@pytest.fixture(autouse=True)
def kyiv(settings: LazySettings) -> None:
    settings.JURISDICTION = "demo-ua"


def custody(world: World, **given: Any) -> Motion:
    return world.filed("preventive_custody", detained_at=DETAINED.isoformat(), **given)


def test_the_prosecutor_always_consents(world: World, settings: LazySettings) -> None:
    outline = law_of("demo-ua")
    assert {kind.prosecutor.role for kind in outline.kinds.values()} == {"consent"}
    assert custody(world).state == State.SUBMITTED


def test_two_events_start_the_72_hours(world: World) -> None:
    detained = world.does(custody(world), ActType.AGREEMENT, "consenting")
    free = world.assigned("preventive_custody", held="at_large", detained_at=None)

    assert judges(detained).due_at == DETAINED + timedelta(hours=72)
    assert judges(free).term == "decide_at_large"
    assert judges(free).due_at >= free.registered_at + timedelta(hours=71, minutes=59)


def test_a_search_is_decided_on_the_day_of_filing_and_holds_for_a_month(world: World) -> None:
    motion = world.assigned("search")
    assert judges(motion).due_at == midnight_after(motion.registered_at, days=0)

    world.act(motion, ActType.PROTOCOL, "judge", world.decision(motion, "allowed"))
    held = world.fresh(motion)
    assert held.valid_until is not None
    assert timedelta(days=27) < held.valid_until - held.decided_at <= timedelta(days=31)


def test_an_appeal_goes_straight_up_within_five_days(world: World) -> None:
    motion = world.does(custody(world), ActType.AGREEMENT, "consenting")
    world.act(motion, ActType.PROTOCOL, "judge", world.decision(motion, "applied"))
    motion = world.fresh(motion)
    assert (motion.state, motion.outcome) == (State.DECIDED, "applied")
    assert motion.appeal_until == midnight_after(motion.announced_at, days=5)

    motion = world.does(motion, ActType.APPEAL, "defender")
    assert motion.appeal_state == AppealState.FILED
    assert appeal.is_ripe(motion, datetime.now(UTC))
    appeal.send_up(motion, perform_service)
    assert world.fresh(motion).appellate_court == world.case.court.parent


def midnight_after(event: datetime, *, days: int) -> datetime:
    """24:00 in Kyiv of the day that lies so many days after the event's."""
    return datetime.combine(event.astimezone(KYIV).date() + timedelta(days=days + 1), time(), KYIV)


def judges(motion: Motion) -> Deadline:
    return Deadline.objects.get(motion=motion, role="judge")
