"""The list of a post agrees with what the post can do about a motion (H-A1, H-A2, H-A3)."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from ecase.outbox.models import Notice
from tests.factories import OfficerFactory
from tests.motions.waiting import expected_acts, is_listed, require_agreement
from tests.motions.world import World
from workflows.motions.acts.registry import SPECS, IncompleteRegistry, register
from workflows.motions.models import Motion
from workflows.motions.notifications import NOBODY
from workflows.motions.states import ActType
from workflows.statute.models import CatalogueVersion
from workflows.watch.sanctions import deliver_decisions

pytestmark = pytest.mark.django_db

BY_DEFENCE = ["complaint", "deposition", "examination_for_defence", "information_for_defence", "witness_appearance"]
ROLES = ["investigator", "head_of_unit", "prosecutor", "judge", "court_chair", "clerk", "defender"]


def told(motion: Motion, officer: object) -> list[str]:
    return list(Notice.objects.filter(key=str(motion.pk), officer=officer).values_list("topic", flat=True))


def granted(world: World, kind: str) -> Motion:
    outcome = next(each.key for each in world.kind(kind).outcomes if each.grants)
    motion = world.decided(kind, outcome)
    deliver_decisions(timezone.now())
    return world.fresh(motion)


@pytest.mark.parametrize("kind", BY_DEFENCE)
def test_a_granted_motion_of_the_defence_waits_for_whoever_executes_it(world: World, kind: str) -> None:
    motion, investigator = granted(world, kind), world.posts["investigator"]
    assert expected_acts(motion, investigator) == [ActType.EXECUTION_REPORT]
    assert is_listed(motion, investigator)
    assert not is_listed(motion, world.posts["head_of_unit"])
    assert {"motion.protocol", "motion.endorsement"} & set(told(motion, investigator.officer))


def test_after_a_late_appeal_a_decision_still_waits_for_its_execution(
    world: World, time_machine: Callable[..., None]
) -> None:
    motion, author = granted(world, "exhumation"), world.posts["investigator"]
    assert is_listed(motion, author)
    late = Motion.objects.get(pk=motion.pk).appeal_until + timedelta(days=1)
    time_machine.move_to(late)
    world.does(world.fresh(motion), ActType.APPEAL, "prosecutor")
    motion = world.fresh(motion)
    assert (motion.state, motion.appeal_state) == ("delivered", "late")
    assert ActType.EXECUTION_REPORT in expected_acts(motion, author)
    assert is_listed(motion, author)


def test_an_appeal_in_time_takes_a_suspended_decision_off_the_list(world: World) -> None:
    motion, author = granted(world, "exhumation"), world.posts["investigator"]
    world.does(motion, ActType.APPEAL, "prosecutor")
    motion = world.fresh(motion)
    assert not is_listed(motion, author)
    require_agreement(motion, author)


def test_whoever_is_admitted_to_a_secret_motion_is_told(world: World) -> None:
    motion = world.filed("covert_action")
    officer = OfficerFactory()
    world.does(motion, ActType.ADMISSION, "investigator", iin=officer.iin)
    assert told(motion, officer) == ["motion.admission"]


def test_a_motion_is_judged_by_the_law_under_which_it_was_filed(world: World) -> None:
    """A later version with another granting outcome removes nothing from the lists of an earlier one."""
    motion, author = granted(world, "search"), world.posts["investigator"]
    assert is_listed(motion, author)
    row = CatalogueVersion.objects.get(pk=motion.catalogue_id)
    content = {**row.content, "kinds": {key: kind for key, kind in row.content["kinds"].items() if key != "search"}}
    CatalogueVersion.objects.create(
        jurisdiction=row.jurisdiction,
        version="after",
        valid_from=timezone.localdate(),
        sha256="0" * 64,
        content={**content, "version": "after"},
    )
    assert is_listed(motion, author)


def test_every_stage_of_a_custody_motion_waits_for_whoever_can_act(world: World) -> None:
    for motion in (
        world.draft("custody"),
        world.filed("custody"),
        world.assigned("custody"),
        granted(world, "custody"),
    ):
        for role in ROLES:
            require_agreement(motion, world.posts[role])


def test_materials_that_were_asked_for_wait_for_the_author(world: World) -> None:
    motion = world.assigned("custody")
    world.opened(motion, "assigned" if "assigned" in world.posts else "judge")
    assert not is_listed(motion, world.posts["investigator"])
    world.does(motion, ActType.MATERIALS_REQUEST, "judge")
    assert is_listed(motion, world.posts["investigator"])
    require_agreement(world.fresh(motion), world.posts["investigator"])


# -- the registry --------------------------------------------------------------------------------------------------


def test_a_missing_act_ends_the_import() -> None:
    with pytest.raises(IncompleteRegistry, match=r"no entry .* motion$"):
        register([spec for spec in SPECS.values() if spec.type != ActType.MOTION])


def test_a_second_entry_ends_the_import() -> None:
    with pytest.raises(IncompleteRegistry, match="motion has more than one entry"):
        register(SPECS.values(), [SPECS[ActType.MOTION]])


def test_an_officers_act_has_a_button_and_an_act_of_the_service_none() -> None:
    for spec in SPECS.values():
        assert bool(spec.label) != spec.is_of_service, spec.type
        assert spec.moves.required in spec.moves.names or not spec.moves.names, spec.type
        assert spec.notifies is not NOBODY or not spec.headline, spec.type
