"""F-F2: counsel acts for a person. Of another party's motion counsel sees only what the law grants the client."""

from typing import Any

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.db import connection
from django.utils import timezone

from ecase.cases.models import Counsel, Person
from ecase.officers.models import Post
from ecase.outbox.models import Message
from ecase.problems import Invalid, NotAllowed
from tests.factories import PersonFactory, PostFactory
from tests.motions.payloads import now_minus
from tests.motions.world import World
from workflows.copies.models import Copy
from workflows.motions import queries, signers
from workflows.motions.exports import act_json, papers
from workflows.motions.models import Act, Motion
from workflows.motions.services import acting
from workflows.motions.states import ActType, AppealState
from workflows.watch import duties

pytestmark = pytest.mark.django_db


def counsel(world: World, capacity: str) -> tuple[Person, Post]:
    person, post = PersonFactory(case=world.case, capacity=capacity), PostFactory(defender=True)
    Counsel.objects.create(case=world.case, officer=post.officer, person=person)
    return person, post


def suspect(world: World) -> str:
    return str(world.case.persons.get(capacity="suspect", counsel__officer=world.posts["defender"].officer).pk)


@pytest.mark.parametrize("kind", ["custody", "house_arrest"])
@pytest.mark.parametrize("capacity", ["suspect", "victim"])
def test_counsel_of_another_party_reads_nothing_before_the_decision(world: World, kind: str, capacity: str) -> None:
    subject = suspect(world)
    _person, post = counsel(world, capacity)

    motion = world.assigned(kind, suspect=subject)

    assert queries.get(world.posts["defender"], motion.pk) == motion
    with pytest.raises(Motion.DoesNotExist):
        queries.get(post, motion.pk)
    with pytest.raises(Motion.DoesNotExist):
        queries.decided(post, motion.pk)
    assert not queries.documents(world.case, post).exists()
    assert acting.available(motion, post) == []


@pytest.mark.parametrize(("capacity", "is_owed"), [("suspect", False), ("victim", True)])
def test_after_the_decision_it_is_open_to_whom_a_copy_of_it_is_owed(world: World, capacity: str, is_owed: bool) -> None:
    """The service list of custody names the suspect and the victim: a co-suspect gets no copy."""
    subject = suspect(world)
    person, post = counsel(world, capacity)
    motion = world.decided("custody", "sanctioned", suspect=subject)
    duties.deliver_decisions(timezone.now())
    motion = world.fresh(motion)

    assert Copy.objects.filter(motion=motion, person=person).exists() == is_owed
    assert not Motion.objects.visible_to(post).exists()
    assert list(Motion.objects.decided_for(post)) == ([motion] if is_owed else [])
    assert not queries.documents(world.case, post).exists()
    assert acting.available(motion, post) == ([ActType.APPEAL] if is_owed else [])
    told = Message.objects.filter(key=str(motion.pk), officer=post.officer).values_list("topic", flat=True)
    assert list(told) == (["motion.protocol"] if is_owed else [])


def test_he_appeals_for_his_client_and_ends_that_appeal_alone(world: World) -> None:
    subject = suspect(world)
    _person, post = counsel(world, "victim")
    motion = world.decided("custody", "sanctioned", suspect=subject)
    motion = world.does(motion, ActType.APPEAL, "defender")
    of_suspect = motion.acts.get(type=ActType.APPEAL)
    with pytest.raises(NotAllowed):
        acting.prepare(motion, ActType.APPEAL_WITHDRAWAL, post, {"appeal": str(of_suspect.pk), "reasons": "Себеп."})

    signed(world, motion, ActType.APPEAL, post, appellant="victim")
    motion = world.fresh(motion)
    assert acting.available(motion, post) == [ActType.APPEAL, ActType.APPEAL_WITHDRAWAL]
    signed(world, motion, ActType.APPEAL_WITHDRAWAL, post)

    assert world.fresh(motion).appeal_state == AppealState.FILED


def signed(world: World, motion: Motion, act_type: ActType, post: Post, **given: Any) -> None:
    payload = world.filled(motion, act_type, post, **given)
    prepared = acting.prepare(queries.decided(post, motion.pk), act_type, post, payload)
    acting.perform(prepared, world.keys.sign(post, bytes(prepared.act_json)), post)


def test_he_opens_the_paper_of_the_decision_and_of_his_own_acts(world: World) -> None:
    subject = suspect(world)
    _person, post = counsel(world, "victim")
    motion = world.decided("custody", "sanctioned", suspect=subject)
    signed(world, motion, ActType.APPEAL, post, appellant="victim")
    world.does(world.fresh(motion), ActType.APPEAL, "defender")

    open_to_him = []
    for act in motion.acts.order_by("position"):
        try:
            seen = signers.act(post, act.pk)
        except ObjectDoesNotExist:
            continue
        open_to_him.append(seen.act.type)
        with pytest.raises(Act.DoesNotExist):
            signers.require_evidence(seen, post)

    assert open_to_him == [ActType.PROTOCOL, ActType.APPEAL]


def test_the_co_suspect_s_counsel_is_not_told_of_a_hearing(world: World) -> None:
    subject = suspect(world)
    _person, post = counsel(world, "suspect")
    motion = world.does(
        world.assigned("custody", suspect=subject), ActType.HEARING_ORDER, "judge", scheduled_at=now_minus(days=-1)
    )

    assert Message.objects.filter(key=str(motion.pk), officer=world.posts["defender"].officer).exists()
    assert not Message.objects.filter(key=str(motion.pk), officer=post.officer).exists()


def test_a_motion_that_names_nobody_is_open_to_no_counsel(world: World) -> None:
    """The owner of the evidence to be sold may be unknown; then no counsel reads the motion."""
    motion = world.assigned("evidence_sale", owner=None)

    assert (motion.defence, motion.subject) == (True, None)
    for capacity in ("suspect", "owner", "victim"):
        assert not Motion.objects.visible_to(counsel(world, capacity)[1]).exists()
    assert not Motion.objects.visible_to(world.posts["defender"]).exists()


def test_the_list_of_the_defence_reads_no_whole_table(world: World) -> None:
    """With sequential scans disabled, the plan shows whether an index can be used."""
    world.assigned("custody", suspect=suspect(world))
    post = counsel(world, "victim")[1]
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        for found in (queries.queue(post), queries.decisions(post)):
            assert "Seq Scan on motions_motion" not in found.explain(), found.explain()


def test_counsel_files_for_his_own_clients(world: World) -> None:
    """A complaint for a co-suspect, who has other counsel, is refused."""
    other, _post = counsel(world, "suspect")
    complaint = world.draft("complaint", applicant=str(other.pk))
    with pytest.raises(Invalid) as refused:
        acting.prepare(complaint, ActType.MOTION, world.posts["defender"], {})
    assert [(problem.code, problem.field) for problem in refused.value.problems] == [
        ("not-a-client", "payload.applicant")
    ]


def test_the_paper_of_his_appeal_names_no_act_that_is_not_open_to_him(world: World) -> None:
    subject = suspect(world)
    _person, post = counsel(world, "victim")
    motion = world.does(world.decided("custody", "sanctioned", suspect=subject), ActType.APPEAL, "defender")
    draft = act_json.Draft(motion.pk, motion, ActType.APPEAL, post, {}, timezone.now(), motion.last_act)

    assert [act.type for act in papers.paper_of(draft).previous][-1] == ActType.PROTOCOL
