"""The database's guard on a motion's row: acts explain every step of an update."""

import uuid
from contextlib import nullcontext

import pytest
from django.db import IntegrityError, transaction

from ecase.audit import services as audit
from tests.motions.world import World
from workflows.motions.models import Act, Motion
from workflows.motions.states import State

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("steps", "fault"),
    [
        ([(1, "assigned", "hearing"), (2, "hearing", "withdrawn")], ""),
        ([(1, "assigned", "hearing"), (2, "assigned", "withdrawn")], "no act explains"),
        ([(1, "registered", "withdrawn")], "no act explains"),
        ([(1, "assigned", "hearing"), (2, "hearing", "decided")], "no act explains"),
        ([(1, "assigned", "hearing"), (3, "hearing", "withdrawn")], "its next act is another"),
        ([(2, "assigned", "withdrawn")], "its next act is another"),
    ],
)
def test_one_update_may_take_several_steps_and_leave_none_out(
    world: World, steps: list[tuple[int, str, str]], fault: str
) -> None:
    motion = world.assigned("search")
    before = motion.acts.get(pk=motion.last_act_id)
    with transaction.atomic():
        for further, begins, ends in steps:
            last = _following(before, further, begins, ends)
        expected = pytest.raises(IntegrityError, match=fault) if fault else nullcontext()
        with expected, transaction.atomic():
            Motion.objects.filter(pk=motion.pk).update(state=State.WITHDRAWN, last_act=last)


def _following(before: Act, further: int, begins: str, ends: str) -> Act:
    """A row as an act would be, without its signature being true."""
    digests = {name: uuid.uuid4().hex for name in ("sha256", "cms_sha256", "signature_sha256")}
    act = Act.objects.get(pk=before.pk)
    act.pk, act.position, act.from_state, act.to_state = uuid.uuid4(), before.position + further, begins, ends
    for name, digest in digests.items():
        setattr(act, name, digest)
    act.entry = audit.append("act.performed", chain="system", actor=audit.service_actor(), subject={})
    act.save(force_insert=True)
    return act
