"""A motion from draft to final state, step by step; ``tests.journeys`` does this for every kind."""

import json
from itertools import pairwise

import pytest

from ecase.audit.models import Entry
from ecase.outbox.models import Message
from tests.law import law_of
from tests.motions.conftest import World
from workflows.assignment import services as assignment
from workflows.deadlines.models import Deadline
from workflows.motions.states import ActType, State

pytestmark = pytest.mark.django_db

KINDS = law_of().kinds


def test_custody_goes_through_the_prosecutor(world: World) -> None:
    motion = world.filed("custody")
    assert motion.state == State.SUBMITTED
    assert motion.number is None

    world.act(motion, ActType.AGREEMENT, "prosecutor", world.filled(motion, ActType.AGREEMENT))
    motion = world.fresh(motion)

    assert [act.type for act in motion.acts.all()] == ["motion", "agreement", "registration", "assignment"]
    assert motion.state == State.ASSIGNED
    assert motion.judge == world.posts["judge"].officer


@pytest.mark.parametrize("kind", [kind.key for kind in KINDS.values() if kind.prosecutor.role == "notify_copy"])
def test_a_copy_is_enough_where_the_law_asks_for_no_consent(world: World, kind: str) -> None:
    motion = world.filed(kind)

    assert motion.state == State.ASSIGNED
    assert [act.type for act in motion.acts.all()] == ["motion", "registration", "assignment"]
    assert Message.objects.filter(topic="motion.motion", key=str(motion.pk)).exists()


def test_acts_form_a_chain_of_digests(world: World) -> None:
    acts = list(world.decided("custody", "sanctioned").acts.order_by("position"))

    assert len(acts) == 5
    assert [act.position for act in acts] == [1, 2, 3, 4, 5]
    for before, after in pairwise(acts):
        named = json.loads(bytes(after.act_json))["previous"]
        assert named == {"act": str(before.pk), "sha256": before.sha256, "cms_sha256": before.cms_sha256}


def test_a_motion_names_its_pdf_and_every_attachment(world: World) -> None:
    motion = world.filed("custody")
    files = json.loads(bytes(motion.acts.get(type="motion").act_json))["files"]

    assert files[0]["media_type"] == "application/pdf"
    assert {file["sha256"] for file in files[1:]} == set(motion.attachments.values_list("document__blob", flat=True))


def test_registers_run_without_gaps(world: World) -> None:
    numbers = [world.filed("search").number for _ in range(3)]

    assert [int(number.rsplit("-", 1)[1]) for number in numbers] == [1, 2, 3]


def test_the_draw_can_be_repeated_by_anybody(world: World) -> None:
    motion = world.filed("search")
    draw = motion.draws.get()

    assert assignment.winner(draw.seed, draw.candidates) == str(motion.judge_id)


def test_the_judges_clock_runs_from_registration_and_is_met_by_the_protocol(world: World) -> None:
    motion = world.assigned("property_arrest")
    judges = Deadline.objects.get(motion=motion, role="judge", state="running")
    assert motion.next_due_at == judges.due_at

    world.act(motion, ActType.PROTOCOL, "judge", world.decision(motion, "sanctioned"))

    judges.refresh_from_db()
    assert judges.state == "met"


def test_investigator_and_prosecutor_are_told_at_once(world: World) -> None:
    motion = world.decided("custody", "refused")
    told = Message.objects.filter(topic=f"motion.{motion.last_act.type}", key=str(motion.pk))

    assert {message.payload["outcome"] for message in told} == {"refused"}
    assert {message.officer_id or message.organisation_id for message in told} >= {
        world.posts["investigator"].officer_id,
        motion.prosecution_id,
    }


def test_every_act_has_its_entry_in_the_log(world: World) -> None:
    motion = world.decided("custody", "sanctioned")

    for act in motion.acts.all():
        entry = Entry.objects.get(pk=act.entry_id)
        assert entry.content["event"] == "act.performed"
        assert entry.content["data"]["sha256"] == act.sha256
        assert entry.chain == motion.chain


def test_a_returned_motion_comes_back_as_its_next_version(world: World) -> None:
    motion = world.filed("custody")
    world.act(motion, ActType.RETURN, "prosecutor", world.filled(motion, ActType.RETURN))
    motion = world.fresh(motion)
    assert (motion.state, motion.version) == (State.RETURNED, 2)

    world.act(motion, ActType.MOTION, "investigator")

    motion = world.fresh(motion)
    assert motion.state == State.SUBMITTED
    assert [act.version for act in motion.acts.all()] == [1, 1, 2]


def test_a_refusal_of_the_prosecutor_is_final(world: World) -> None:
    motion = world.filed("custody")
    world.act(motion, ActType.REFUSAL, "prosecutor", world.filled(motion, ActType.REFUSAL))
    motion = world.fresh(motion)

    assert motion.state == State.REFUSED_BY_PROSECUTOR
    assert motion.next_due_at is None
    assert not Deadline.objects.filter(motion=motion, state="running").exists()


def test_a_motion_can_be_withdrawn_until_it_is_decided(world: World) -> None:
    motion = world.assigned("custody")
    world.act(motion, ActType.WITHDRAWAL, "investigator", world.filled(motion, ActType.WITHDRAWAL))

    assert world.fresh(motion).state == State.WITHDRAWN
