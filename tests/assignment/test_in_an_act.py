"""A draw as it happens: in the transaction of the act that brought the motion to the court."""

import json

import pytest

from ecase.officers.models import Post
from tests.motions.conftest import World, make_world, storage, world  # noqa: F401 - fixtures
from workflows.assignment import algorithm, services

pytestmark = pytest.mark.django_db


def test_the_act_of_assignment_carries_the_whole_record_and_it_stands(world: World) -> None:  # noqa: F811
    motion = world.assigned("custody")
    draw = motion.draws.get()
    assert services.faults(draw) == []
    sealed = json.loads(bytes(motion.acts.get(type="assignment").act_json))["payload"]["draw"]
    assert sealed == draw.as_dict()
    assert algorithm.faults(sealed) == []
    assert draw.made_of["act"]["id"] == str(motion.acts.get(type="agreement").pk)
    assert Post.objects.get(pk=draw.chosen_id).officer_id == motion.judge_id
