"""P-A5: several acts are signed knowingly: lines say what is decided, none is ticked, a newer act voids an older."""

import re

import pytest

from ecase.problems import Conflict
from tests.motions.conftest import World
from tests.portal.conftest import Visitor
from workflows.motions.models import Motion, PreparedAct
from workflows.motions.services import acting, batch


def decide(world: World, motion: Motion, outcome: str) -> PreparedAct:
    payload = world.decision(motion, outcome)
    return acting.prepare(motion, motion.kind_entry.outcome(outcome).output, world.post(motion, "judge"), payload)


def test_p_a5_a_line_says_who_and_what_and_nothing_is_ticked(world: World, visitor: Visitor) -> None:
    motion = world.opened(world.assigned("custody"), "judge")
    decide(world, motion, "refused")
    page = visitor(world.post(motion, "judge")).get("/signatures/").content.decode()
    assert motion.case.persons.get(pk=motion.payload["suspect"]).full_name in page
    assert str(motion.kind_entry.outcome("refused").label.en) in page
    assert motion.number in page
    assert 'name="act"' in page
    assert not re.search(r'name="act"[^>]* checked', page)


def test_p_a5_a_newer_preparation_voids_the_older(world: World, visitor: Visitor) -> None:
    motion = world.opened(world.assigned("custody"), "judge")
    older, newer = decide(world, motion, "sanctioned"), decide(world, motion, "refused")
    judge = world.post(motion, "judge")
    assert [prepared.pk for prepared in batch.acts_to_sign(judge)] == [newer.pk]
    assert f"/prepared/{newer.pk}/" in visitor(judge).get(f"/prepared/{older.pk}/").content.decode()
    with pytest.raises(Conflict) as refusal:
        acting.perform(older, world.keys.sign(judge, bytes(older.act_json)), judge)
    assert [problem.code for problem in refusal.value.problems] == ["prepared-anew"]
    assert acting.perform(newer, world.keys.sign(judge, bytes(newer.act_json)), judge).type == newer.type


def test_f_f19_the_same_prepared_in_another_window_voids_nothing(world: World) -> None:
    motion = world.opened(world.assigned("custody"), "judge")
    payload, judge = world.decision(motion, "refused"), world.post(motion, "judge")
    act_type = motion.kind_entry.outcome("refused").output
    older, newer = (acting.prepare(motion, act_type, judge, payload) for _window in range(2))
    assert [prepared.pk for prepared in batch.acts_to_sign(judge)] == [newer.pk]
    assert acting.perform(older, world.keys.sign(judge, bytes(older.act_json)), judge)


def test_p_a5_what_the_motion_has_moved_on_from_is_not_offered(world: World) -> None:
    motion = world.opened(world.filed("custody"), "prosecutor")
    acting.prepare(motion, "agreement", world.posts["prosecutor"], {})
    world.does(motion, "withdrawal", "investigator")
    assert batch.acts_to_sign(world.posts["prosecutor"]) == []
