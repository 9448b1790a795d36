"""Calls of duty: the first at once, the next after some minutes, each once, until somebody answers."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from ecase.audit.models import Entry
from ecase.cases import participation
from ecase.officers.models import Absence, Organisation, Post, Role
from ecase.outbox.models import Message, Notice
from tests.assignment.conftest import MakeMotion, judges
from tests.factories import DutyShiftFactory, PostFactory
from tests.past_guards import move
from tests.threads import together
from workflows.assignment import calling
from workflows.assignment.models import DutyCall
from workflows.motions.models import Admission, Motion

pytestmark = pytest.mark.django_db

NOW = timezone.now()
MINUTE = timedelta(minutes=1)
State = DutyCall.State


def nobody(motion: UUID, officer: UUID) -> bool:
    return False


@pytest.fixture
def motion(file: MakeMotion) -> Motion:
    return file()


@pytest.fixture
def line(motion: Motion) -> list[Post]:
    """Three prosecutors on duty, in the order of calling."""
    return [on_duty(PostFactory(prosecutor=True, organisation=motion.prosecution), rank) for rank in (1, 2, 3)]


def on_duty(post: Post, rank: int = 1) -> Post:
    DutyShiftFactory(post=post, rank=rank)
    return post


def begin(motion: Motion) -> DutyCall | None:
    return calling.call_first(motion, motion.prosecution, Role.PROSECUTOR, NOW)


def story(motion: Motion) -> list[tuple[Post, str]]:
    calls = DutyCall.objects.filter(motion=motion).order_by("began_at", "position")
    return [(call.post, call.state) for call in calls]


def told(topic: str) -> list[Any]:
    return [
        message.officer_id or message.organisation_id for message in Message.objects.filter(topic=topic).order_by("id")
    ]


def test_the_first_on_duty_is_notified_at_once(motion: Motion, line: list[Post]) -> None:
    call = begin(motion)
    assert call is not None
    assert (call.post, call.position, call.next_at) == (line[0], 1, NOW + 10 * MINUTE)
    (notice,) = Notice.objects.filter(officer=line[0].officer)
    assert (notice.topic, notice.payload["motion"]) == ("duty.called", str(motion.pk))
    entry = Entry.objects.filter(chain=motion.chain).order_by("-seq")[0]
    assert entry.content["data"]["officer"] == str(line[0].officer_id)


def test_where_nobody_is_on_duty_nobody_is_called(motion: Motion) -> None:
    PostFactory(prosecutor=True, organisation=motion.prosecution)
    assert begin(motion) is None
    assert told("duty.called") == []


def test_a_calling_that_runs_is_not_begun_again(motion: Motion, line: list[Post]) -> None:
    assert begin(motion) == begin(motion)
    assert len(told("duty.called")) == 1


def test_the_next_is_called_after_some_minutes_until_nobody_is_left(
    motion: Motion, line: list[Post], settings: Any
) -> None:
    settings.DUTY_CALL_MINUTES = 4
    chief = PostFactory(head_of_unit=True, organisation=motion.prosecution)
    begin(motion)
    assert calling.call_next(NOW + 4 * MINUTE - MINUTE / 60, nobody) == []
    for minutes, post in ((4, line[1]), (8, line[2])):
        (call,) = calling.call_next(NOW + minutes * MINUTE, nobody)
        assert (call.post, call.next_at) == (post, NOW + (minutes + 4) * MINUTE)
    assert calling.call_next(NOW + 12 * MINUTE, nobody) == []
    assert [state for _post, state in story(motion)] == ["passed_on", "passed_on", "exhausted"]
    assert told("duty.called") == [post.officer_id for post in line]
    assert told("duty.exhausted") == [chief.officer_id]
    assert calling.call_next(NOW + 60 * MINUTE, nobody) == []


def test_without_a_head_the_whole_office_is_told(motion: Motion) -> None:
    on_duty(PostFactory(prosecutor=True, organisation=motion.prosecution))
    begin(motion)
    calling.call_next(NOW + 10 * MINUTE, nobody)
    assert told("duty.exhausted") == [motion.prosecution_id]
    assert Notice.objects.get(topic="duty.exhausted").roles == [Role.PROSECUTOR]


def test_a_courts_chair_is_told(motion: Motion, court: Organisation) -> None:
    chair = PostFactory(role=Role.COURT_CHAIR, organisation=court)
    (judge,) = map(on_duty, judges(court, 1))
    calling.call_first(motion, court, Role.JUDGE, NOW)
    calling.call_next(NOW + 10 * MINUTE, nobody)
    assert story(motion) == [(judge, State.EXHAUSTED)]
    assert told("duty.exhausted") == [chair.officer_id]


def test_days_without_a_watch_call_one_and_not_all(motion: Motion, line: list[Post]) -> None:
    begin(motion)
    late = NOW + 3 * 24 * 60 * MINUTE
    assert [call.post for call in calling.call_next(late, nobody)] == [line[1]]
    assert calling.call_next(late, nobody) == []


@pytest.mark.parametrize("who", [0, 1])
def test_whoever_of_those_called_has_opened_the_motion_ends_the_calling(
    motion: Motion, line: list[Post], who: int
) -> None:
    begin(motion)
    calling.call_next(NOW + 10 * MINUTE, nobody)
    opened = {(motion.pk, line[who].officer_id)}
    assert calling.call_next(NOW + 20 * MINUTE, lambda *pair: pair in opened) == []
    last = DutyCall.objects.get(position=2)
    assert (last.state, last.answered_by) == (State.ANSWERED, line[who].officer)
    assert told("duty.exhausted") == []


def test_an_answer_ends_the_calling_at_once(motion: Motion, line: list[Post]) -> None:
    begin(motion)
    author = motion.author.officer
    elsewhere = PostFactory(prosecutor=True)
    assert [calling.answer(motion, called, NOW) for called in (author, elsewhere.officer)] == [0, 0]
    assert calling.answer(motion, line[2].officer, NOW + MINUTE) == 1
    assert DutyCall.objects.get().answered_by == line[2].officer
    assert calling.call_next(NOW + 60 * MINUTE, nobody) == []
    again = calling.call_first(motion, motion.prosecution, Role.PROSECUTOR, NOW + 60 * MINUTE)
    assert again is not None
    assert again.position == 1


def test_a_motion_that_has_moved_on_needs_no_call(motion: Motion, line: list[Post]) -> None:
    begin(motion)
    assert (calling.stop(motion, NOW), calling.stop(motion, NOW)) == (1, 0)
    assert story(motion) == [(line[0], State.STOPPED)]
    assert calling.call_next(NOW + 60 * MINUTE, nobody) == []


def test_whoever_may_not_act_is_not_called(motion: Motion, line: list[Post]) -> None:
    participation.join(motion.case, line[0].officer, Role.INVESTIGATOR)
    participation.join(motion.case, line[1].officer, Role.PROSECUTOR)
    begin(motion)
    Absence.objects.create(post=line[2], ground="illness", starts_at=NOW)
    calling.call_next(NOW + 10 * MINUTE, nobody)
    assert story(motion) == [(line[1], State.EXHAUSTED)]


def test_a_secret_motion_calls_and_tells_only_those_admitted(motion: Motion, line: list[Post]) -> None:
    PostFactory(head_of_unit=True, organisation=motion.prosecution)
    move(motion, secret=True)
    motion = Motion.objects.get(pk=motion.pk)
    assert begin(motion) is None
    Admission.objects.create(motion=motion, officer=line[1].officer, admitted_at=NOW)
    begin(motion)
    calling.call_next(NOW + 10 * MINUTE, nobody)
    assert story(motion) == [(line[1], State.EXHAUSTED)]
    assert told("duty.called") == [line[1].officer_id]
    assert told("duty.exhausted") == []


def test_a_motion_with_a_judge_calls_that_judge_and_by_day_nobody(file: MakeMotion, court: Organisation) -> None:
    first, second, off = judges(court)
    on_duty(first, 1)
    on_duty(second, 2)
    called = calling.call_first(file(judge=second.officer), court, Role.JUDGE, NOW)
    assert called is not None
    assert called.post == second
    assert calling.call_first(file(judge=off.officer), court, Role.JUDGE, NOW) is None


def test_calls_are_passed_on_oldest_first_up_to_the_limit(file: MakeMotion) -> None:
    motions = [file() for _number in range(3)]
    for number, motion in enumerate(motions):
        for rank in (1, 2):
            on_duty(PostFactory(prosecutor=True, organisation=motion.prosecution), rank)
        calling.call_first(motion, motion.prosecution, Role.PROSECUTOR, NOW - number * MINUTE)
    made = calling.call_next(NOW + 10 * MINUTE, nobody, limit=2)
    assert [call.motion for call in made] == [motions[2], motions[1]]


def test_the_database_keeps_one_calling_running(motion: Motion, line: list[Post]) -> None:
    call = begin(motion)
    assert call is not None
    for wrong in ({"state": State.ANSWERED}, {"ended_at": NOW}):
        with pytest.raises(IntegrityError), transaction.atomic():
            DutyCall.objects.filter(pk=call.pk).update(**wrong)
    call.pk, call.position = None, 2
    with pytest.raises(IntegrityError), transaction.atomic():
        call.save(force_insert=True)


def test_what_is_due_is_found_by_its_index(motion: Motion, line: list[Post]) -> None:
    begin(motion)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    assert "duty_call_due" in DutyCall.objects.filter(state="running", next_at__lte=NOW).order_by("next_at").explain()


def test_a_call_is_undone_with_its_transaction(motion: Motion, line: list[Post]) -> None:
    begin(motion)
    with transaction.atomic():
        assert len(calling.call_next(NOW + 10 * MINUTE, nobody)) == 1
        transaction.set_rollback(True)
    assert told("duty.called") == [line[0].officer_id]
    assert [call.post for call in calling.call_next(NOW + 10 * MINUTE, nobody)] == [line[1]]


@pytest.mark.django_db(transaction=True)
def test_each_call_is_passed_on_once_by_two_watches(file: MakeMotion) -> None:
    motions = [file() for _number in range(8)]
    for motion in motions:
        for rank in (1, 2):
            on_duty(PostFactory(prosecutor=True, organisation=motion.prosecution), rank)
        begin(motion)

    def drain() -> list[UUID]:
        return [call.motion_id for _round in range(10) for call in calling.call_next(NOW + 10 * MINUTE, nobody, 3)]

    first, second = together(drain, drain)
    assert sorted(first + second) == sorted(motion.pk for motion in motions)
    assert len(told("duty.called")) == 16


@pytest.mark.django_db(transaction=True)
def test_a_watch_does_not_wait_for_an_act_being_performed(motion: Motion, line: list[Post]) -> None:
    begin(motion)
    passing: Callable[[], list[DutyCall]] = lambda: calling.call_next(NOW + 10 * MINUTE, nobody)  # noqa: E731
    with transaction.atomic():
        Motion.objects.select_for_update().get(pk=motion.pk)
        assert together(passing) == [[]]
    assert len(passing()) == 1
