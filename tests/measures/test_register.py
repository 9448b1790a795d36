"""What begins a measure, and what each later act does to it; no clock ends a deprivation of liberty."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from ecase.instants import parse_instant
from tests.measures.holding import require_register
from tests.motions.world import World
from tests.past_guards import move
from workflows.measures.models import Measure, MeasureChange
from workflows.measures.register import State
from workflows.motions.models import Motion
from workflows.motions.states import ActType
from workflows.watch import duties

pytestmark = pytest.mark.django_db


def held(motion: Motion) -> Measure:
    """The only measure of the motion, which is as the acts say."""
    [measure] = require_register(motion)
    return measure


def whats(measure: Measure) -> list[str]:
    return [change.what for change in measure.changes.all()]


def delivered(world: World, kind: str, outcome: str = "sanctioned") -> Motion:
    motion = world.decided(kind, outcome)
    duties.deliver_decisions(timezone.now())
    return world.fresh(motion)


def stated(motion: Motion, name: str) -> datetime:
    return parse_instant(motion.acts.get(type=ActType.PROTOCOL).payload[name])


def before_appellate_judge(world: World, motion: Motion) -> Motion:
    motion = world.does(motion, ActType.APPEAL, "prosecutor")
    move(motion, appeal_until=timezone.now())
    duties.send_up_appeals(timezone.now())
    return world.fresh(motion)


def ruled(world: World, motion: Motion, effect: str, instead: str = "") -> Motion:
    outcome = next(outcome.key for outcome in motion.kind_entry.appeal.outcomes if outcome.effect == effect)
    world.act(motion, ActType.APPEAL_RULING, "appellate_judge", world.ruling(motion, outcome, instead))
    return world.fresh(motion)


# -- the decision --------------------------------------------------------------------------------------------------


def test_custody_holds_from_the_instant_and_until_the_end_that_the_judge_states(world: World) -> None:
    motion = world.decided("custody", "sanctioned")
    measure = held(motion)

    assert (measure.key, measure.deprives_of_liberty, measure.state) == ("custody", True, State.IN_FORCE)
    assert (measure.since, measure.until) == (stated(motion, "term_starts"), stated(motion, "term_ends"))
    assert measure.begun_by == measure.changed_by == motion.acts.get(type=ActType.PROTOCOL)
    assert whats(measure) == ["begun"]


@pytest.mark.parametrize(
    ("kind", "outcome", "key", "deprives"),
    [
        ("house_arrest", "sanctioned", "house_arrest", True),
        ("bail", "sanctioned", "bail", False),
        ("suspension", "sanctioned", "suspension", False),
        ("approach_ban", "sanctioned_in_part", "approach_ban", False),
        ("medical_placement", "sanctioned", "medical_placement", True),
        ("mental_transfer", "sanctioned", "special_medical_placement", True),
        ("extradition_custody", "sanctioned", "extradition_custody", True),
        ("extradition_arrest", "sanctioned", "extradition_arrest", True),
        ("extradition_bail", "sanctioned", "extradition_bail", False),
    ],
)
def test_each_kind_begins_its_measure(world: World, kind: str, outcome: str, key: str, deprives: bool) -> None:
    measure = held(world.decided(kind, outcome))
    assert (measure.key, measure.deprives_of_liberty) == (key, deprives)


def test_the_measure_that_the_judge_chose_instead_counts_from_the_decision(world: World) -> None:
    motion = world.assigned("custody")
    world.act(motion, ActType.PROTOCOL, "judge", {**world.decision(motion, "other_measure"), "measure": "bail"})
    motion = world.fresh(motion)
    measure = held(motion)
    assert (measure.key, measure.since, measure.until) == ("bail", motion.decided_at, None)


@pytest.mark.parametrize(("answer", "expected"), [("kept", ["extradition_custody"]), ("released", [])])
def test_whoever_stays_in_custody_pending_the_review_of_a_refusal_is_held(
    world: World, answer: str, expected: list[str]
) -> None:
    motion = world.assigned("extradition_arrest")
    world.act(motion, ActType.PROTOCOL, "judge", {**world.decision(motion, "refused"), "pending_review": answer})
    assert [measure.key for measure in require_register(world.fresh(motion))] == expected


@pytest.mark.parametrize(("kind", "outcome"), [("custody", "refused"), ("search", "sanctioned")])
def test_a_refusal_and_a_search_put_nothing_in_force(world: World, kind: str, outcome: str) -> None:
    assert not require_register(world.decided(kind, outcome))


# -- later acts ----------------------------------------------------------------------------------------------------


def test_an_extension_prolongs_and_an_extension_of_it_goes_on_with_the_same_measure(world: World) -> None:
    motion = world.assigned("custody_extension")
    root = motion.earlier
    assert root
    first = world.decision(motion, "extended")
    world.act(motion, ActType.PROTOCOL, "judge", first)
    assert held(root).until == parse_instant(first["term_ends"])

    later = world.draft("custody_extension")
    later.earlier = motion
    Motion.objects.filter(pk=later.pk).update(earlier=motion)
    world.act(later, ActType.MOTION, "author")
    later = agreed(world, later)
    until = (parse_instant(first["term_ends"]) + timedelta(days=20)).strftime("%Y-%m-%dT%H:%M:%SZ")
    world.act(later, ActType.PROTOCOL, "judge", {**world.decision(later, "extended"), "term_ends": until})

    measure = held(root)
    assert measure.until == parse_instant(until)
    assert whats(measure)[-1] == "prolonged"
    assert measure.changed_by.motion == motion
    assert not motion.measures.exists()


def agreed(world: World, motion: Motion) -> Motion:
    motion = world.fresh(motion)
    while motion.state == "submitted":
        motion = world.does(motion, ActType.AGREEMENT, "consenting")
    return motion


def test_a_refused_extension_ends_it_and_begins_the_milder_measure(world: World) -> None:
    motion = world.assigned("custody_extension")
    decision = {**world.decision(motion, "refused_changed"), "measure": "house_arrest"}
    world.act(motion, ActType.PROTOCOL, "judge", decision)

    assert motion.earlier
    earlier, milder = held(motion.earlier), held(world.fresh(motion))
    assert (earlier.state, earlier.ended_how, whats(earlier)) == ("ended", "replaced", ["begun", "ended"])
    assert (milder.key, milder.state) == ("house_arrest", "in_force")


def test_it_holds_again_if_what_had_ended_it_is_cancelled(world: World) -> None:
    motion = world.assigned("custody_extension")
    world.act(motion, ActType.PROTOCOL, "judge", world.decision(motion, "refused_cancelled"))
    duties.deliver_decisions(timezone.now())
    assert motion.earlier
    assert held(motion.earlier).state == State.ENDED

    ruled(world, before_appellate_judge(world, world.fresh(motion)), "cancelled")

    measure = held(motion.earlier)
    assert (measure.state, measure.ended_at, whats(measure)[-1]) == ("in_force", None, "resumed")


def test_lifting_ends_it_once_the_prosecutor_has_agreed(world: World) -> None:
    motion = world.does(delivered(world, "custody"), ActType.LIFTING, "author")
    assert held(motion).state == State.IN_FORCE

    motion = world.does(motion, ActType.LIFTING_CONSENT, "prosecutor")

    measure = held(motion)
    assert (measure.state, measure.ended_how, measure.ended_at) == ("ended", "lifted", motion.ended_at)


def test_lifting_an_extension_lifts_what_it_extends(world: World) -> None:
    motion = world.assigned("custody_extension")
    world.act(motion, ActType.PROTOCOL, "judge", world.decision(motion, "extended"))
    duties.deliver_decisions(timezone.now())
    motion = world.does(world.fresh(motion), ActType.LIFTING, "author")
    world.does(motion, ActType.LIFTING_CONSENT, "prosecutor")
    assert motion.earlier
    assert held(motion.earlier).ended_how == "lifted"


def test_a_suspensive_appeal_suspends_it_until_it_is_withdrawn(world: World) -> None:
    motion = world.does(delivered(world, "suspension"), ActType.APPEAL, "prosecutor")
    assert held(motion).state == State.SUSPENDED

    motion = world.does(motion, ActType.APPEAL_WITHDRAWAL, "prosecutor")

    assert whats(held(motion)) == ["begun", "suspended", "resumed"]


def test_an_appeal_that_suspends_nothing_changes_nothing(world: World) -> None:
    motion = world.does(delivered(world, "custody"), ActType.APPEAL, "defender")
    assert whats(held(motion)) == ["begun"]


def test_the_court_above_cancels_it(world: World) -> None:
    motion = ruled(world, before_appellate_judge(world, delivered(world, "custody")), "cancelled")
    measure = held(motion)
    assert (measure.state, measure.ended_how) == ("ended", "cancelled")


def test_the_court_above_puts_custody_in_place_of_a_refusal(world: World) -> None:
    motion = before_appellate_judge(world, delivered(world, "custody", "refused"))
    motion = ruled(world, motion, "changed", "sanctioned")
    measure = held(motion)
    assert (measure.key, measure.until, measure.begun_by) == ("custody", motion.valid_until, motion.last_act)


def test_the_court_above_puts_another_measure_in_place_of_custody(world: World) -> None:
    motion = before_appellate_judge(world, delivered(world, "custody"))
    outcome = next(outcome.key for outcome in motion.kind_entry.appeal.outcomes if outcome.effect == "changed")
    ruling = {**world.ruling(motion, outcome, "other_measure"), "measure": "house_arrest"}
    world.act(motion, ActType.APPEAL_RULING, "appellate_judge", ruling)

    custody, milder = require_register(world.fresh(motion))
    assert (custody.state, custody.ended_how) == ("ended", "changed")
    assert (milder.key, milder.state, milder.begun_by) == ("house_arrest", "in_force", custody.changed_by)


def test_what_was_lifted_meanwhile_stays_so_whatever_the_court_above_rules(world: World) -> None:
    motion = world.does(delivered(world, "custody"), ActType.APPEAL, "prosecutor")
    motion = world.does(motion, ActType.LIFTING, "author")
    motion = world.does(motion, ActType.LIFTING_CONSENT, "prosecutor")
    move(motion, appeal_until=timezone.now())
    duties.send_up_appeals(timezone.now())
    outcome = next(outcome.key for outcome in motion.kind_entry.appeal.outcomes if outcome.effect == "changed")
    ruling = {**world.ruling(world.fresh(motion), outcome, "other_measure"), "measure": "house_arrest"}
    world.act(motion, ActType.APPEAL_RULING, "appellate_judge", ruling)
    assert held(world.fresh(motion)).ended_how == "lifted"


def test_the_court_above_shortens_it(world: World) -> None:
    motion = before_appellate_judge(world, delivered(world, "custody"))
    outcome = next(outcome.key for outcome in motion.kind_entry.appeal.outcomes if outcome.effect == "changed")
    earlier_end = (stated(motion, "term_ends") - timedelta(minutes=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    payload = {**world.ruling(motion, outcome), "term_ends": earlier_end}
    world.act(motion, ActType.APPEAL_RULING, "appellate_judge", payload)
    measure = held(world.fresh(motion))
    assert (measure.until, whats(measure)) == (parse_instant(earlier_end), ["begun", "shortened"])


# -- the end of the term -------------------------------------------------------------------------------------------


def test_no_clock_ends_custody_the_register_says_that_the_term_has_run(world: World) -> None:
    motion = delivered(world, "custody")
    move(motion, valid_until=timezone.now() - timedelta(minutes=1))
    assert duties.expire_sanctions(timezone.now()) == 1

    motion = world.fresh(motion)
    assert motion.state == "expired"
    measure = held(motion)
    assert (measure.state, whats(measure)) == (State.IN_FORCE, ["begun"])
    assert measure.has_run_out(timezone.now())
    assert not measure.has_run_out(stated(motion, "term_starts"))


def test_a_clock_ends_what_does_not_deprive_of_liberty(world: World) -> None:
    motion = delivered(world, "bail")
    move(motion, valid_until=timezone.now() - timedelta(minutes=1))
    assert duties.expire_sanctions(timezone.now()) == 1
    measure = held(world.fresh(motion))
    assert (measure.state, measure.ended_how) == ("ended", "expired")


# -- the database --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [{"until": None}, {"state": "ended", "ended_at": timezone.now(), "ended_how": "lifted"}, {"since": timezone.now()}],
)
def test_a_measure_changes_by_an_act_alone(world: World, change: dict[str, Any]) -> None:
    measure = held(world.decided("custody", "sanctioned"))
    for refused in (lambda rows: rows.update(**change), lambda rows: rows.delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            refused(Measure.objects.filter(pk=measure.pk))
    for written in (lambda rows: rows.update(what="ended"), lambda rows: rows.delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            written(MeasureChange.objects.all())


def test_what_a_measure_is_never_changes_and_a_custody_never_expires(world: World) -> None:
    motion = world.decided("custody", "sanctioned")
    measure, filed = held(motion), motion.acts.get(type=ActType.MOTION)
    expired = {"state": "ended", "ended_at": timezone.now(), "ended_how": "expired"}
    for change in ({"key": "bail"}, {"deprives_of_liberty": False}, {"motion": None}, expired):
        with pytest.raises(DatabaseError), transaction.atomic():
            Measure.objects.filter(pk=measure.pk).update(changed_by=filed, **change)
