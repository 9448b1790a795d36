"""The whole way, with real Celery workers, a real broker and a real subscriber, and what happens when they die."""

import threading

import pytest

from ecase.outbox import relay, services
from ecase.outbox.models import Message, State
from tests.outbox.conftest import wait_for

pytestmark = pytest.mark.slow


def send(to, key="m1", number=0):
    return services.send("motion.protocol", key=key, to=to, payload={"number": number})[-1]


def delivered(number):
    return lambda: Message.objects.filter(state=State.DELIVERED).count() >= number


def test_messages_go_through_broker_and_worker(processes, subscription, subscriber, organisation):
    for number in range(6):
        send(organisation, key=f"m{number}")
    processes.worker()
    assert processes.manage("outbox", "relay").returncode == 0
    wait_for(delivered(12), "six deliveries")
    assert len(subscriber.requests) == 6
    assert processes.manage("outbox", "reconcile").returncode == 0


def test_a_worker_killed_in_the_middle_loses_and_doubles_nothing(
    processes, run_relay, subscription, subscriber, organisation
):
    """Kill -9 while the subscriber is answering: delivered again after the lease, under the same id."""
    message = send(organisation)
    subscriber.hold = threading.Event()
    hold = subscriber.hold
    first = processes.worker()
    run_relay()
    wait_for(lambda: subscriber.requests, "the first attempt")
    processes.kill(first)
    hold.set()
    processes.worker()

    def again():
        run_relay()
        return delivered(2)()

    wait_for(again, "the second attempt")
    message.refresh_from_db()
    assert (message.state, message.attempts) == (State.DELIVERED, 2)
    assert len(subscriber.requests) == 2
    assert {headers["webhook-id"] for headers, _body in subscriber.requests} == {f"msg_{message.uuid}"}
    assert relay.reconcile().difference == 0


def test_a_dead_subscriber_ends_on_the_list_and_comes_back(
    processes, run_relay, subscription, subscriber, organisation
):
    subscriber.answers = [(500, {}, {})]
    message = send(organisation)
    processes.worker()

    def dead():
        run_relay()
        return Message.objects.filter(state=State.DEAD).exists()

    wait_for(dead, "the end of the ladder")
    assert len(subscriber.requests) == 3
    assert list(Message.objects.filter(state=State.DEAD)) == [message]
    assert processes.manage("outbox", "reconcile").returncode == 1
    subscriber.answers = [(200, {}, {})]
    assert relay.retry(Message.objects.all()) == 1
    run_relay()
    wait_for(delivered(2), "the delivery after the retry")
    assert relay.reconcile().difference == 0
