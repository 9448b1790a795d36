"""What the watch does when something has come due: once, whoever else is watching."""

import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connections
from django.utils import timezone

from ecase.audit.models import Entry
from ecase.outbox.models import Message, Subscription
from ecase.outbox.models import State as MessageState
from tests.factories import judge_of
from tests.motions.world import World
from tests.past_guards import move_deadlines
from tests.watch.processes import environment
from workflows.deadlines.models import Deadline
from workflows.motions.states import State
from workflows.watch import duties

pytestmark = pytest.mark.django_db


def logged(event: str) -> list[Entry]:
    return [entry for entry in Entry.objects.all() if entry.event == event]


def test_a_missed_deadline_is_written_down_once_and_told(world: World) -> None:
    motion = world.assigned("property_arrest")
    deadline = Deadline.objects.get(motion=motion, role="judge", state="running")
    after = deadline.due_at + timedelta(minutes=1)

    assert duties.report_missed(after) >= 1
    assert duties.report_missed(after) == 0

    deadline.refresh_from_db()
    assert deadline.state == "missed"
    assert len([entry for entry in logged("deadline.missed") if entry.content["data"]["role"] == "judge"]) == 1
    assert Message.objects.filter(topic="deadline.missed", officer=motion.judge).count() == 1


def test_nothing_is_missed_before_its_time(world: World) -> None:
    motion = world.assigned("property_arrest")
    deadline = Deadline.objects.get(motion=motion, role="judge", state="running")

    assert duties.report_missed(deadline.due_at - timedelta(seconds=1)) == 0


def test_the_judge_is_reminded_before_the_term_ends(world: World) -> None:
    motion = world.assigned("property_arrest")
    deadline = Deadline.objects.get(motion=motion, role="judge", state="running")

    duties.remind(deadline.due_at - timedelta(minutes=5))

    assert Message.objects.filter(topic="deadline.reminder", officer=motion.judge).exists()


def test_a_decision_is_delivered_when_every_message_has_arrived(world: World) -> None:
    Subscription.objects.create(organisation=world.case.prosecution, url="https://prosecutor.example/hook")
    motion = world.decided("custody", "sanctioned")

    duties.deliver_decisions(timezone.now())
    assert world.fresh(motion).state == State.DECIDED

    Message.objects.exclude(state=MessageState.DELIVERED).update(
        state=MessageState.DELIVERED, delivered_at=timezone.now(), acknowledgement={"status": 204}
    )
    assert duties.deliver_decisions(timezone.now()) == 1
    assert world.fresh(motion).state == State.DELIVERED


def test_a_motion_that_found_no_judge_is_assigned_when_there_is_one(world: World) -> None:
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
def test_two_watches_at_once_write_it_once(make_world: Callable[[], World]) -> None:
    world = make_world()
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
def test_a_broker_that_is_away_holds_up_messages_and_nothing_else(make_world: Callable[[], World]) -> None:
    world = make_world()
    Subscription.objects.create(organisation=world.case.prosecution, url="https://prosecutor.example/hook")
    motion = world.filed("property_arrest")
    move_deadlines(Deadline.objects.filter(motion=motion, state="running"), due_at=timezone.now() - timedelta(hours=1))

    command = [sys.executable, "manage.py", "watch", "--once"]
    away = {**environment(), "BROKER_URL": "redis://127.0.0.1:1/0"}
    done = subprocess.run(command, cwd=settings.BASE_DIR, env=away, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    assert "messages wait" in done.stderr
    assert logged("deadline.missed")
    webhook = Message.objects.filter(topic="motion.motion", key=str(motion.pk), channel="webhook").get()
    assert webhook.state == MessageState.PENDING


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
