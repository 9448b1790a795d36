"""Only named persons see a secret motion: in lists, documents, the log and messages."""

import pytest

from ecase.outbox.models import Message
from ecase.problems import Invalid
from tests.factories import PostFactory, investigator_of
from tests.logs import about
from tests.motions.world import World
from workflows.motions import queries
from workflows.motions.models import Motion
from workflows.motions.states import ActType, State
from workflows.motions.visibility import entry_is_visible

pytestmark = pytest.mark.django_db


@pytest.fixture
def covert(world: World) -> Motion:
    return world.assigned("covert_action")


def may_see(world: World, motion: Motion) -> set[str]:
    return {role for role, post in world.posts.items() if queries.queue(post).filter(pk=motion.pk).exists()}


def test_its_author_and_its_judge_see_it_and_nobody_else(world: World, covert: Motion) -> None:
    colleague = investigator_of(world.case)

    assert covert.state == State.ASSIGNED
    assert may_see(world, covert) == {"investigator", "judge"}
    assert not queries.queue(colleague).exists()


def test_nobody_hears_of_it_but_they(world: World, covert: Motion) -> None:
    told = Message.objects.filter(key=str(covert.pk))

    assert {message.officer_id for message in told} <= {
        world.posts[role].officer_id for role in ("investigator", "judge")
    }
    assert not told.exclude(organisation=None).exists()


def test_its_documents_are_kept_from_the_team(world: World, covert: Motion) -> None:
    colleague = investigator_of(world.case)
    attached = set(covert.attachments.values_list("document", flat=True))

    assert attached
    assert attached <= set(queries.documents(world.case, world.posts["investigator"]).values_list("pk", flat=True))
    assert attached.isdisjoint(queries.documents(world.case, colleague).values_list("pk", flat=True))


def test_the_log_is_shown_without_it_to_whoever_is_not_admitted(world: World, covert: Motion) -> None:
    auditor = PostFactory(auditor=True)

    told = about("motion", covert.pk)
    acts = [entry for entry in told if entry.event == "act.performed"]

    assert acts
    assert not any(entry_is_visible(entry, auditor) for entry in told)
    assert all(entry_is_visible(entry, world.posts["investigator"]) for entry in acts)


def test_the_author_admits_a_prosecutor_by_an_act(world: World, covert: Motion) -> None:
    prosecutor = world.posts["prosecutor"]

    world.does(covert, ActType.ADMISSION, "author", iin=prosecutor.officer.iin)

    assert may_see(world, covert) == {"investigator", "judge", "prosecutor"}
    admission = covert.admissions.get(officer=prosecutor.officer)
    assert admission.admitted_by == world.posts["investigator"]


def test_only_an_officer_who_is_known_is_admitted(world: World, covert: Motion) -> None:
    with pytest.raises(Invalid):
        world.does(covert, ActType.ADMISSION, "author", iin="000000000000")


def test_an_ordinary_motion_knows_no_admission(world: World) -> None:
    motion = world.filed("custody")

    assert not motion.secret
    assert ActType.ADMISSION not in queries.get(world.posts["investigator"], motion.pk).acts.values_list("type")
