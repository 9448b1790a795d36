"""What an act owes to whom, how it is acknowledged, and who is reminded: once."""

import threading
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.db import DatabaseError, connections, transaction
from django.utils import timezone

from ecase.audit.models import Entry
from ecase.audit.services import own_chain
from ecase.cases.models import Document
from ecase.outbox.models import Message, Subscription
from ecase.outbox.models import State as MessageState
from ecase.problems import Conflict, Invalid, NotAllowed
from tests.factories import OrganisationFactory, PersonFactory, PostFactory, prosecutor_of
from tests.motions.conftest import PDF, World
from tests.past_guards import move, past_guards
from workflows.copies import services as copies
from workflows.copies.models import Copy, Way
from workflows.motions import queries
from workflows.motions.models import Motion
from workflows.motions.services import served_copies
from workflows.motions.states import ActType, State
from workflows.watch import duties

pytestmark = pytest.mark.django_db


def of(motion: Motion, to: str) -> Copy:
    return Copy.objects.select_related("motion__case").get(motion=motion, to=to)


def logged(motion: Motion, event: str) -> list[Entry]:
    return [entry for entry in Entry.objects.filter(chain=motion.chain) if entry.event == event]


def hearing(world: World, motion: Motion) -> Motion:
    return world.does(motion, ActType.HEARING_ORDER, "judge")


def proof() -> tuple[str, BytesIO]:
    return "proof.pdf", BytesIO(PDF)


# -- what is owed --------------------------------------------------------------------------------------------------


def test_a_decision_owes_a_copy_to_every_entry_of_the_matrix(world: World) -> None:
    motion = world.decided("custody", "sanctioned")
    owed = Copy.objects.filter(motion=motion)

    assert {copy.to for copy in owed} == {addressee.to for addressee in motion.kind_entry.service}
    assert {copy.act_id for copy in owed} == {motion.last_act_id}
    assert all(copy.due_at == motion.decided_at and copy.at_once for copy in owed)
    assert logged(motion, "copies.owed")[0].content["subject"]["act"] == str(motion.last_act_id)


def test_the_matrix_knows_for_which_outcome_somebody_is_told(world: World) -> None:
    given, refused = world.decided("property_arrest", "sanctioned"), world.decided("property_arrest", "refused")

    assert Copy.objects.filter(motion=given, to="bailiff").exists()
    assert not Copy.objects.filter(motion=refused, to="bailiff").exists()


def test_only_the_suspect_whom_the_motion_names_gets_a_copy(world: World) -> None:
    PersonFactory(case=world.case, capacity="suspect")
    motion = world.decided("custody", "sanctioned")

    assert str(of(motion, "suspect").person_id) == motion.payload["suspect"]


def test_every_victim_gets_a_copy(world: World) -> None:
    PersonFactory(case=world.case, capacity="victim")
    assert Copy.objects.filter(motion=world.decided("custody", "sanctioned"), to="victim").count() == 2


def test_none_is_owed_to_a_victim_that_there_is_not(world: World) -> None:
    world.case.persons.filter(capacity="victim").delete()

    assert not Copy.objects.filter(motion=world.decided("custody", "sanctioned"), to="victim").exists()


def test_the_only_place_of_custody_is_named_but_not_reached_by_a_message(world: World) -> None:
    place = OrganisationFactory(kind="facility", parent=world.case.organisation)
    copy = of(world.decided("custody", "sanctioned"), "facility")

    assert (copy.organisation, copy.how) == (place, "")
    assert not Message.objects.filter(organisation=place).exists()


def test_somebody_outside_the_service_is_owed_a_copy_under_the_words_of_the_law(world: World) -> None:
    copy = of(world.decided("custody", "sanctioned"), "facility")

    assert (copy.recipient, copy.person, copy.addressee) == (None, None, "")
    assert copy.label.en == "the head of the place of custody"
    assert not copy.how


