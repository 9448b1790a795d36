"""The clocks of the Code, started by the engine on real motions."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.motions.conftest import World, make_world, storage, world
from workflows.deadlines.models import Deadline
from workflows.motions.models import Motion

__all__ = ["make_world", "storage", "world"]
pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 20, 9, 5, tzinfo=UTC)  # 14:05 in Almaty


def lengths(motion: Motion) -> dict[str, timedelta]:
    """How long after its event each term of the motion ends."""
    return {deadline.term: deadline.due_at - deadline.started_at for deadline in Deadline.objects.filter(motion=motion)}


@pytest.mark.parametrize(("term", "minor", "hours"), [("h48", False, 48), ("h24", True, 24), ("h72", False, 72)])
def test_the_prosecutor_files_eight_hours_before_the_detention_ends(
    world: World, term: str, minor: bool, hours: int
) -> None:
    detention = {"held": "detained", "detained_at": AT.isoformat(), "detention_term": term}
    more = {"minor": True, "gravity": "grave"} if minor else {"h72_case": "terrorist"} if term == "h72" else {}
    motion = world.filed("custody", **detention, **more)

    assert lengths(motion) == {
        "file_with_judge": timedelta(hours=hours - 8),
        "ruling_at_facility": timedelta(hours=hours),
    }


def test_a_suspect_at_large_sets_no_clock_of_detention(world: World) -> None:
    motion = world.filed("custody", held="at_large", detained_at=None, detention_term=None)
    assert lengths(motion) == {}


def test_what_was_done_without_a_sanction_reaches_the_judge_within_a_day(world: World) -> None:
    assert lengths(world.filed("search", urgent=True, done_at=AT.isoformat()))["send_materials"] == timedelta(days=1)
    assert "send_materials" not in lengths(world.filed("search"))


def test_property_is_asked_for_within_48_hours_and_a_freeze_lapses_after_ten_days(world: World) -> None:
    frozen = {"freeze": "suspension", "frozen_at": AT.isoformat(), "identified_at": AT.isoformat()}
    found = lengths(world.filed("property_arrest", **frozen))
    assert found["file_motion"] == timedelta(hours=48)
    assert found["tell_of_freeze"] == timedelta(hours=24)
    # The first day is counted in, and the last ends at 24:00.
    assert found["freeze_lapses"] == timedelta(days=9, hours=9, minutes=55)
    assert set(lengths(world.filed("property_arrest", freeze="none"))) == {"file_motion", "decide"}


def test_bail_is_to_be_paid_only_if_it_was_sanctioned(world: World) -> None:
    assert "pay" in lengths(world.decided("bail", "sanctioned"))
    assert "pay" not in lengths(world.decided("bail", "refused"))


def test_where_the_law_names_no_term_no_clock_runs(world: World) -> None:
    assert lengths(world.assigned("bail")) == {}
