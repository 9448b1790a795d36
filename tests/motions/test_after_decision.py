"""What follows a decision: execution, lifting, extension, replacement, expiry, closure."""

from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from ecase.problems import Conflict, NotAllowed
from tests.factories import prosecutor_of
from tests.motions.world import World
from tests.past_guards import move
from workflows.motions.models import Motion
from workflows.motions.permissions import is_consenting_prosecutor, is_lifting_prosecutor
from workflows.motions.rules import kind_rules
from workflows.motions.states import ActType, State
from workflows.watch import duties

pytestmark = pytest.mark.django_db


def delivered(world: World, kind: str, outcome: str = "sanctioned") -> Motion:
    motion = world.decided(kind, outcome)
    duties.deliver_decisions(timezone.now())
    return world.fresh(motion)


def long_after(motion: Motion) -> datetime:
    assert motion.appeal_until
    return motion.appeal_until + timedelta(seconds=1)


def test_a_sanction_of_custody_holds_until_the_end_that_the_judge_states(world: World) -> None:
    motion = world.decided("custody", "sanctioned")

    assert motion.last_act
    assert motion.valid_until == datetime.fromisoformat(motion.last_act.payload["term_ends"])
    assert motion.announced_at
    assert motion.appeal_until


def test_a_refusal_holds_nothing(world: World) -> None:
    motion = world.decided("custody", "refused")

    assert motion.valid_until is None
    assert not kind_rules.is_in_force(motion)


def test_it_runs_out_once(world: World) -> None:
    motion = delivered(world, "custody")
    move(motion, valid_until=timezone.now() - timedelta(minutes=1))
    now = timezone.now()

    assert duties.expire_sanctions(now) == 1
    assert duties.expire_sanctions(now) == 0

    motion = world.fresh(motion)
    assert motion.state == State.EXPIRED
    assert motion.ended_at
    assert motion.acts.filter(type=ActType.EXPIRY).count() == 1


def test_a_measure_is_lifted_with_the_prosecutors_consent(world: World) -> None:
    motion = world.does(delivered(world, "property_arrest"), ActType.EXECUTION_REPORT, "author")
    assert kind_rules.is_in_force(motion)
    motion = world.does(motion, ActType.LIFTING, "author")
    assert motion.state == State.LIFTING_ASKED
    assert kind_rules.is_in_force(motion)

    motion = world.does(motion, ActType.LIFTING_CONSENT, "prosecutor")

    assert motion.state == State.LIFTED
    assert not kind_rules.is_in_force(motion)


def test_a_prosecutor_lifts_his_own_measure_without_anybodys_consent(world: World) -> None:
    motion = delivered(world, "extradition_arrest")
    author = motion.author
    assert author.role == "prosecutor"
    assert not is_consenting_prosecutor(motion, author)
    assert not is_lifting_prosecutor(motion, author)
    assert is_lifting_prosecutor(motion, prosecutor_of(motion.case))

    motion = world.does(motion, ActType.LIFTING, "author")

    assert motion.state == State.LIFTED
    assert motion.ended_at
    assert not kind_rules.is_in_force(motion)


@pytest.mark.parametrize("executed", [True, False])
def test_without_the_consent_it_stays_as_it_was(world: World, executed: bool) -> None:
    motion = delivered(world, "property_arrest")
    if executed:
        motion = world.does(motion, ActType.EXECUTION_REPORT, "author")
    motion = world.does(motion, ActType.LIFTING, "author")

    motion = world.does(motion, ActType.LIFTING_REFUSAL, "prosecutor")

    assert motion.state == (State.EXECUTED if executed else State.DELIVERED)


def test_a_refusal_is_closed_when_its_term_of_appeal_has_ended(world: World) -> None:
    motion = delivered(world, "custody", "refused")
    assert duties.close_finished(timezone.now()) == 0

    assert duties.close_finished(long_after(motion)) == 1

    assert world.fresh(motion).state == State.CLOSED


def test_a_search_is_closed_when_it_has_been_reported_and_is_final(world: World) -> None:
    motion = delivered(world, "search")
    assert duties.close_finished(long_after(motion)) == 0
    motion = world.does(motion, ActType.EXECUTION_REPORT, "author")

    assert duties.close_finished(long_after(motion)) == 1

    assert world.fresh(motion).state == State.CLOSED


def test_what_holds_until_it_is_lifted_is_not_closed(world: World) -> None:
    motion = world.does(delivered(world, "property_arrest"), ActType.EXECUTION_REPORT, "author")

    assert duties.close_finished(long_after(motion)) == 0


