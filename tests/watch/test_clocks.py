"""O-F12: a machine whose clock is wrong declares nothing missed and signs nothing; it says so and waits."""

import subprocess
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings as configured
from django.utils import timezone

from ecase.audit import clocks
from ecase.audit.models import Entry
from ecase.officers import signing
from tests.audit.conftest import append
from tests.motions.world import World
from tests.watch.processes import environment
from workflows.deadlines.models import Deadline
from workflows.motions.models import Act
from workflows.motions.services import acting
from workflows.motions.states import ActType
from workflows.watch.loop import Watch
from workflows.watch.models import Heartbeat

AHEAD = timedelta(days=3)
# A real watch, in a process of its own, on a machine whose clock is wrong by so many seconds.
WATCH_AT = """
import datetime, sys, django, time_machine
django.setup()
from django.core.management import call_command
from workflows.watch import duties  # all of it is loaded: the clock that is moved is to tick from here on
with time_machine.travel(datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=float(sys.argv[1]))):
    call_command("watch", "--once")
"""


@pytest.fixture
def bound(settings: Any) -> timedelta:
    """The bound of an installation; other tests travel in time without the database."""
    settings.CLOCK_BOUND = timedelta(seconds=2)
    return timedelta(seconds=2)


def watch_at(seconds: float) -> str:
    """What a watch says that runs once on a machine whose clock is so wrong."""
    command = [sys.executable, "-c", WATCH_AT, str(seconds)]
    done = subprocess.run(
        command, cwd=configured.BASE_DIR, env=environment(), capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stderr


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("seconds", [AHEAD.total_seconds(), -3600.0])
def test_a_watch_with_a_wrong_clock_misses_nothing(make_world: Callable[[], World], seconds: float) -> None:
    make_world().assigned("custody")
    running = Deadline.objects.filter(state="running", due_at__lt=timezone.now() + AHEAD)
    before, entries = running.count(), Entry.objects.count()
    assert before

    said = watch_at(seconds)

    assert "CRITICAL" in said
    assert "until clocks agree" in said
    assert running.count() == before
    assert Entry.objects.count() == entries
    assert not Heartbeat.objects.exists()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_watch_with_the_right_clock_leaves_its_sign(make_world: Callable[[], World]) -> None:
    make_world().assigned("custody")

    assert "CRITICAL" not in watch_at(0)

    assert timezone.now() - Heartbeat.objects.get().at < timedelta(minutes=2)


@pytest.mark.parametrize("seconds", [-3600, -3, 3, 3600, 400 * 86400])
def test_no_act_by_a_wrong_clock(world: World, bound: timedelta, seconds: int) -> None:
    motion = world.draft("custody")
    author = world.post(motion, "investigator")
    prepared = acting.prepare(motion, ActType.MOTION, author, {})
    cms = world.keys.sign(author, bytes(prepared.act_json))
    acts, entries = Act.objects.count(), Entry.objects.count()
    received = signing.Received(cms, timezone.now())

    with time_machine.travel(timezone.now() + timedelta(seconds=seconds)), pytest.raises(clocks.ClockDiffers):
        acting.perform_received(prepared, received, author)

    assert (Act.objects.count(), Entry.objects.count()) == (acts, entries)


def test_an_act_by_a_clock_that_is_nearly_right(world: World, bound: timedelta) -> None:
    with time_machine.travel(timezone.now() + timedelta(seconds=1)):
        assert world.filed("custody").state == "submitted"


def test_no_entry_is_dated_by_a_wrong_clock(db: None, bound: timedelta) -> None:
    with time_machine.travel(timezone.now() + AHEAD), pytest.raises(clocks.ClockDiffers):
        append()


def test_a_log_that_is_ahead_of_the_database(db: None, settings: Any) -> None:
    with time_machine.travel(timezone.now() + AHEAD):
        append()
    settings.CLOCK_BOUND = timedelta(seconds=2)

    with pytest.raises(clocks.ClockDiffers, match="newest entry"):
        clocks.check()
    assert Watch().tick() == 0


@pytest.mark.parametrize(("second", "apart"), [(0, 0), (4, 0), (-3, -3), (9, 5)])
def test_a_statement_may_take_its_time(second: int, apart: int) -> None:
    """Waiting for a lock is no difference of clocks."""
    start = datetime(2026, 1, 1, tzinfo=timezone.get_default_timezone())
    answered = start + timedelta(seconds=4)

    found = clocks.difference(start, start + timedelta(seconds=second), answered)

    assert found == timedelta(seconds=apart)
