"""Every kind of the catalogue, from its draft to its last state, over REST and at the pages.

Generated from the catalogue: a new kind is tested by being added. ``make test`` travels what together reaches
everything once (`essential`), ``make journeys`` all plans.
"""

import os
import time
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from ecase.audit.models import Chain, Entry
from ecase.audit.services import NO_ENTRY
from ecase.officers.models import Post
from signatures import container
from signatures.container import offline
from signatures.tlog.transparency import Record
from tests.api.conftest import Caller
from tests.journeys.doors import Portal, Rest
from tests.journeys.journey import Journey
from tests.journeys.plans import DOORS, Plan, appealable, appellants, essential, made
from tests.law import law_of
from tests.logs import PATIENCE
from tests.motions.conftest import World
from workflows.deadlines.models import Deadline
from workflows.motions.models import Act, Motion
from workflows.motions.states import FINAL_STATES

KINDS = law_of().kinds
PLANS = made(KINDS)
TRAVELLED = PLANS if os.environ.get("ECASE_ALL_JOURNEYS") else essential(PLANS)
TRY_LATER = 503
Travel = Callable[[Plan], Journey]


def sample() -> list[Plan]:
    """The first journey to each end through each door: their evidence is examined, which takes a log of their own."""
    first = {(plan.door, plan.ending): plan for plan in reversed(TRAVELLED)}
    return list(first.values())


@pytest.fixture
def travel(
    make_world: Callable[[], World], call: Callable[[Post], Caller], visitor: Callable[[Post], Client]
) -> Travel:
    """A motion's whole life by a plan."""

    def go(plan: Plan) -> Journey:
        world = make_world()
        doors = {"rest": Rest(world.keys, call), "portal": Portal(world.keys, visitor)}
        journey = Journey(world, plan, doors[plan.door])
        journey.sets_out()
        journey.is_decided()
        journey.is_delivered()
        journey.is_appealed()
        journey.comes_to_its_end()
        return journey

    return go


@pytest.mark.django_db
@pytest.mark.parametrize("plan", [plan for plan in TRAVELLED if plan not in sample()], ids=lambda plan: plan.name)
def test_from_draft_to_the_last_state(travel: Travel, plan: Plan) -> None:
    _has_ended_well(travel(plan))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("plan", sample(), ids=lambda plan: plan.name)
def test_the_evidence_of_a_whole_life_stands(
    log: None, travel: Travel, call: Callable[[Post], Caller], plan: Plan
) -> None:
    journey = travel(plan)

    _has_ended_well(journey)
    last = journey.motion.acts.exclude(pdf=None).order_by("position").last()
    assert last
    _evidence_stands(call(journey.author), last)


def test_every_kind_goes_through_both_doors() -> None:
    taken = defaultdict(set)
    for plan in PLANS:
        taken[plan.kind.key].add(plan.door)

    assert dict(taken) == {key: set(DOORS) for key in KINDS}


def test_the_essential_journeys_reach_everything_that_all_of_them_reach() -> None:
    reached = {goal for plan in PLANS for goal in plan.reaches}
    assert {goal for plan in essential(PLANS) for goal in plan.reaches} == reached
    assert {plan.kind.key for plan in essential(PLANS)} == set(KINDS)


def test_everything_that_the_catalogue_knows_is_travelled() -> None:
    """Outcomes, authors and steps of each kind; ends, appellants and rulings over all of them."""
    for kind in KINDS.values():
        plans = [plan for plan in PLANS if plan.kind == kind]
        assert {plan.outcome.key for plan in plans} == {outcome.key for outcome in kind.outcomes}
        if kind.prosecutor.step_field:
            assert {plan.step for plan in plans} == set(kind.validity.ladder)
        else:
            assert {plan.author for plan in plans} == set(kind.author_roles)
    assert {plan.ending for plan in PLANS} == {"closed", "expired", "lifted", "cancelled"}
    appeals = [plan.appeal for plan in PLANS if plan.appeal]
    kinds = [plan.kind for plan in PLANS if appealable(plan.kind, plan.outcome)]
    assert {appeal.role for appeal in appeals} == {role for kind in kinds for role in appellants(kind)}
    assert {appeal.ruling.effect for appeal in appeals} == {"stands", "changed", "cancelled"}
    for way in ("late", "heard", "inquiry", "immune"):
        assert any(getattr(plan.appeal if way == "late" else plan, way, False) for plan in PLANS), way


def _has_ended_well(journey: Journey) -> None:
    motion = journey.motion
    assert motion.state == journey.plan.ending
    assert motion.state in FINAL_STATES
    assert motion.next_due_at is None
    assert not Deadline.objects.filter(motion=motion, state="running").exists()
    journey.is_kept_from_strangers()
    assert journey.door.finds(journey.colleague, journey.pk) != motion.secret
    _chain_is_whole(motion)


def _chain_is_whole(motion: Motion) -> None:
    """Every entry follows the one before it up to the head, and every act has its own."""
    last, entries = NO_ENTRY, list(Entry.objects.filter(chain=motion.chain).order_by("seq"))
    for place, entry in enumerate(entries, start=1):
        assert (entry.seq, bytes(entry.prev)) == (place, last)
        assert Record(bytes(entry.prev), entry.chain, entry.seq, bytes(entry.body)).hash == bytes(entry.hash)
        last = bytes(entry.hash)
    assert bytes(Chain.objects.get(name=motion.chain).hash) == last
    acts = dict(motion.acts.values_list("entry", "sha256"))
    logged = {entry.pk: entry.content["data"]["sha256"] for entry in entries if entry.pk in acts}
    assert logged == acts


def _exported(caller: Caller, act: Act) -> Any:
    """The container; a long transaction of another test on the same server may hold its proof back."""
    until = time.monotonic() + PATIENCE
    response = caller.get(f"/api/v1/acts/{act.pk}/container")
    while response.status_code == TRY_LATER and time.monotonic() < until:
        response = caller.get(f"/api/v1/acts/{act.pk}/container")
    return response


def _evidence_stands(caller: Caller, act: Act) -> None:
    """A stranger with the trust folder alone finds the container genuine, with every act of the motion in it."""
    response = _exported(caller, act)
    data = response.getvalue() if response.streaming else response.content
    assert response.status_code == 200, data[:500]
    verdict = offline.examine(container.read(data), offline.Trust.load(settings.TRUST_DIR), datetime.now(UTC))
    assert verdict.indication == "TOTAL_PASSED", verdict
