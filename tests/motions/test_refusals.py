"""Acts that must be refused, through ``prepare`` and ``perform``: each changes nothing and is logged as refused."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.db import IntegrityError, connection, connections, transaction
from django.db.utils import DatabaseError
from django.utils import timezone

from ecase.cases import services
from ecase.officers.models import Post
from ecase.problems import Conflict, Expired, Invalid, NotAllowed, Refused, SignatureRefused, Stale
from signatures.demo.issuing import Span
from tests.factories import PostFactory, investigator_of, judge_of, prosecutor_of
from tests.logs import about
from tests.motions.conftest import World
from workflows.motions import queries
from workflows.motions.models import Motion, PreparedAct
from workflows.motions.services import acting, drafts
from workflows.motions.states import ActType, State

pytestmark = pytest.mark.django_db


@contextmanager
def refused(motion: Motion, kind: type[Refused], *codes: str) -> Iterator[Any]:
    """The block is refused with these codes, changes nothing, and is logged in the case's chain."""
    before = (motion.acts.count(), Motion.objects.get(pk=motion.pk).state)
    logged = _logged(motion)
    with pytest.raises(kind) as caught:
        yield caught
    assert {problem.code for problem in caught.value.problems} >= set(codes)
    assert (motion.acts.count(), Motion.objects.get(pk=motion.pk).state) == before
    assert _logged(motion) == logged + 1


def _logged(motion: Motion) -> int:
    return sum(entry.event == "act.refused" for entry in about("motion", motion.pk))


@pytest.fixture
def prepared(world: World) -> PreparedAct:
    return acting.prepare(world.draft("custody"), ActType.MOTION, world.posts["investigator"], {})


def test_the_wrong_persons_key(world: World, prepared: PreparedAct) -> None:
    colleague = investigator_of(world.case)
    cms = world.keys.sign(colleague, bytes(prepared.act_json))

    with refused(prepared.motion, SignatureRefused):
        acting.perform(prepared, cms, prepared.author)


def test_an_expired_key(world: World, prepared: PreparedAct) -> None:
    now = timezone.now().replace(microsecond=0)
    over = Span(now - timedelta(days=400), now - timedelta(days=1))
    cms = world.keys.sign(prepared.author, bytes(prepared.act_json), span=over)

    with refused(prepared.motion, SignatureRefused, "EXPIRED"):
        acting.perform(prepared, cms, prepared.author)


def test_an_authentication_certificate(world: World, prepared: PreparedAct) -> None:
    cms = world.keys.authenticate(prepared.author, bytes(prepared.act_json))

    with refused(prepared.motion, SignatureRefused):
        acting.perform(prepared, cms, prepared.author)


def test_a_certificate_of_another_organisation(world: World, prepared: PreparedAct) -> None:
    cms = world.keys.sign(prepared.author, bytes(prepared.act_json), bin="990140009999")

    with refused(prepared.motion, SignatureRefused):
        acting.perform(prepared, cms, prepared.author)


def test_a_signature_over_another_act(world: World, prepared: PreparedAct) -> None:
    other = acting.prepare(world.draft("search"), ActType.MOTION, prepared.author, {})
    cms = world.keys.sign(prepared.author, bytes(other.act_json))

    with refused(prepared.motion, SignatureRefused, "HASH_FAILURE"):
        acting.perform(prepared, cms, prepared.author)


@pytest.mark.parametrize(
    "cms", [b"", b"nonsense", b"\x30\x82\xff\xff", b"-----BEGIN CMS-----\nAAAA\n-----END CMS-----"]
)
def test_a_malformed_cms(world: World, prepared: PreparedAct, cms: bytes) -> None:
    with refused(prepared.motion, SignatureRefused, "FORMAT_FAILURE"):
        acting.perform(prepared, cms, prepared.author)


