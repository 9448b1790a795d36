"""A watch that has long been running counts by the calendar as an administrator changes it."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.utils import timezone

from tests.motions.world import World
from tests.past_guards import move, past_guards
from tests.watch.processes import Watching
from workflows.calendars.models import Day, Year
from workflows.deadlines import services as deadlines
from workflows.deadlines.models import Deadline, Voided
from workflows.statute.catalogue import catalogue, store

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

PATIENCE = 120.0


@pytest.fixture
def rolling(make_world: Callable[[], World]) -> Deadline:
    """A judge's term of three days that rolls."""
    world = make_world()
    motion = world.assigned("custody")
    law = catalogue(motion.catalogue)
    term = replace(law.kinds["custody"].term("decide"), amount=3, unit="days", roll=True, count="skip_first")
    kind = replace(law.kinds["custody"], terms=(term,))
    stored = store(replace(law, version="in-days", kinds={**law.kinds, "custody": kind}))
    with past_guards():
        Deadline.objects.all().delete()
    move(motion, catalogue=stored)
    deadline = deadlines.start(world.fresh(motion), term, timezone.now(), motion.payload)
    assert deadline is not None
    return deadline


@pytest.fixture
def taken_off(rolling: Deadline) -> Iterator[Callable[[], date]]:
    """Makes the last day of the term a day off; the calendar outlives the test's flush, so it is put back."""
    last = timezone.localdate(rolling.due_at - timedelta(seconds=1))

    def take() -> date:
        year = Year.objects.get(jurisdiction="kz", year=last.year)
        return Day.objects.create(year=year, day=last, name="by decree").day

    yield take
    Day.objects.filter(day=last, name="by decree").delete()


def _until(done: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not done():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_a_running_watch_notices_a_changed_calendar(rolling: Deadline, taken_off: Callable[[], date]) -> None:
    Deadline.objects.filter(pk=rolling.pk).update(remind_at=timezone.now())
    with Watching():
        _until(lambda: not Deadline.objects.filter(pk=rolling.pk, remind_at__lte=timezone.now()).exists())
        taken_off()
        _until(lambda: Deadline.objects.filter(replaces=rolling).exists())
    rolling.refresh_from_db()
    assert rolling.voided_because == Voided.CALENDAR
    assert rolling.replaced_by is not None
    assert rolling.replaced_by.due_at > rolling.due_at
