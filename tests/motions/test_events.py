"""Events recorded in addition to the steps of a motion: by whom, when, and which terms they meet and start."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from ecase.audit.models import Entry
from ecase.outbox.models import Message
from ecase.problems import Conflict, Invalid, NotAllowed
from tests.law import law_of
from tests.motions.payloads import now_minus
from tests.motions.world import World
from workflows.deadlines.explanation import explain
from workflows.deadlines.models import Deadline
from workflows.motions import queries
from workflows.motions.models import Motion
from workflows.motions.services import acting
from workflows.motions.states import ActType, State
from workflows.watch import duties

UNQUALIFIED = {"before_qualification": True, "qualification_term": "d10"}


def messages_to(world: World, motion: Motion, role: str, topic: str = "motion.event") -> Any:
    return Message.objects.filter(topic=topic, key=str(motion.pk), officer=world.posts[role].officer)


def awaited(motion: Motion, term: str) -> Deadline:
    return Deadline.objects.get(motion=motion, term=term)


def end_of_day(since: datetime, number: int) -> datetime:
    """24:00 of day ``number``, where the day of ``since`` is the first."""
    first = timezone.localtime(since).replace(hour=0, minute=0, second=0, microsecond=0)
    return first + timedelta(days=number)


# -- a hearing is asked for --------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_each_party_may_ask_for_a_hearing_and_the_judge_orders_it_or_not(world: World) -> None:
    motion = world.assigned("property_arrest")
    event = motion.kind_entry.event("hearing_requested")
    assert str(acting.form(motion, ActType.EVENT).fields[0].help) == str(event.help)
    for role in ("investigator", "prosecutor"):
        motion = world.does(motion, ActType.EVENT, role)

    assert motion.state == State.ASSIGNED
    assert [act.payload["event"] for act in motion.acts.filter(type=ActType.EVENT)] == ["hearing_requested"] * 2
    assert messages_to(world, motion, "judge").count() == 2
    labels = [event.label for event in queries.timeline(motion)]
    assert labels.count(str(motion.kind_entry.event("hearing_requested").label)) == 2

    tomorrow = (timezone.now() + timedelta(days=1)).isoformat()
    assert world.does(motion, ActType.HEARING_ORDER, "judge", scheduled_at=tomorrow).state == State.HEARING


@pytest.mark.django_db
def test_the_defence_asks_where_the_motion_is_open_to_it(world: World) -> None:
    motion = world.does(world.assigned("complaint"), ActType.EVENT, "defender")

    assert motion.acts.filter(type=ActType.EVENT).count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["judge", "clerk", "head_of_unit"])
def test_others_do_not_ask(world: World, role: str) -> None:
    motion = world.assigned("property_arrest")

    assert ActType.EVENT not in acting.available(motion, world.posts[role])


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["custody", "search"])
def test_nobody_asks_where_the_law_orders_a_hearing_or_knows_none(world: World, kind: str) -> None:
    with pytest.raises(NotAllowed):
        world.act(world.assigned(kind), ActType.EVENT, "prosecutor", {"event": "hearing_requested"})


@pytest.mark.django_db
def test_nobody_asks_after_the_decision(world: World) -> None:
    motion = world.decided("property_arrest", "sanctioned")

    with pytest.raises(NotAllowed):
        world.act(motion, ActType.EVENT, "prosecutor", {"event": "hearing_requested"})


def test_wherever_a_hearing_is_held_on_request_it_can_be_asked_for() -> None:
    kinds = law_of().kinds.values()
    asked = {kind.key for kind in kinds if "hearing_requested" in {event.key for event in kind.events}}

    assert asked == {kind.key for kind in kinds if kind.hearing.mode == "on_request"}


# -- a measure before the qualification of the act ---------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "given", "term"),
    [
        ("custody", {"held": "detained"}, "qualify_detained"),
        ("custody", {"held": "at_large", "detained_at": None}, "qualify_at_large"),
        ("house_arrest", {"held": "detained"}, "qualify_detained"),
        ("bail", {}, "qualify"),
    ],
)
def test_the_qualification_is_awaited_once_the_measure_is_sanctioned(
    world: World, kind: str, given: dict[str, Any], term: str
) -> None:
    motion = world.assigned(kind, **UNQUALIFIED, **given)
    assert not Deadline.objects.filter(motion=motion, term__startswith="qualify").exists()

    world.act(motion, ActType.PROTOCOL, "judge", world.decision(motion, "sanctioned"))

    motion = world.fresh(motion)
    (deadline,) = Deadline.objects.filter(motion=motion, term__startswith="qualify")
    detained = motion.payload.get("detained_at") if term == "qualify_detained" else None
    since = datetime.fromisoformat(detained) if detained else motion.decided_at
    assert since
    assert (deadline.term, deadline.due_at) == (term, end_of_day(since, 10))


@pytest.mark.django_db
@pytest.mark.parametrize("given", [UNQUALIFIED, {}], ids=["refused", "qualified"])
def test_nothing_is_awaited_of_a_refusal_nor_where_the_act_is_qualified(world: World, given: dict[str, Any]) -> None:
    motion = world.decided("custody", "refused" if given else "sanctioned", **given)

    assert not Deadline.objects.filter(motion=motion, term__startswith="qualify").exists()
    assert ActType.EVENT not in acting.available(motion, world.posts["investigator"])


@pytest.mark.django_db
def test_the_announcement_meets_the_term_and_the_court_is_told(world: World) -> None:
    motion = world.decided("custody", "sanctioned", **UNQUALIFIED)
    assert awaited(motion, "qualify_detained").state == "running"
    tomorrow = (timezone.now() + timedelta(days=1)).isoformat()
    with pytest.raises(Invalid) as early:
        world.does(motion, ActType.EVENT, "investigator", qualified_at=tomorrow)
    assert [problem.field for problem in early.value.problems] == ["payload.qualified_at"]

    motion = world.does(motion, ActType.EVENT, "investigator")

    assert awaited(motion, "qualify_detained").state == "met"
    for role in ("judge", "defender"):
        assert messages_to(world, motion, role).exists()
    with pytest.raises(NotAllowed):
        world.act(motion, ActType.EVENT, "investigator", {"event": "qualification_announced"})


@pytest.mark.django_db
def test_without_the_announcement_the_measure_lapses(world: World) -> None:
    motion = world.decided("custody", "sanctioned", **UNQUALIFIED)

    duties.report_missed(timezone.now() + timedelta(days=11))

    assert "measure.lapsed" in {entry.content["event"] for entry in Entry.objects.filter(chain=motion.chain)}
    for role in ("investigator", "judge"):
        assert messages_to(world, motion, role, "measure.lapsed").exists()


@pytest.mark.django_db
def test_a_corrected_detention_does_not_start_what_waits_for_the_decision(world: World) -> None:
    motion = world.assigned("custody", **UNQUALIFIED)

    motion = world.does(motion, ActType.CORRECTION, "author", field="detained_at", value=now_minus(hours=3))

    assert not Deadline.objects.filter(motion=motion, term="qualify_detained").exists()


# -- the check of a covert action --------------------------------------------------------------------------------------


def checked(world: World) -> Motion:
    motion = world.decided("covert_action", "sanctioned_with_check")
    return world.does(motion, ActType.ADMISSION, "author", iin=world.posts["prosecutor"].officer.iin)


@pytest.mark.django_db
def test_the_prosecutor_starts_the_check_in_a_day_and_finishes_it_in_five(world: World) -> None:
    motion = checked(world)
    assert motion.decided_at
    in_a_day = motion.decided_at.replace(second=0, microsecond=0) + timedelta(hours=24)
    assert awaited(motion, "start_check").due_at == in_a_day
    with pytest.raises(Invalid) as unknown:
        world.act(motion, ActType.EVENT, "prosecutor", {"event": "check_finished"})
    assert {problem.field for problem in unknown.value.problems} == {"payload.event"}

    motion = world.does(motion, ActType.EVENT, "prosecutor")

    assert awaited(motion, "start_check").state == "met"
    running, begun = awaited(motion, "finish_check"), motion.acts.get(type=ActType.EVENT)
    assert (running.state, running.due_at) == ("running", end_of_day(begun.performed_at, 5))
    assert str(motion.kind_entry.event("check_started").label) in explain(running)[0]
    assert messages_to(world, motion, "judge").exists()
    with pytest.raises(Invalid) as lacking:
        world.act(motion, ActType.EVENT, "prosecutor", {"event": "check_finished"})
    assert {problem.field for problem in lacking.value.problems} == {"payload.check_result", "payload.check_findings"}

    motion = world.does(motion, ActType.EVENT, "prosecutor")

    assert awaited(motion, "finish_check").state == "met"
    with pytest.raises(NotAllowed):
        world.act(motion, ActType.EVENT, "prosecutor", {"event": "check_started"})


@pytest.mark.django_db
def test_a_draft_knows_no_events(world: World) -> None:
    with pytest.raises((NotAllowed, Conflict)):
        acting.prepare(world.draft("property_arrest"), ActType.EVENT, world.posts["investigator"], {})
