"""Whom the watch tells about a deadline: by role, above it, and never anybody whom a secret motion is kept from."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from ecase.audit.models import Entry
from ecase.officers.models import Organisation, Role
from ecase.outbox.models import Message, Notice
from tests.factories import OrganisationFactory, head_of_unit_of
from tests.motions.world import World
from tests.past_guards import move, move_deadlines, past_guards
from workflows.calendars.models import Day, Year
from workflows.deadlines import services as deadlines
from workflows.deadlines.models import Deadline
from workflows.motions.models import Admission, Motion
from workflows.statute.catalogue import catalogue, store
from workflows.statute.schema import Escalation
from workflows.watch import duties, notifications
from workflows.watch.loop import Watch

pytestmark = pytest.mark.django_db

ABOVE = (
    Escalation(at=0.5, to="head_of_unit"),
    Escalation(at=1.0, to="supervising_prosecutor"),
    Escalation(at=1.5, to="court_chair"),
)


def begun(motion: Motion, **changes: Any) -> Deadline:
    """The judge's term of the motion, begun anew with other rules."""
    term = replace(motion.kind_entry.term("decide"), **changes)
    deadline = deadlines.start(motion, term, timezone.now(), motion.payload)
    assert deadline is not None
    return deadline


def told(topic: str) -> list[tuple[Any, list[str]]]:
    """To whom, and which of their posts."""
    notices = Notice.objects.filter(message__topic=topic).order_by("pk").select_related("organisation", "officer")
    return [(notice.organisation or notice.officer, notice.roles) for notice in notices]


def logged(event: str) -> list[dict[str, Any]]:
    return [entry.content["data"] for entry in Entry.objects.order_by("pk") if entry.event == event]


@pytest.fixture
def motion(world: World) -> Motion:
    motion = world.assigned("custody")
    with past_guards():
        Deadline.objects.filter(motion=motion).delete()
    return motion


def test_those_above_are_told_each_at_his_time(world: World, motion: Motion) -> None:
    deadline = begun(motion, escalate=ABOVE)
    half, whole = deadline.started_at + (deadline.due_at - deadline.started_at) / 2, deadline.due_at
    assert duties.escalate(half - timedelta(minutes=1)) == 0
    assert [duties.escalate(half), duties.escalate(half)] == [1, 0]
    assert told("deadline.escalated") == [(world.case.organisation, [Role.HEAD_OF_UNIT])]
    duties.report_missed(whole + timedelta(seconds=1))
    duties.escalate(whole + timedelta(seconds=1))
    duties.escalate(whole + timedelta(hours=8))
    assert told("deadline.escalated")[1:] == [
        (world.case.prosecution, [Role.PROSECUTOR]),
        (world.case.court, [Role.COURT_CHAIR]),
    ]
    assert [entry["to"] for entry in logged("deadline.escalated")] == [
        "head_of_unit",
        "supervising_prosecutor",
        "court_chair",
    ]


def test_what_was_done_is_not_escalated(motion: Motion) -> None:
    deadline = begun(motion, escalate=ABOVE)
    deadlines.meet(motion, "protocol", deadline.started_at)
    assert duties.escalate(deadline.due_at + timedelta(days=3)) == 0


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        ("investigator", lambda motion: [(motion.author.officer, ())]),
        ("head_of_unit", lambda motion: [(motion.organisation, (Role.HEAD_OF_UNIT,))]),
        ("prosecutor", lambda motion: [(motion.consenting or motion.prosecution, (Role.PROSECUTOR,))]),
        ("judge", lambda motion: [(motion.judge, ())]),
        ("court_chair", lambda motion: [(motion.court, (Role.COURT_CHAIR,))]),
        ("clerk", lambda motion: [(motion.court, (Role.CLERK,))]),
    ],
)
def test_who_has_to_act(motion: Motion, role: str, expected: Any) -> None:
    assert list(notifications.responsible(motion, role)) == expected(motion)