def test_officers_and_offices_get_theirs_through_the_service(world: World) -> None:
    motion = world.decided("custody", "sanctioned")
    investigator, prosecutor = of(motion, "investigator"), of(motion, "prosecutor")

    assert investigator.officer == world.posts["investigator"].officer
    assert prosecutor.organisation == motion.prosecution
    for copy in (investigator, prosecutor):
        assert (copy.how, copy.sent_at) == (Way.SYSTEM, motion.decided_at)
        told = Message.objects.filter(payload__act=str(copy.act_id), topic=f"motion.{motion.last_act.type}")
        assert told.filter(officer=copy.officer, organisation=copy.organisation).count() == 1


def test_an_act_that_owes_nothing_writes_nothing(world: World) -> None:
    assert not Copy.objects.filter(motion=world.assigned("custody")).exists()


def test_a_hearing_is_notified_to_every_attendee(world: World) -> None:
    motion = hearing(world, world.assigned("custody"))
    notices = {copy.to: copy for copy in Copy.objects.filter(motion=motion)}

    assert set(notices) == {attendee.who for attendee in motion.kind_entry.hearing.attendees}
    assert all(notice.notice and notice.due_at == motion.hearing_at for notice in notices.values())
    assert notices["defender"].officer == world.posts["defender"].officer
    assert str(notices["suspect"].person_id) == motion.payload["suspect"]


def test_who_must_attend_is_notified_even_if_the_case_names_nobody(world: World) -> None:
    world.case.counsel.all().delete()
    world.case.persons.filter(capacity__in=["defender", "legal_representative"]).delete()
    motion = hearing(world, world.assigned("custody"))

    assert of(motion, "defender").addressee == ""
    assert not Copy.objects.filter(motion=motion, to="legal_representative").exists()


def test_a_hearing_ordered_anew_makes_the_first_notices_void(world: World) -> None:
    motion = hearing(world, world.assigned("custody"))
    first = motion.last_act_id
    motion = hearing(world, motion)

    assert not Copy.objects.outstanding().filter(motion=motion, act=first).exists()
    assert Copy.objects.outstanding().filter(motion=motion, act=motion.last_act_id).count() >= 3


def test_a_withdrawn_motion_needs_no_hearing(world: World) -> None:
    motion = hearing(world, world.assigned("custody"))
    motion = world.does(motion, ActType.WITHDRAWAL, "author")

    assert not Copy.objects.outstanding().filter(motion=motion).exists()
    assert logged(motion, "copies.voided")


# -- acknowledgement -----------------------------------------------------------------------------------------------


def test_opening_the_decision_acknowledges_it(world: World) -> None:
    motion = world.decided("custody", "sanctioned")
    world.opened(motion, "prosecutor")
    copy = of(motion, "prosecutor")

    assert copy.acknowledged_by == world.posts["prosecutor"]
    assert copy.acknowledged_at >= motion.decided_at
    assert of(motion, "investigator").acknowledged_at is None
    assert [entry.content["data"]["to"] for entry in logged(motion, "copy.acknowledged")] == ["prosecutor"]


def test_an_addressee_may_say_so_and_nobody_else(world: World) -> None:
    motion = world.decided("custody", "sanctioned")
    copy = served_copies.get(world.posts["investigator"], of(motion, "investigator").pk)

    with pytest.raises(NotAllowed):
        served_copies.acknowledge(copy, world.posts["judge"])
    served_copies.acknowledge(copy, world.posts["investigator"])
    with pytest.raises(Conflict):
        served_copies.acknowledge(copy, world.posts["investigator"])


def test_the_answer_of_an_offices_own_system_acknowledges(world: World) -> None:
    Subscription.objects.create(organisation=world.case.prosecution, url="https://prosecutor.example/hook")
    motion = world.decided("custody", "sanctioned")
    assert copies.take_answers() == 0

    answered = timezone.now()
    Message.objects.filter(channel="webhook").update(
        state=MessageState.DELIVERED, delivered_at=answered, acknowledgement={"status": 204}
    )
    assert (copies.take_answers(), copies.take_answers()) == (1, 0)
    copy = of(motion, "prosecutor")
    assert (copy.acknowledged_at, copy.acknowledged_by) == (answered, None)