def test_the_same_signature_twice(world: World, prepared: PreparedAct) -> None:
    cms = world.keys.sign(prepared.author, bytes(prepared.act_json))
    act = acting.perform(prepared, cms, prepared.author)

    with refused(prepared.motion, Conflict, "already-performed") as caught:
        acting.perform(prepared, cms, prepared.author)
    assert caught.value.problems[0].params["act"] == str(act.pk)


def test_a_challenge_that_ran_out(world: World, prepared: PreparedAct, settings: Any) -> None:
    PreparedAct.objects.filter(pk=prepared.pk).update(expires_at=timezone.now())
    cms = world.keys.sign(prepared.author, bytes(prepared.act_json))

    with refused(prepared.motion, Expired, "prepared-expired"):
        acting.perform(prepared, cms, prepared.author)


def test_an_act_prepared_before_the_motion_changed(world: World, prepared: PreparedAct) -> None:
    motion = world.fresh(prepared.motion)
    drafts.save(motion, prepared.author, motion.payload)
    cms = world.keys.sign(prepared.author, bytes(prepared.act_json))

    with refused(prepared.motion, Conflict, "moved-on"):
        acting.perform(prepared, cms, prepared.author)


def test_an_act_that_somebody_else_prepared(world: World, prepared: PreparedAct) -> None:
    colleague = investigator_of(world.case)
    cms = world.keys.sign(colleague, bytes(prepared.act_json))

    with refused(prepared.motion, NotAllowed, "not-yours"):
        acting.perform(prepared, cms, colleague)


def test_an_act_on_a_motion_that_has_moved_on(world: World) -> None:
    motion = world.assigned("custody")
    stale = world.opened(motion, "prosecutor")

    with refused(motion, Conflict, "moved-on"):
        acting.prepare(stale, ActType.AGREEMENT, world.posts["prosecutor"], {})


def test_unknown_and_missing_fields_are_named_at_once(world: World) -> None:
    motion = world.assigned("custody")
    judge = world.posts["judge"]
    motion = world.opened(motion, "judge")

    with refused(motion, Invalid) as caught:
        acting.prepare(motion, ActType.PROTOCOL, judge, {"outcome": "refused", "surprise": 1})
    fields = {problem.field for problem in caught.value.problems}
    assert "payload.surprise" in fields
    assert "payload.reasons" in fields


def test_an_incomplete_motion_says_everything_that_is_missing(world: World) -> None:
    motion = drafts.create(world.case, "custody", world.posts["investigator"])

    with refused(motion, Invalid) as caught:
        acting.prepare(motion, ActType.MOTION, world.posts["investigator"], {})
    required = {f"payload.{field.key}" for field in motion.kind_entry.form.fields if field.required}
    attachments = {
        f"attachments.{requirement.key}" for requirement in motion.kind_entry.attachments if requirement.required
    }
    assert {problem.field for problem in caught.value.problems} >= required | attachments
    assert drafts.missing(motion)


def test_an_unknown_outcome(world: World) -> None:
    motion = world.opened(world.assigned("custody"), "judge")

    with refused(motion, Invalid, "outcome"):
        acting.prepare(motion, ActType.PROTOCOL, world.posts["judge"], {"outcome": "pardoned"})


def test_an_endorsement_cannot_refuse(world: World) -> None:
    motion = world.opened(world.assigned("search"), "judge")

    with refused(motion, Invalid, "outcome"):
        acting.prepare(motion, ActType.ENDORSEMENT, world.posts["judge"], {"outcome": "refused", "reasons": "..."})


def test_nobody_decides_without_having_read(world: World) -> None:
    motion = world.assigned("custody")

    with refused(motion, NotAllowed, "materials-not-opened"):
        acting.prepare(motion, ActType.PROTOCOL, world.posts["judge"], world.decision(motion, "refused"))


def test_the_service_does_not_act_for_an_officer(world: World) -> None:
    motion = world.assigned("custody")

    with refused(motion, NotAllowed, "wrong-role"):
        acting.prepare(motion, ActType.DELIVERY, world.posts["judge"], {})


