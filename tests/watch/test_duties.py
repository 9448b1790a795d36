"""What the watch does when something has come due: once, whoever else is watching."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, connections
from django.utils import timezone

from ecase.audit.models import Entry
from ecase.outbox.models import Message, Subscription
from ecase.outbox.models import State as MessageState
from tests.factories import judge_of
from tests.logs import separate
from tests.motions.conftest import World, make_world, storage, world  # noqa: F401 - fixtures
from workflows.deadlines.models import Deadline
from workflows.motions.states import State
from workflows.watch import duties
from workflows.watch.loop import Watch

VARIABLES = {
    "MEDIA_ROOT": "ECASE_MEDIA",
    "LOG_KEY_FILE": "ECASE_LOG_KEY",
    "CHECKPOINT_DIR": "ECASE_CHECKPOINT_DIR",
    "TRUST_DIR": "ECASE_TRUST_DIR",
}

pytestmark = pytest.mark.django_db


def logged(event: str) -> list[Entry]:
    return [entry for entry in Entry.objects.all() if entry.event == event]


def test_a_missed_deadline_is_written_down_once_and_told(world: World) -> None:  # noqa: F811
    motion = world.assigned("property_arrest")
    deadline = Deadline.objects.get(motion=motion, role="judge", state="running")
    after = deadline.due_at + timedelta(minutes=1)

    assert duties.report_missed(after) >= 1
    assert duties.report_missed(after) == 0

    deadline.refresh_from_db()
    assert deadline.state == "missed"
    assert len([one for one in logged("deadline.missed") if one.content["data"]["role"] == "judge"]) == 1
    assert Message.objects.filter(topic="deadline.missed", officer=motion.judge).count() == 1


def test_nothing_is_missed_before_its_time(world: World) -> None:  # noqa: F811
    motion = world.assigned("property_arrest")
    deadline = Deadline.objects.get(motion=motion, role="judge", state="running")

    assert duties.report_missed(deadline.due_at - timedelta(seconds=1)) == 0


def test_the_judge_is_reminded_before_the_term_ends(world: World) -> None:  # noqa: F811
    motion = world.assigned("property_arrest")
    deadline = Deadline.objects.get(motion=motion, role="judge", state="running")

    duties.remind(deadline.due_at - timedelta(minutes=5))

    assert Message.objects.filter(topic="deadline.reminder", officer=motion.judge).exists()


def test_a_decision_is_delivered_when_every_message_has_arrived(world: World) -> None:  # noqa: F811
    Subscription.objects.create(organisation=world.case.prosecution, url="https://prosecutor.example/hook")
    motion = world.decided("custody", "sanctioned")

    duties.deliver_decisions(timezone.now())
    assert world.fresh(motion).state == State.DECIDED

    Message.objects.exclude(state=MessageState.DELIVERED).update(
        state=MessageState.DELIVERED, delivered_at=timezone.now(), acknowledgement={"status": 204}
    )
    assert duties.deliver_decisions(timezone.now()) == 1
    assert world.fresh(motion).state == State.DELIVERED


def test_a_motion_that_found_no_judge_is_assigned_when_there_is_one(world: World) -> None:  # noqa: F811
    judge = world.posts["judge"]
    judge.valid_to = timezone.now()
    judge.save()
    motion = world.filed("search")
    assert motion.state == State.REGISTERED
    assert duties.assign_waiting(timezone.now()) == 0

    newcomer = judge_of(world.case)

    assert duties.assign_waiting(timezone.now()) == 1
    assert world.fresh(motion).judge == newcomer.officer


@pytest.mark.django_db(transaction=True)
def test_two_watches_at_once_write_it_once(make_world: Callable[[], World]) -> None:  # noqa: F811
    world = make_world()  # noqa: F811
    for _ in range(3):
        world.filed("property_arrest")
    due = Deadline.objects.filter(state="running")
    awaited, after = due.count(), max(due.values_list("due_at", flat=True)) + timedelta(minutes=1)

    claimed: list[int] = []
    _together(lambda: claimed.append(duties.report_missed(after)), 4)

    assert sum(claimed) == awaited
    assert len(logged("deadline.missed")) == awaited


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_watch_that_is_killed_leaves_nothing_half_done(make_world: Callable[[], World]) -> None:  # noqa: F811
    world = make_world()  # noqa: F811
    for _ in range(4):
        world.filed("property_arrest")
    Deadline.objects.filter(state="running").update(due_at=timezone.now() - timedelta(days=3))
    awaited = Deadline.objects.filter(state="running").count()

    for pause in (1.0, 1.5, 2.0):
        with _watching() as process:
            time.sleep(pause)
            os.kill(process.pid, signal.SIGKILL)
    while Watch().tick():
        pass

    assert not Deadline.objects.filter(state="running", due_at__lt=timezone.now()).exists()
    assert len(logged("deadline.missed")) == awaited
    assert Message.objects.filter(topic="deadline.missed").count() >= awaited


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_broker_that_is_away_holds_up_messages_and_nothing_else(make_world: Callable[[], World]) -> None:  # noqa: F811
    world = make_world()  # noqa: F811
    Subscription.objects.create(organisation=world.case.prosecution, url="https://prosecutor.example/hook")
    motion = world.filed("property_arrest")
    Deadline.objects.filter(motion=motion, state="running").update(due_at=timezone.now() - timedelta(hours=1))

    command = [sys.executable, "manage.py", "watch", "--once"]
    environment = {**_environment(), "BROKER_URL": "redis://127.0.0.1:1/0"}
    done = subprocess.run(command, cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    assert "messages wait" in done.stderr
    assert logged("deadline.missed")
    webhook = Message.objects.filter(topic="motion.motion", key=str(motion.pk), channel="webhook").get()
    assert webhook.state == MessageState.PENDING


def _environment() -> dict[str, str]:
    """What a process of its own needs to work on the tests' database, log and files."""
    database = connection.settings_dict
    host, port = database["HOST"], database["PORT"] or 5432
    user = f"{database['USER']}:{database['PASSWORD']}" if database["PASSWORD"] else database["USER"]
    location = f"{host.replace('/', '%2F')}:{port}"
    paths = {variable: str(getattr(settings, name)) for name, variable in VARIABLES.items()}
    url = f"postgres://{user}@{location}/{database['NAME']}"
    return {**os.environ, **paths, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "ecase.settings"}


class _watching:  # noqa: N801 - reads as a verb
    """A watch in a process of its own, on the tests' database."""

    def __enter__(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "manage.py", "watch", "--interval", "0.1"]
        self.process = subprocess.Popen(command, cwd=settings.BASE_DIR, env=_environment())
        return self.process

    def __exit__(self, *fault: object) -> None:
        self.process.kill()
        self.process.wait()


def _together(call: Callable[[], object], times: int) -> None:
    barrier = threading.Barrier(times)

    def run() -> None:
        barrier.wait()
        try:
            call()
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@pytest.fixture(autouse=True)
def log(demo_pki: Path, settings: Any, tmp_path: Path) -> None:
    """The watch signs checkpoints."""
    separate(settings, tmp_path)