@pytest.mark.parametrize("role", ["investigator", "clerk"])
def test_what_was_handed_over_is_recorded_with_its_proof(world: World, role: str) -> None:
    motion = world.decided("custody", "sanctioned")
    copy = served_copies.get(world.posts[role], of(motion, "suspect").pk)
    served_copies.record(copy, world.posts[role], how="handed_over", note="22-бөлме", proof=proof())

    copy = of(motion, "suspect")
    assert (copy.how, copy.acknowledged_by, copy.note) == ("handed_over", world.posts[role], "22-бөлме")
    assert copy.proof.blob_id == logged(motion, "copy.served")[0].content["data"]["proof"]


def test_recording_says_everything_that_is_wrong_and_stores_nothing(world: World) -> None:
    copy = of(world.decided("custody", "sanctioned"), "suspect")
    stored = Document.objects.count()
    later = timezone.now() + timedelta(hours=1)

    with pytest.raises(Invalid) as without:
        served_copies.record(copy, world.posts["clerk"], how="post", at=later, proof=None)
    with pytest.raises(Invalid) as refused:
        served_copies.record(copy, world.posts["clerk"], how="refused", note=" ", proof=proof())
    with pytest.raises(Invalid) as unknown:
        served_copies.record(copy, world.posts["clerk"], how="system", proof=proof())

    assert {problem.field for problem in without.value.problems} == {"file", "at"}
    assert {problem.field for problem in refused.value.problems} == {"note"}
    assert {problem.field for problem in unknown.value.problems} == {"how"}
    assert Document.objects.count() == stored


def test_neither_prosecutor_nor_defender_serves_copies(world: World) -> None:
    copy = of(world.decided("custody", "sanctioned"), "suspect")

    for role in ("prosecutor", "defender", "judge"):
        with pytest.raises(NotAllowed):
            served_copies.record(copy, world.posts[role], how="handed_over", proof=proof())
        own = Entry.objects.filter(chain=own_chain(world.posts[role].officer_id, copy.motion_id))
        assert [entry.content["data"]["act"] for entry in own if entry.event == "act.refused"] == ["copy"]
    assert not logged(copy.motion, "act.refused")


def test_a_copy_that_is_settled_stays_as_it_is(world: World) -> None:
    motion = world.decided("custody", "sanctioned")
    copy = of(motion, "suspect")
    served_copies.record(copy, world.posts["clerk"], how="handed_over", proof=proof())

    with pytest.raises(Conflict):
        served_copies.record(of(motion, "suspect"), world.posts["clerk"], how="post", proof=proof())
    for change in ({"acknowledged_at": timezone.now()}, {"note": "other"}, {"how": "post"}):
        refused(lambda change=change: Copy.objects.filter(pk=copy.pk).update(**change))


def test_nothing_but_the_acknowledgement_can_be_changed(world: World) -> None:
    copy = of(world.decided("custody", "sanctioned"), "suspect")

    for change in ({"to": "victim"}, {"person": None}, {"due_at": timezone.now()}, {"how": "post"}, {"note": "n"}):
        refused(lambda change=change: Copy.objects.filter(pk=copy.pk).update(**change))
    refused(lambda: Copy.objects.filter(pk=copy.pk).delete())


def refused(write: Callable[[], Any]) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        write()


# -- visibility ----------------------------------------------------------------------------------------------------


def test_a_stranger_finds_no_copy(world: World) -> None:
    copy = of(world.decided("custody", "sanctioned"), "prosecutor")

    with pytest.raises(Copy.DoesNotExist):
        served_copies.get(PostFactory(prosecutor=True), copy.pk)


def test_of_a_secret_motion_only_who_is_admitted_is_told(world: World) -> None:
    motion = world.assigned("custody")
    move(motion, secret=True)
    for role in ("investigator", "judge"):
        motion.admissions.get_or_create(officer=world.posts[role].officer)
    motion = world.fresh(motion)
    world.act(motion, ActType.PROTOCOL, "judge", world.decision(motion, "sanctioned"))

    assert of(motion, "investigator").how == Way.SYSTEM
    assert of(motion, "prosecutor").how == ""
    told = Message.objects.filter(key=str(motion.pk), topic="motion.protocol")
    assert {message.officer_id for message in told} == {world.posts["investigator"].officer_id}
    with pytest.raises(Copy.DoesNotExist):
        served_copies.get(world.posts["prosecutor"], of(motion, "prosecutor").pk)


