"""The ladder of extensions, walked: who moves, which offices consent, and how long before the end each must act."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.motions.conftest import World, make_world, storage, world
from workflows.deadlines.models import Deadline
from workflows.motions.models import Motion
from workflows.motions.states import State
from workflows.statute.schema import Amount, Catalogue

__all__ = ["make_world", "storage", "world"]
LADDER = [
    ("three_months", "investigator", 0),
    ("nine_months", "investigator", 1),
    ("twelve_months", "head_of_unit", 1),
    ("eighteen_months", "head_of_unit", 2),
    ("file_reading", "investigator", 0),
]
ENDS = datetime(2027, 3, 10, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize("key", ["custody_extension", "house_arrest_extension"])
def test_the_terms_are_those_of_the_ladder(kz: Catalogue, key: str) -> None:
    kind = kz.kinds[key]
    for term, stated in (("to_prosecutor", "to_prosecutor_before"), ("to_court", "to_court_before")):
        rule = kind.term(term)
        found = {step.key: getattr(step, stated) for step in kind.validity.ladder if getattr(step, stated)}
        assert rule.less_by is not None
        assert found == {step: Amount(amount=days, unit="days") for step, days in rule.less_by.amounts.items()}
    rule = kind.term("prosecutor_decides")
    found = {step.key: step.prosecutor_within for step in kind.validity.ladder if step.prosecutor_within}
    assert rule.by_choice is not None
    assert found == {step: Amount(amount=days, unit="days") for step, days in rule.by_choice.amounts.items()}


@pytest.mark.django_db
@pytest.mark.parametrize(("step", "author", "levels"), LADDER)
def test_each_step_is_moved_and_consented_to_by_its_own(world: World, step: str, author: str, levels: int) -> None:
    motion = filed(world, step)

    assert motion.author.role == author
    assert due(motion, "to_court") == ENDS - timedelta(days=days_before(motion, "to_court_before"))
    assert due(motion, "to_prosecutor") == ENDS - timedelta(days=days_before(motion, "to_prosecutor_before"))
    for _ in range(max(levels, 1)):
        assert motion.state == State.SUBMITTED
        motion = world.does(motion, "agreement", "consenting")
    assert motion.state == State.ASSIGNED


@pytest.mark.django_db
def test_an_extension_carries_the_earlier_custody_on(world: World) -> None:
    motion = filed(world, "three_months")
    motion = world.does(motion, "agreement", "consenting")
    decision = {**world.decision(motion, "extended"), "term_ends": "2027-01-10T04:30:00Z"}
    world.act(motion, "protocol", "judge", decision)

    earlier = Motion.objects.get(pk=motion.earlier_id)
    assert earlier.valid_until == datetime(2027, 1, 10, 4, 30, tzinfo=UTC)


def filed(world: World, step: str) -> Motion:
    ends = {"current_term_ends": ENDS.isoformat(), "term_ends": (ENDS + timedelta(days=1)).isoformat()}
    return world.filed("custody_extension", step=step, detained_at="2027-01-05T09:30:00+00:00", **ends)


def days_before(motion: Motion, stated: str) -> int:
    [step] = [step for step in motion.kind_entry.validity.ladder if step.key == motion.payload["step"]]
    return int(getattr(step, stated).amount)


def due(motion: Motion, term: str) -> datetime:
    return Deadline.objects.get(motion=motion, term=term).due_at
