"""Exactly once: real watches on a real database, killed at any instant, several at once, and after days of downtime."""

import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from django.utils import timezone

from ecase.audit.models import Entry
from ecase.outbox.models import Message
from tests.motions.world import World
from tests.past_guards import move, past_guards
from tests.watch.processes import Watches, forked_watches
from workflows.deadlines import services as deadlines
from workflows.deadlines.models import Deadline
from workflows.motions.models import Act, Motion
from workflows.motions.states import ActType, State

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

DEADLINES, SANCTIONS = 200, 20
TOPICS = ("deadline.missed", "deadline.escalated", "deadline.reminder", "sanction.ending", "motion.expiry")
PATIENCE = 180.0


@dataclass
class Overdue:
    """What came due while nobody watched: the instants at which it did, by motion."""

    missed: dict[UUID, datetime]
    ended: dict[UUID, datetime]

    def is_done(self) -> bool:
        """Whether the watches have seen to all of it."""
        running = Deadline.objects.filter(state="running", motion__in=self.missed)
        open_ones = running | Deadline.objects.filter(escalate_at__lte=timezone.now(), motion__in=self.missed)
        return not open_ones.exists() and not Motion.objects.filter(pk__in=self.ended, ended_at=None).exists()


@pytest.fixture
def overdue(make_world: Callable[[], World]) -> Overdue:
    """Several hundred terms that ended over three days, and sanctions that ran out, in one case and its court."""
    world = make_world()
    sanctions = [world.decided("property_arrest", "sanctioned") for _number in range(SANCTIONS)]
    with past_guards():
        Deadline.objects.all().delete()
    terms = _copies(sanctions[0], DEADLINES, state=State.CLOSED)
    first = timezone.now() - timedelta(days=3)
    with transaction.atomic():
        missed = {
            motion.pk: _begun(motion, first + timedelta(minutes=15 * number)) for number, motion in enumerate(terms)
        }
    ended = {motion.pk: first + timedelta(hours=number) for number, motion in enumerate(sanctions)}
    for motion in sanctions:
        move(motion, valid_until=ended[motion.pk], warn_at=ended[motion.pk] - timedelta(hours=24))
    return Overdue(missed, ended)


@pytest.fixture
def watches(overdue: Overdue) -> Iterator[Watches]:
    with forked_watches() as found:
        yield found


def _copies(model: Motion, number: int, **given: Any) -> list[Motion]:
    """Rows like ``model`` without its acts, for terms to hang on: nothing else is to be done with them."""
    names = ("case", "catalogue", "language", "payload", "outcome", "author", "organisation", "prosecution", "court")
    common = {**{name: getattr(model, name) for name in (*names, "kind", "judge", "decided_at")}, **given}
    copies = [Motion(**common) for _number in range(number)]
    with past_guards():
        Motion.objects.bulk_create(copies)
    return copies


def _begun(motion: Motion, ended_at: datetime) -> datetime:
    """The end of the judge's term, begun so that it ended about then."""
    term = motion.kind_entry.term("decide")
    deadline = deadlines.start(motion, term, ended_at - timedelta(hours=24), motion.payload)
    assert deadline is not None
    return deadline.due_at


def entries(event: str) -> list[dict[str, Any]]:
    return [entry.content for entry in Entry.objects.order_by("pk") if entry.event == event]


def assert_once(overdue: Overdue) -> None:
    """One entry for each miss, with the instant at which it was missed; one message a recipient; one act an end."""
    missed = entries("deadline.missed")
    assert Counter(entry["subject"]["motion"] for entry in missed) == Counter(map(str, overdue.missed))
    assert {entry["subject"]["motion"]: datetime.fromisoformat(entry["data"]["due_at"]) for entry in missed} == {
        str(motion): due_at for motion, due_at in overdue.missed.items()
    }
    assert Counter(entry["subject"]["motion"] for entry in entries("sanction.ending")) == Counter(
        map(str, overdue.ended)
    )
    acts = Act.objects.filter(type=ActType.EXPIRY).values_list("motion_id", flat=True)
    assert Counter(acts) == Counter(overdue.ended.keys())
    assert max(_messages().values()) == 1
    assert {topic for topic, *_rest in _messages()} >= {"deadline.missed", "deadline.escalated", "motion.expiry"}


def _messages() -> Counter[tuple[Any, ...]]:
    rows = Message.objects.filter(topic__in=TOPICS, channel="portal")
    return Counter(rows.values_list("topic", "key", "officer", "organisation", "payload__term"))


def progress() -> int:
    """How many terms have been reported."""
    return Deadline.objects.filter(claimed_at__isnull=False).count()


def _until(done: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not done():
        assert time.monotonic() < end, f"only {progress()} reported"
        time.sleep(0.05)


def moments(seed: int) -> Iterator[float]:
    """Seconds to wait before the next kill."""
    chance = random.Random(seed)
    while True:
        yield chance.uniform(0.0, 0.25)


def test_killed_at_any_instant(overdue: Overdue, watches: Watches) -> None:
    kills, pauses = 0, moments(20261121)
    while not overdue.is_done() and kills < 5:
        before = progress()
        with watches.another() as first, watches.another():
            _until(lambda: progress() > before or overdue.is_done())  # noqa: B023 - called in the same round
            time.sleep(next(pauses))
            first.kill()
            kills += 1
    with watches.another():
        _until(overdue.is_done)
    assert kills
    assert_once(overdue)


@pytest.mark.parametrize("number", [2, 3])
def test_several_at_once(overdue: Overdue, watches: Watches, number: int) -> None:
    with ExitStack() as stack:
        for _each in range(number):
            stack.enter_context(watches.another())
        _until(overdue.is_done)
    assert_once(overdue)


def test_three_days_of_downtime_are_made_up_for_in_order(overdue: Overdue, watches: Watches) -> None:
    with watches.another():
        _until(overdue.is_done)
    assert_once(overdue)
    reported = [entry["data"]["due_at"] for entry in entries("deadline.missed")]
    assert reported == sorted(reported)
    ended = [UUID(entry["subject"]["motion"]) for entry in entries("sanction.ending")]
    assert ended == sorted(overdue.ended, key=lambda pk: overdue.ended[pk])
    expired = Act.objects.filter(type=ActType.EXPIRY).order_by("performed_at")
    assert [act.motion_id for act in expired] == ended
    assert [datetime.fromisoformat(act.payload["valid_until"]) for act in expired] == sorted(overdue.ended.values())