def test_who_investigated_never_judges(world: World) -> None:
    motion = world.filed("custody")
    turned = PostFactory(judge=True, officer=world.posts["investigator"].officer, organisation=world.case.court)
    world.act(motion, ActType.AGREEMENT, "prosecutor", world.filled(motion, ActType.AGREEMENT))

    draw = motion.draws.get()
    assert str(turned.officer_id) in draw.excluded
    assert str(turned.officer_id) not in {candidate["officer"] for candidate in draw.candidates}


def test_who_investigated_never_agrees(world: World) -> None:
    motion = world.filed("custody")
    turned = PostFactory(
        prosecutor=True, officer=world.posts["investigator"].officer, organisation=world.case.prosecution
    )
    queries.open_materials(motion, turned)

    with refused(motion, NotAllowed, "acted-in-another-role"):
        acting.prepare(motion, ActType.AGREEMENT, turned, {})


def test_a_post_that_has_ended_signs_nothing(world: World, prepared: PreparedAct) -> None:
    post = prepared.author
    cms = world.keys.sign(post, bytes(prepared.act_json))
    post.valid_to = timezone.now()
    post.save()

    with refused(prepared.motion, NotAllowed, "post-not-held"):
        acting.perform(prepared, cms, post)


def test_a_motion_of_another_office_is_not_there(world: World) -> None:
    motion = world.filed("custody")
    stranger = PostFactory(prosecutor=True)

    with pytest.raises(Motion.DoesNotExist):
        queries.get(stranger, motion.pk)


def test_a_draft_that_somebody_saved_meanwhile(world: World) -> None:
    motion = world.draft("custody")
    seen = motion.revision
    drafts.save(motion, world.posts["investigator"], motion.payload, seen)

    with pytest.raises(Stale):
        drafts.save(motion, world.posts["investigator"], motion.payload, seen)


def test_the_state_cannot_be_written_past_its_act(world: World) -> None:
    motion = world.draft("custody")

    with pytest.raises(IntegrityError, match="no act explains"), transaction.atomic():
        Motion.objects.filter(pk=motion.pk).update(state=State.DECIDED)


def test_an_act_of_another_motion_explains_nothing(world: World) -> None:
    act = world.filed("search").acts.get(type="motion")
    motion = world.draft("search")

    with pytest.raises(IntegrityError, match="its next act is another"), transaction.atomic():
        Motion.objects.filter(pk=motion.pk).update(state=State.SUBMITTED, last_act=act)


@pytest.mark.parametrize(
    "statement", ["UPDATE motions_act SET payload = '{}'", "DELETE FROM motions_act", "TRUNCATE motions_act CASCADE"]
)
def test_acts_are_for_ever(world: World, statement: str) -> None:
    world.filed("search")

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.django_db(transaction=True)
def test_of_two_officers_acting_at_the_same_instant_one_wins(make_world: Callable[[], World]) -> None:
    world = make_world()
    motion = world.filed("custody")
    posts = [world.posts["prosecutor"], prosecutor_of(world.case)]
    prepared = []
    for post, act_type in zip(posts, [ActType.AGREEMENT, ActType.REFUSAL], strict=True):
        mine = queries.get(post, motion.pk)
        queries.open_materials(mine, post)
        prepared.append(acting.prepare(mine, act_type, post, world.filled(motion, act_type)))

    outcomes = _at_once(
        [lambda p=p: acting.perform(p, world.keys.sign(p.author, bytes(p.act_json)), p.author) for p in prepared]
    )

    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Act", "Conflict"]
    assert motion.acts.filter(position=2).count() == 1


@pytest.mark.django_db(transaction=True)
def test_one_signature_sent_twice_at_the_same_instant_acts_once(make_world: Callable[[], World]) -> None:
    world = make_world()
    motion = world.draft("search")
    prepared = acting.prepare(motion, ActType.MOTION, world.posts["investigator"], {})
    cms = world.keys.sign(prepared.author, bytes(prepared.act_json))

    outcomes = _at_once([lambda: acting.perform(prepared, cms, prepared.author)] * 4)

    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Act", "Conflict", "Conflict", "Conflict"]