def test_a_refused_motion_is_neither_executed_nor_lifted(world: World) -> None:
    motion = delivered(world, "search", "refused")

    for act_type in (ActType.EXECUTION_REPORT, ActType.LIFTING):
        with pytest.raises(NotAllowed):
            world.does(motion, act_type, "author")


def test_an_unlawful_urgent_step_makes_its_results_inadmissible(world: World) -> None:
    motion = world.decided("search", "unlawful")

    assert kind_rules.path(motion) == "urgent"
    assert motion.kind_entry.outcome(motion.outcome).inadmissible


def test_an_ordinary_motion_is_not_declared_unlawful(world: World) -> None:
    motion = world.assigned("search")

    assert {outcome.key for outcome in kind_rules.outcomes(motion)}.isdisjoint({"lawful", "unlawful"})


def test_the_database_refuses_a_state_that_no_act_explains(world: World) -> None:
    motion = world.decided("custody", "sanctioned")

    for change in ({"state": State.LIFTED}, {"appeal_state": "filed"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Motion.objects.filter(pk=motion.pk).update(**change)


def test_execution_is_reported_once(world: World) -> None:
    motion = world.does(delivered(world, "search"), ActType.EXECUTION_REPORT, "author")

    with pytest.raises(Conflict):
        world.does(motion, ActType.EXECUTION_REPORT, "author")


def test_an_extension_moves_the_end_of_the_sanction_that_it_names(world: World) -> None:
    motion = world.assigned("custody_extension")
    earlier = world.fresh(motion.earlier or motion)
    world.act(motion, ActType.PROTOCOL, "judge", world.decision(motion, "extended"))

    extended = world.fresh(earlier)
    motion = world.fresh(motion)
    assert extended.valid_until == motion.valid_until
    assert extended.valid_until != earlier.valid_until
    assert extended.acts.filter(type=ActType.EXTENSION).count() == 1


@pytest.fixture
def second_extension(world: World, monkeypatch: pytest.MonkeyPatch) -> Motion:
    """A motion before the judge to extend a custody that was extended once: it names the first extension."""
    first = world.decided("custody_extension", "extended")
    monkeypatch.setattr(world, "earlier", lambda kind: first)
    return world.assigned("custody_extension")


def chain(motion: Motion) -> list[Motion]:
    """The motions that ``motion`` extends, the nearest first."""
    found = []
    while motion.earlier:
        motion = Motion.objects.get(pk=motion.earlier_id)
        found.append(motion)
    return found


def test_a_second_extension_moves_the_end_of_everything_that_it_extends(world: World, second_extension: Motion) -> None:
    world.act(second_extension, ActType.PROTOCOL, "judge", world.decision(second_extension, "extended"))

    motion = world.fresh(second_extension)
    assert [earlier.kind for earlier in chain(motion)] == ["custody_extension", "custody"]
    assert {earlier.valid_until for earlier in chain(motion)} == {motion.valid_until}


@pytest.mark.parametrize("outcome", ["refused_cancelled", "refused_changed"])
def test_a_refused_second_extension_ends_everything_that_it_was_to_extend(
    world: World, second_extension: Motion, outcome: str
) -> None:
    world.act(second_extension, ActType.PROTOCOL, "judge", world.decision(second_extension, outcome))

    assert [earlier.state for earlier in chain(second_extension)] == [State.REPLACED] * 2
    assert all(earlier.ended_at for earlier in chain(second_extension))


def test_lifting_a_second_extension_lifts_everything_that_it_extends(world: World, second_extension: Motion) -> None:
    world.act(second_extension, ActType.PROTOCOL, "judge", world.decision(second_extension, "extended"))
    duties.deliver_decisions(timezone.now())
    motion = world.does(world.fresh(second_extension), ActType.LIFTING, "author")
    if motion.state == State.LIFTING_ASKED:
        motion = world.does(motion, ActType.LIFTING_CONSENT, "prosecutor")

    assert motion.state == State.LIFTED
    assert [earlier.state for earlier in chain(motion)] == [State.REPLACED] * 2


def test_a_refused_extension_that_cancels_the_measure_ends_it_at_once(world: World) -> None:
    motion = world.assigned("custody_extension")
    world.act(motion, ActType.PROTOCOL, "judge", world.decision(motion, "refused_cancelled"))

    earlier = world.fresh(motion.earlier or motion)
    assert earlier.state == State.REPLACED
    assert earlier.ended_at


@pytest.mark.parametrize("step", ["short_term", "prosecutor_study"])
def test_where_the_prosecutor_is_the_author_nobody_else_consents(world: World, step: str) -> None:
    motion = world.filed("custody_extension", step=step)

    assert motion.author.role == "prosecutor"
    assert motion.state == State.ASSIGNED