def test_a_court_without_a_judge_for_it_is_told_whole(motion: Motion) -> None:
    motion.judge = None
    [(recipient, roles)] = notifications.responsible(motion, "judge")
    assert recipient == motion.court
    assert Role.CLERK in roles


def test_defenders_are_told_once_the_motion_is_open_to_them(world: World, motion: Motion) -> None:
    motion.defence = False
    assert list(notifications.responsible(motion, "defender")) == []
    motion.defence = True
    assert list(notifications.responsible(motion, "defender")) == [(world.posts["defender"].officer, ())]


def test_the_place_of_custody_is_that_of_the_body(motion: Motion) -> None:
    assert list(notifications.responsible(motion, "facility")) == []
    place = OrganisationFactory(kind=Organisation.Kind.FACILITY, parent=motion.organisation)
    OrganisationFactory(kind=Organisation.Kind.FACILITY)
    assert list(notifications.responsible(motion, "facility")) == [(place, ())]


def test_of_a_secret_motion_only_the_persons_named_on_it_are_told(world: World, motion: Motion) -> None:
    move(motion, secret=True)
    named = head_of_unit_of(world.case).officer
    for officer in (named, motion.judge, motion.author.officer):
        Admission.objects.get_or_create(motion=motion, officer=officer)
    deadline = begun(motion, escalate=ABOVE, remind=(0.5,))
    late = deadline.due_at + timedelta(days=3)
    duties.remind(deadline.due_at - timedelta(minutes=1))
    duties.report_missed(late)
    duties.escalate(late)
    assert told("deadline.escalated") == [(named, [])]
    assert told("deadline.missed") == [(motion.judge, [])]
    assert told("deadline.reminder") == [(motion.judge, [])]
    assert not Message.objects.filter(topic__startswith="deadline.", organisation__isnull=False).exists()


def test_a_lapse_is_an_event_of_its_own_even_if_the_decision_came_later(world: World, motion: Motion) -> None:
    deadline = begun(motion, on_missed="expire")
    deadlines.meet(motion, "protocol", deadline.due_at + timedelta(hours=1))
    duties.report_missed(deadline.due_at + timedelta(hours=2))
    [missed], [lapsed] = logged("deadline.missed"), logged("measure.lapsed")
    assert missed["met_at"] > missed["due_at"] == lapsed["due_at"]
    assert [recipient for recipient, _roles in told("measure.lapsed")] == [
        motion.author.officer,
        world.case.prosecution,
        motion.judge,
    ]


def test_a_change_of_the_calendar_is_told_to_whom_it_gives_another_end(world: World, motion: Motion) -> None:
    decide = replace(motion.kind_entry.term("decide"), amount=3, unit="days", roll=True, count="skip_first")
    law = catalogue(motion.catalogue)
    kind = replace(law.kinds["custody"], terms=(decide,))
    stored = store(replace(law, version="in-days", kinds={**law.kinds, "custody": kind}))
    move(motion, catalogue=stored)
    motion = world.fresh(motion)
    old = deadlines.start(motion, decide, timezone.now(), motion.payload)
    assert old is not None
    last = timezone.localdate(old.due_at - timedelta(seconds=1))
    Day.objects.create(year=Year.objects.get(jurisdiction="kz", year=last.year), day=last, name="by decree")

    assert [duties.recount(timezone.now()) for _round in range(2)] == [1, 0]

    new = Deadline.objects.get(motion=motion, state="running")
    assert new.due_at > old.due_at
    assert told("deadline.recomputed") == [(motion.judge, [])]
    assert world.fresh(motion).next_due_at == new.due_at


def test_without_a_calendar_all_else_goes_on(motion: Motion, caplog: pytest.LogCaptureFixture) -> None:
    missed = begun(motion)
    move_deadlines(Deadline.objects.filter(pk=missed.pk), due_at=timezone.now() - timedelta(hours=1))
    rolling = begun(motion, key="another", amount=3, unit="days", roll=True)
    assert rolling.calendar
    Year.objects.all().delete()
    Watch().tick()
    assert "load_calendar" in caplog.text
    assert len(logged("deadline.missed")) == 1