@pytest.mark.django_db(transaction=True)
def test_numbers_have_no_gaps_under_concurrency(make_world: Callable[[], World]) -> None:
    worlds = [make_world()]
    court = worlds[0].case.court
    for _ in range(3):
        other = make_world()
        other.case.court = court
        other.case.save()
        judge_of(other.case)
        worlds.append(other)

    outcomes = _at_once([lambda w=w: w.filed("search") for w in worlds])

    assert not [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    numbers = Motion.objects.filter(court=court).values_list("number", flat=True)
    assert sorted(int(number.rsplit("-", 1)[1]) for number in numbers) == [1, 2, 3, 4]


def _at_once(calls: list[Callable[[], Any]]) -> list[Any]:
    """Run the calls in threads that start together; returns what each returned or raised."""
    barrier, outcomes = threading.Barrier(len(calls)), []

    def run(call: Callable[[], Any]) -> None:
        barrier.wait()
        try:
            outcomes.append(call())
        except Refused as refusal:
            outcomes.append(refusal)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("empty.pdf", b"", "file-empty"),
        ("note.pdf", b"MZ\x90\x00 not what its name says", "file-type-not-accepted"),
    ],
)
def test_a_file_that_is_not_what_it_says(world: World, name: str, data: bytes, code: str) -> None:
    motion = drafts.create(world.case, "custody", world.posts["investigator"])
    requirement = motion.kind_entry.attachments[0].key

    with refused(motion, Invalid, code):
        drafts.attach(motion, world.posts["investigator"], requirement, name, BytesIO(data))
    assert not motion.attachments.exists()


def test_an_unknown_field_of_a_draft(world: World) -> None:
    motion = drafts.create(world.case, "custody", world.posts["investigator"])

    with refused(motion, Invalid):
        drafts.save(motion, world.posts["investigator"], {"surprise": 1})


# -- a group of investigators ------------------------------------------------------------------------------------------


def leader_of(world: World) -> Post:
    """Another investigator of the case, as leader of the group."""
    leader = investigator_of(world.case)
    services.name_leader(world.case, world.posts["head_of_unit"], leader.officer)
    return leader


def test_in_a_group_its_leader_signs_preventive_measures_and_their_extension(world: World) -> None:
    before = world.draft("custody")
    leader = leader_of(world)
    for kind in ("custody", "house_arrest", "bail", "custody_extension", "house_arrest_extension"):
        with pytest.raises(NotAllowed) as caught:
            drafts.create(world.case, kind, world.posts["investigator"])
        assert [problem.code for problem in caught.value.problems] == ["leader-signs"]
        assert leader.officer.full_name in str(caught.value.problems[0].message)
        assert drafts.create(world.case, kind, leader).author == leader

    with pytest.raises(Invalid) as unsigned:
        world.act(before, ActType.MOTION, "author")
    assert {problem.code for problem in unsigned.value.problems} == {"leader-signs"}
    assert "leader-signs" in {problem.code for problem in drafts.missing(world.fresh(before))}


def test_a_group_leaves_other_motions_and_other_roles_alone(world: World) -> None:
    leader_of(world)

    assert world.filed("search").author == world.posts["investigator"]
    assert drafts.create(world.case, "custody_extension", world.posts["head_of_unit"])


def test_the_head_of_the_unit_names_one_leader_of_those_who_work_on_the_case(world: World) -> None:
    first, second = leader_of(world), leader_of(world)
    assert [member.officer for member in world.case.team.filter(leads=True)] == [second.officer]

    with pytest.raises(NotAllowed):
        services.name_leader(world.case, first, first.officer)
    with pytest.raises(Invalid):
        services.name_leader(world.case, world.posts["head_of_unit"], world.posts["judge"].officer)