def test_the_proof_of_a_secret_copy_is_no_document_for_everybody(world: World) -> None:
    motion = world.decided("custody", "sanctioned")
    served_copies.record(of(motion, "suspect"), world.posts["clerk"], how="handed_over", proof=proof())
    move(motion, secret=True)
    admitted = motion.admissions.create(officer=world.posts["investigator"].officer)
    copy = of(motion, "suspect")

    assert copy.proof in queries.documents(world.case, world.posts["investigator"])
    with past_guards():
        admitted.delete()
    assert copy.proof not in queries.documents(world.case, world.posts["investigator"])


# -- the watch -----------------------------------------------------------------------------------------------------


def reminders(motion: Motion) -> list[Message]:
    return list(Message.objects.filter(topic="copy.overdue", key=str(motion.pk)).order_by("pk"))


def test_who_serves_by_hand_is_told_at_once_and_once(world: World) -> None:
    motion = world.decided("custody", "sanctioned")
    by_hand = Copy.objects.outstanding().filter(motion=motion, how="").count()

    assert duties.remind_of_copies(timezone.now()) == 1
    assert duties.remind_of_copies(timezone.now()) == 0

    told = reminders(motion)
    assert {message.officer_id or message.organisation_id for message in told} == {
        motion.author.officer_id,
        motion.court_id,
    }
    assert {message.payload["copies"] for message in told} == {str(by_hand)}
    assert {tuple(message.notice.roles) for message in told} == {(), ("clerk",)}


def test_an_addressee_who_does_not_open_it_is_reminded(world: World, settings: Any) -> None:
    motion = world.decided("custody", "sanctioned")
    duties.remind_of_copies(timezone.now())
    world.opened(motion, "prosecutor")

    assert duties.remind_of_copies(timezone.now() + settings.COPY_REMINDER) == 1
    assert reminders(motion)[-1].officer == motion.author.officer


def test_a_notice_is_overdue_when_the_hearing_begins(world: World) -> None:
    motion = hearing(world, world.assigned("custody"))
    copy = of(motion, "prosecutor")

    assert not copy.is_overdue(copy.due_at)
    assert copy.is_overdue(copy.due_at + timedelta(seconds=1))


@pytest.mark.django_db(transaction=True)
def test_two_watches_at_once_remind_once(make_world: Callable[[], World]) -> None:
    world = make_world()
    motions = [world.decided(kind, "sanctioned") for kind in ("custody", "property_arrest")]

    claimed: list[int] = []
    barrier = threading.Barrier(4)

    def run() -> None:
        barrier.wait()
        claimed.append(duties.remind_of_copies(timezone.now()))
        connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(claimed) == 2
    assert [len(reminders(motion)) for motion in motions] == [2, 2]
    assert [len(logged(motion, "copies.overdue")) for motion in motions] == [1, 1]


def test_the_act_of_delivery_states_what_has_arrived(world: World) -> None:
    motion = world.decided("custody", "sanctioned")
    queries.open_materials(motion, prosecutor := prosecutor_of(world.case))
    stated = copies.payload_of_delivery(motion)

    assert {"channel": "portal", "organisation": motion.prosecution.bin} == {
        key: value
        for key, value in next(copy for copy in stated["arrived"] if "organisation" in copy).items()
        if key != "at"
    }
    by_word = {line["to"]: line for line in stated["copies"]}
    assert by_word["prosecutor"]["acknowledged_at"]
    assert by_word["facility"] == {
        "copy": str(of(motion, "facility").pk),
        "to": "facility",
        "how": "",
        "sent_at": None,
        "acknowledged_at": None,
    }
    assert of(motion, "prosecutor").acknowledged_by == prosecutor
    assert motion.state == State.DECIDED
