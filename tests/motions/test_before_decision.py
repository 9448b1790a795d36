"""From the draft to the judge: approvals, levels of consent, corrections, recusals, replacement, transfer, format."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.utils import timezone

from ecase.instants import format_instant
from ecase.officers.models import Organisation
from ecase.problems import Conflict, Invalid, NotAllowed
from tests.factories import OrganisationFactory, PostFactory, judge_of
from tests.motions.payloads import now_minus
from tests.motions.world import PDF, World
from workflows.deadlines.models import Deadline
from workflows.motions.acts import court
from workflows.motions.models import Motion
from workflows.motions.services import drafts
from workflows.motions.states import ActType, State

pytestmark = pytest.mark.django_db


def inquiry(world: World) -> World:
    world.case.organisation.kind = Organisation.Kind.INQUIRY
    world.case.organisation.save()
    return world


# -- inside the body -------------------------------------------------------------------------------------------------


def test_in_an_inquiry_body_the_head_agrees_first(world: World) -> None:
    motion = inquiry(world).filed("custody")
    assert motion.state == State.AWAITING_APPROVAL
    assert not Motion.objects.visible_to(world.posts["prosecutor"]).filter(pk=motion.pk).exists()

    motion = world.does(motion, ActType.APPROVAL, "head_of_unit")

    assert motion.state == State.SUBMITTED
    assert Motion.objects.visible_to(world.posts["prosecutor"]).filter(pk=motion.pk).exists()


def test_an_approved_motion_that_needs_no_consent_goes_to_court(world: World) -> None:
    motion = world.does(inquiry(world).filed("search"), ActType.APPROVAL, "head_of_unit")

    assert motion.state == State.ASSIGNED


def test_the_head_may_send_it_back(world: World) -> None:
    motion = world.does(inquiry(world).filed("custody"), ActType.RETURN, "head_of_unit")

    assert (motion.state, motion.version) == (State.RETURNED, 2)


def test_nobody_approves_his_own_motion(world: World) -> None:
    motion = inquiry(world).filed("custody")
    author = world.posts["investigator"]
    world.posts["head_of_unit"] = PostFactory(
        head_of_unit=True, organisation=author.organisation, officer=author.officer
    )

    with pytest.raises(NotAllowed):
        world.does(motion, ActType.APPROVAL, "head_of_unit")


# -- routes ----------------------------------------------------------------------------------------------------------


def test_a_person_with_immunity_takes_the_motion_to_the_top(world: World) -> None:
    capital = OrganisationFactory(court=True, hears_immunity=True)
    drawn = PostFactory(judge=True, organisation=capital)

    motion = world.filed("search", immunity=True)
    assert motion.state == State.SUBMITTED
    assert motion.consenting == world.posts["national"].organisation
    motion = world.does(motion, ActType.AGREEMENT, "national")

    assert motion.court == capital
    assert motion.judge == drawn.officer


def test_without_such_a_court_the_motion_is_refused_with_the_reason(world: World) -> None:
    with pytest.raises(Invalid) as refused:
        world.filed("search", immunity=True)

    assert {problem.code for problem in refused.value.problems} == {"no-court"}


def test_after_a_refusal_the_same_needs_new_circumstances(world: World) -> None:
    world.decided("custody", "refused")

    with pytest.raises(Invalid) as refused:
        world.filed("custody", new_circumstances=None)
    assert [problem.field for problem in refused.value.problems] == ["payload.new_circumstances"]

    assert world.filed("custody", new_circumstances="Күдікті қашып кетті.").state == State.SUBMITTED


# -- corrections -----------------------------------------------------------------------------------------------------


def test_a_corrected_event_moves_its_deadlines_and_keeps_the_old_ones(world: World) -> None:
    motion = world.filed("custody")
    before = Deadline.objects.filter(motion=motion, state="running").order_by("term").values_list("term", "due_at")
    before = dict(before)
    earlier = now_minus(hours=5)

    motion = world.does(motion, ActType.CORRECTION, "author", field="detained_at", value=earlier)

    after = dict(Deadline.objects.filter(motion=motion, state="running").values_list("term", "due_at"))
    moved = {term for term in before if after[term] < before[term]}
    assert motion.payload["detained_at"] == earlier
    assert moved
    assert Deadline.objects.filter(motion=motion, state="void", term__in=moved).count() == len(moved)


@pytest.mark.parametrize("field", ["offence", "nothing"])
def test_only_instants_are_corrected(world: World, field: str) -> None:
    with pytest.raises(Invalid):
        world.does(world.filed("custody"), ActType.CORRECTION, "author", field=field)


# -- before the judge ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("act_type", "role"), [(ActType.RECUSAL, "judge"), (ActType.REASSIGNMENT, "court_chair")])
def test_a_judge_who_leaves_is_replaced_by_draw_and_not_drawn_again(world: World, act_type: ActType, role: str) -> None:
    motion = world.assigned("search")
    second = judge_of(world.case)

    motion = world.does(motion, act_type, role)

    assert motion.state == State.ASSIGNED
    assert motion.judge == second.officer
    assert court.judges_who_left(motion, court.FIRST) == {str(world.posts["judge"].officer_id): act_type}
    assert Deadline.objects.get(motion=motion, term="decide").state == "running"


def test_without_another_judge_it_waits_registered(world: World) -> None:
    motion = world.does(world.assigned("search"), ActType.RECUSAL, "judge")

    assert (motion.state, motion.judge) == (State.REGISTERED, None)


def test_a_transfer_gives_it_a_number_and_a_judge_of_the_other_court(world: World) -> None:
    motion = world.assigned("search")
    first, other = motion.number, OrganisationFactory(court=True)
    drawn = PostFactory(judge=True, organisation=other)

    motion = world.does(motion, ActType.TRANSFER, "court_chair", court=other.bin)

    assert (motion.state, motion.court, motion.judge) == (State.ASSIGNED, other, drawn.officer)
    assert motion.number != first
    assert not Motion.objects.visible_to(world.posts["judge"]).filter(pk=motion.pk).exists()


def test_a_transfer_names_another_court(world: World) -> None:
    with pytest.raises(Invalid):
        world.does(world.assigned("search"), ActType.TRANSFER, "court_chair", court=world.case.court.bin)


def test_the_judge_asks_for_more_and_the_author_supplements(world: World) -> None:
    motion = world.does(world.assigned("search"), ActType.MATERIALS_REQUEST, "judge")
    author = world.post(motion, "author")
    with pytest.raises(Invalid):
        world.does(motion, ActType.SUPPLEMENT, "author")
    drafts.attach(motion, author, "other", "more.pdf", BytesIO(PDF + b"more"))

    motion = world.does(motion, ActType.SUPPLEMENT, "author")

    assert motion.state == State.ASSIGNED
    added = motion.attachments.get(requirement="other", document__name="more.pdf")
    assert added.filed_by == motion.last_act
    with pytest.raises(type(added).DoesNotExist):
        drafts.detach(motion, author, added.pk)


def test_a_hearing_is_ordered_moved_and_minuted(world: World) -> None:
    motion = world.assigned("custody")
    tomorrow, later = (format_instant(timezone.now() + timedelta(days=days)) for days in (1, 2))
    motion = world.does(motion, ActType.HEARING_ORDER, "judge", scheduled_at=tomorrow)
    assert motion.state == State.HEARING
    motion = world.does(motion, ActType.HEARING_ORDER, "judge", scheduled_at=later)
    assert format_instant(motion.hearing_at) == later

    motion = world.does(motion, ActType.MINUTES, "clerk")

    assert motion.state == State.HEARING
    assert Motion.objects.visible_to(world.posts["defender"]).filter(pk=motion.pk).exists()


# -- format ----------------------------------------------------------------------------------------------------------


def test_on_paper_nothing_moves_until_the_format_is_electronic_again(world: World) -> None:
    motion = world.does(world.filed("custody"), ActType.FORMAT_ORDER, "author", format="paper")
    assert motion.on_paper
    with pytest.raises(Conflict):
        world.does(motion, ActType.AGREEMENT, "prosecutor")
    with pytest.raises(Invalid):
        world.does(motion, ActType.FORMAT_ORDER, "author", format="paper")

    motion = world.does(motion, ActType.FORMAT_ORDER, "author", format="electronic")

    assert world.does(motion, ActType.AGREEMENT, "prosecutor").state == State.ASSIGNED


def test_asking_for_more_materials_gives_the_longer_term(world: World) -> None:
    motion = world.assigned("covert_action")
    before = Deadline.objects.get(motion=motion, role="judge", state="running")

    world.does(motion, ActType.MATERIALS_REQUEST, "judge")

    after = Deadline.objects.get(motion=motion, role="judge", state="running")
    before.refresh_from_db()
    term = next(term for term in motion.kind_entry.terms if term.extended_by)
    assert term.extendable_to
    assert term.amount
    assert after.due_at - before.due_at == timedelta(hours=term.extendable_to.amount - term.amount)
    assert (before.state, before.voided_because, before.replaced_by) == ("void", "extended", after)
