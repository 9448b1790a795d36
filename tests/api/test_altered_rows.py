"""O-F2: over REST a motion whose row does not say what was signed is refused, by every address that shows it."""

import json
from typing import Any

import pytest

from tests.api.conftest import Caller
from tests.motions.world import World
from tests.past_guards import past_guards
from workflows.motions.models import Motion

pytestmark = pytest.mark.django_db


def test_the_judge_does_not_read_what_was_changed_behind_his_back(world: World, call: Any) -> None:
    motion = world.assigned("custody")
    judge: Caller = call(world.posts["judge"])
    addresses = [f"/api/v1/motions/{motion.pk}/", f"/api/v1/motions/{motion.pk}/documents/"]
    assert [judge.get(address).status_code for address in addresses] == [200, 200]
    with past_guards():
        Motion.objects.filter(pk=motion.pk).update(payload={**motion.payload, "offence": "changed"})
    for address in addresses:
        answer = judge.get(address)
        assert (answer.status_code, json.loads(answer.content)["type"].rpartition("/")[2]) == (409, "row-altered")
        assert "changed" not in answer.content.decode()
