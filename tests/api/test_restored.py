"""After a restore to an earlier moment: old acts are proven, new ones wait for a decision, then all goes on (O-F6)."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction

from ecase.audit import sequencer, services
from ecase.problems import TryLater
from tests.api.conftest import Caller
from tests.api.test_evidence import exported, filed, log, verify  # noqa: F401 - fixtures
from tests.backups import backups
from tests.logs import PATIENCE
from tests.motions.conftest import World
from workflows.motions.engine.service_acts import perform_service
from workflows.motions.locking import lock
from workflows.motions.models import Act
from workflows.motions.states import ActType

pytestmark = pytest.mark.django_db


@pytest.fixture
def restored(filed: tuple[World, Act]) -> Iterator[tuple[World, Act]]:  # noqa: F811
    """The motion was filed before the backup; what was signed afterwards is lost."""
    sequencer.settle(PATIENCE)
    with backups() as take:
        restore = take()
        for number in range(5):
            services.append("session.opened", chain="system", actor={"service": "x"}, subject={}, data={"n": number})
        sequencer.settle(PATIENCE)
        restore()
        yield filed


def test_old_acts_are_exported_and_new_ones_wait_until_a_person_has_decided(
    restored: tuple[World, Act], call: Callable[..., Caller], anybody: Caller
) -> None:
    """Every export was 500, of old acts too, and new acts were taken and never signed."""
    world, act = restored
    reader = call(world.posts["prosecutor"])
    before = exported(reader, act)
    assert before.status_code == 200
    assert verify(anybody, before.content).data["indication"] == "TOTAL_PASSED"
    with pytest.raises(TryLater):
        world.does(act.motion, ActType.AGREEMENT, "prosecutor")

    with pytest.raises(TryLater), transaction.atomic():
        perform_service(lock(act.motion), ActType.REGISTRATION, {"number": "1", "court": act.motion.court.bin})
    assert act.motion.acts.count() == 1

    reason = "the server's disk was lost"
    call_command("audit", "resume", "--after-restore", "--by", "Сәрсенов А.", "--reason", reason)

    world.does(act.motion, ActType.AGREEMENT, "prosecutor")
    agreed = Act.objects.get(motion=act.motion, type=ActType.AGREEMENT)
    after = exported(reader, agreed)
    assert after.status_code == 200
    for container in (before, after):
        verdict: Any = verify(anybody, container.content).data
        assert verdict["indication"] == "TOTAL_PASSED", verdict
