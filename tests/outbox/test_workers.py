"""The whole way, with real Celery workers, a real broker and a real subscriber, and what happens when they die."""

import threading

import pytest
from celery import Celery

from ecase.outbox import relay, services, subscriptions
from ecase.outbox.channels import webhook
from ecase.outbox.models import Message, State
from tests.factories import OrganisationFactory
from tests.outbox.conftest import Subscriber, serving, wait_for

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


THREADS = ("--pool=threads", "--concurrency=8", "--queues=webhooks")


def webhooks(**state):
    return Message.objects.filter(channel=webhook.NAME, **state)


def test_o_f4_one_hung_receiver_does_not_hold_up_a_healthy_one(processes, run_relay, subscriber, organisation):
    """The healthy receiver has all of its messages while the first post to the other one is still unanswered."""
    hold, other = threading.Event(), OrganisationFactory()
    with serving(Subscriber(hold=hold, holds=100)) as hung:
        subscriptions.subscribe(organisation, hung.url)
        subscriptions.subscribe(other, subscriber.url)
        for number in range(20):
            send(organisation, f"h{number}")
        for number in range(20):
            send(other, f"m{number}")
        processes.worker(*THREADS)
        run_relay()
        wait_for(lambda: hung.requests, "the hung receiver's first post")

        def arrived():
            run_relay()
            return webhooks(organisation=other, state=State.DELIVERED).count() == 20

        wait_for(arrived, "the healthy receiver's messages")
        assert len(subscriber.requests) == 20
        assert webhooks(organisation=organisation, state=State.DELIVERED).count() == 0
        hold.set()
    assert set(webhooks(organisation=other).values_list("attempts", flat=True)) == {1}


def test_a_backlog_drains_and_no_message_is_claimed_twice(
    processes, run_relay, settings, subscription, subscriber, organisation
):
    """Five hundred messages to a fast receiver (20,000: bench/outbox_backlog.py), none of which comes twice."""
    processes.environment["ECASE_OUTBOX_LEASE_SECONDS"] = "120"
    settings.OUTBOX_LEASE_SECONDS = 120
    for number in range(500):
        send(organisation, f"m{number % 100}", number)
    processes.worker(*THREADS)

    def drained():
        run_relay()
        return webhooks(state=State.DELIVERED).count() == 500

    wait_for(drained, "the backlog's end", 600)
    assert len(subscriber.requests) == 500
    assert set(webhooks().values_list("claims", "attempts")) == {(1, 1)}
    for key in range(100):
        seen = [body["data"]["number"] for body in subscriber.bodies() if body["key"] == f"m{key}"]
        assert seen == sorted(seen)
    assert sorted(body["position"] for body in subscriber.bodies()) == list(range(1, 501))


def test_o_f3_without_a_worker_the_queue_does_not_fill_and_nothing_is_given_up(
    processes, run_relay, broker, settings, subscription, subscriber, organisation
):
    """Leases pass again and again; the broker holds no more tasks than are allowed, and a worker makes up for it."""
    settings.OUTBOX_IN_FLIGHT, settings.OUTBOX_LEASE_SECONDS = 3, 0
    for number in range(5):
        send(organisation, f"m{number}")
    for _lease in range(30):
        run_relay()
    with Celery("probe", broker=broker, set_as_current=False) as probe, probe.connection() as connection:
        assert connection.default_channel.queue_declare("webhooks", passive=True).message_count == 3
    assert set(webhooks().values_list("state", "attempts")) == {(State.PENDING, 0)}
    settings.OUTBOX_LEASE_SECONDS = 30
    processes.worker(*THREADS)

    def arrived():
        run_relay()
        return webhooks(state=State.DELIVERED).count() == 5

    wait_for(arrived, "five deliveries")
    assert (len(subscriber.requests), set(webhooks().values_list("attempts", flat=True))) == (5, {1})


def test_a_relay_killed_between_commit_and_hand_over_loses_nothing(
    processes, run_relay, subscription, subscriber, organisation
):
    message = send(organisation)
    killed = processes.python(
        "import os, signal, ecase.celery, django; django.setup(); from ecase.outbox import relay; "
        "relay.current_app.send_task = lambda *a, **o: os.kill(os.getpid(), signal.SIGKILL); relay.run_once()"
    )
    assert killed.returncode == -9, killed.stderr
    message.refresh_from_db()
    assert (message.state, message.claims, message.attempts) == (State.PENDING, 1, 0)
    processes.worker(*THREADS)

    def arrived():
        run_relay()
        return webhooks(state=State.DELIVERED).exists()

    wait_for(arrived, "the delivery after the lease")
    message.refresh_from_db()
    assert (message.claims, message.attempts, len(subscriber.requests)) == (2, 1, 1)
