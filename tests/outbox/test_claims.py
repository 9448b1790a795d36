"""Claims: free until they are started, no more than workers can take, positions of a receiver, its circuit breaker."""

import random
import socket
import threading
import time
from collections import Counter
from datetime import timedelta

import pytest
from django.db import connections, transaction
from django.utils import timezone

from ecase.outbox import circuit, receivers, relay, services, subscriptions, tasks
from ecase.outbox.channels import webhook
from ecase.outbox.claims import Claim
from ecase.outbox.models import Message, State, Subscription
from tests.factories import OrganisationFactory

START = timezone.now()


@pytest.fixture(autouse=True)
def limits(settings):
    settings.OUTBOX_RETRY_SECONDS = [10, 60]
    settings.OUTBOX_LEASE_SECONDS = 30
    settings.WEBHOOK_IN_FLIGHT, settings.OUTBOX_IN_FLIGHT = 3, 10
    settings.WEBHOOK_FAILURES, settings.WEBHOOK_PAUSE_SECONDS = 3, 20


def in_(seconds):
    return timezone.now() + timedelta(seconds=seconds)


def send(to, key, number=0):
    return services.send("motion.protocol", key=key, to=to, payload={"number": number})[-1]


def webhooks(**state):
    return Message.objects.filter(channel=webhook.NAME, **state)


def deliver(claims):
    return [tasks.deliver(given.message_id, given.number) for given in claims]


def fail_all(now, number=3):
    for given in relay.claim(now)[:number]:
        relay.start(given, now)
        relay.fail(given, "no", now)


# -- O-F3: a claim is no attempt ----------------------------------------------------------------------------------


def test_o_f3_twenty_claims_that_nobody_started_cost_nothing(subscription, subscriber, organisation):
    """No worker for twenty leases: the message still waits, untouched, and is delivered at the first attempt."""
    message = send(organisation, "m1")
    for number in range(20):
        assert len(relay.claim(in_(31 * number))) == 1
        message.refresh_from_db()
        assert (message.state, message.attempts, message.next_attempt_at <= timezone.now()) == (State.PENDING, 0, True)
    assert deliver(relay.claim(in_(31 * 20))) == [State.DELIVERED]
    message.refresh_from_db()
    assert (message.attempts, message.claims, len(subscriber.requests)) == (1, 21, 1)


@pytest.mark.slow
def test_o_f3_messages_claimed_again_and_again_lose_nothing(subscription, organisation, settings):
    settings.WEBHOOK_IN_FLIGHT = settings.OUTBOX_IN_FLIGHT = 1000
    Message.objects.bulk_create(
        Message(
            topic="t",
            key=str(n),
            channel=webhook.NAME,
            organisation=organisation,
            subscription=subscription,
            payload={},
        )
        for n in range(1000)
    )
    for number in range(12):
        assert len(relay.claim(in_(31 * number), limit=1000)) == 1000
    assert webhooks(state=State.PENDING, attempts=0, claims=12).count() == 1000
    assert sorted(webhooks().values_list("position", flat=True)) == list(range(1, 1001))


def test_an_attempt_counts_when_it_starts_and_its_lease_begins_there(subscription, organisation):
    message = send(organisation, "m1")
    [given] = relay.claim(in_(0))
    assert relay.start(given, in_(20))
    message.refresh_from_db()
    assert (message.state, message.attempts) == (State.LEASED, 1)
    assert relay.claim(in_(45)) == []
    message.refresh_from_db()
    assert message.state == State.LEASED


def test_a_task_whose_claim_was_made_again_is_skipped_and_no_attempt(subscription, organisation):
    message = send(organisation, "m1")
    [stale] = relay.claim(in_(0))
    relay.claim(in_(31))
    assert deliver([stale]) == [tasks.SKIPPED]
    message.refresh_from_db()
    assert message.attempts == 0


def test_a_task_that_comes_again_after_its_attempt_failed_is_skipped(subscription, subscriber, organisation):
    subscriber.answers = [(500, {}, {})]
    send(organisation, "m1")
    given = relay.claim(in_(0))
    assert deliver(given) == [State.PENDING]
    assert deliver(given) == [tasks.SKIPPED]
    assert len(subscriber.requests) == 1


def test_an_answer_after_the_lease_is_taken_as_long_as_no_other_attempt_began(subscription, organisation):
    message = send(organisation, "m1")
    [given] = relay.claim(in_(0))
    relay.start(given, in_(0))
    assert relay.claim(in_(31)) == []
    assert relay.finish(given, {"status": 200}, in_(32))
    message.refresh_from_db()
    assert message.state == State.DELIVERED
    assert relay.claim(in_(100)) == []


# -- O-F4: no more than workers can take --------------------------------------------------------------------------


def test_o_f4_so_many_of_a_subscription_are_in_flight(subscription, organisation):
    for number in range(8):
        send(organisation, f"m{number}")
    first = relay.claim(in_(0))
    assert len(first) == 3
    assert relay.claim(in_(0)) == []
    relay.start(first[0], in_(0))
    relay.finish(first[0], {"status": 200}, in_(0))
    assert len(relay.claim(in_(0))) == 1


def test_o_f4_a_backlog_of_one_leaves_room_for_others(subscription, subscriber, organisation, settings):
    settings.OUTBOX_IN_FLIGHT = 4
    for number in range(20):
        send(organisation, f"m{number}")
    other = OrganisationFactory()
    subscriptions.subscribe(other, subscriber.url)
    late = send(other, "late")
    claimed = relay.claim(in_(0))
    assert (len(claimed), late.pk in {given.message_id for given in claimed}) == (4, True)


def test_nothing_is_claimed_while_the_broker_holds_as_many_tasks_as_are_allowed(subscription, organisation):
    """Without workers the queue does not fill with stale tasks, however long it lasts."""
    send(organisation, "m1")
    assert relay.claim(in_(0), free=lambda: 0) == []
    assert len(relay.claim(in_(0), free=lambda: 1)) == 1


def test_the_broker_is_not_asked_when_nothing_is_due(subscription):
    assert relay.claim(in_(0), free=lambda: pytest.fail("asked")) == []


# -- circuit breaker ----------------------------------------------------------------------------------------------


def test_o_f4_a_receiver_that_fails_in_a_row_is_left_alone_then_tried_with_one(subscription, organisation):
    for number in range(6):
        send(organisation, f"m{number}")
    fail_all(in_(0))
    subscription.refresh_from_db()
    assert (subscription.failures, circuit.state(subscription, in_(1))) == (3, circuit.Circuit.OPEN)
    assert relay.claim(in_(15)) == []
    assert webhooks(attempts=0).count() == 3
    [probe] = relay.claim(in_(25))
    assert relay.claim(in_(25)) == []
    relay.start(probe, in_(25))
    relay.finish(probe, {"status": 200}, in_(25))
    subscription.refresh_from_db()
    assert (subscription.failures, circuit.state(subscription, in_(25))) == (0, circuit.Circuit.CLOSED)
    assert len(relay.claim(in_(25))) == 3


def test_a_probe_that_fails_opens_the_circuit_for_twice_as_long(subscription, organisation):
    for number in range(6):
        send(organisation, f"m{number}")
    fail_all(in_(0))
    fail_all(in_(21), 1)
    assert relay.claim(in_(60)) == []
    assert len(relay.claim(in_(62))) == 1


def test_the_pause_has_an_end(subscription):
    for _failure in range(60):
        circuit.note_failure(subscription.pk, START)
    subscription.refresh_from_db()
    assert subscription.paused_until - START == circuit.LONGEST_PAUSE


def test_a_worker_that_vanishes_is_not_the_receivers_fault(subscription, organisation):
    send(organisation, "m1")
    [given] = relay.claim(in_(0))
    relay.start(given, in_(0))
    relay.claim(in_(31))
    subscription.refresh_from_db()
    assert subscription.failures == 0


def test_receivers_are_shown(subscription, organisation):
    for number in range(4):
        send(organisation, f"m{number}")
    fail_all(in_(0))
    [receiver] = receivers.receivers(in_(0))
    assert (receiver.subscription, receiver.circuit, receiver.under_way) == (subscription, circuit.Circuit.OPEN, 4)
    assert (receiver.in_flight, receiver.given_up) == (0, 0)
    assert receiver.since == webhooks().earliest("pk").created_at


# -- R-A3, O-F21: positions ---------------------------------------------------------------------------------------


def test_r_a3_positions_are_a_subscriptions_own(subscription, subscriber, organisation):
    """Many messages of others in between: each receiver counts 1, 2, 3, and learns nothing of them."""
    other = OrganisationFactory()
    subscriptions.subscribe(other, subscriber.url)
    for number in range(3):
        send(organisation, f"m{number}")
        for more in range(5):
            send(other, f"o{number}-{more}")
    while deliver(relay.claim(in_(0))):
        pass
    seen = Counter((body["key"][0], body["position"]) for body in subscriber.bodies())
    assert seen == Counter([("m", n) for n in (1, 2, 3)] + [("o", n) for n in range(1, 16)])


def test_o_f21_a_position_stays_with_its_message_at_every_attempt(subscription, subscriber, organisation):
    subscriber.answers = [(503, {}, {}), (200, {}, {})]
    send(organisation, "m1")
    send(organisation, "m1")
    deliver(relay.claim(in_(0)))
    relay.claim(in_(11))
    deliver(relay.claim(in_(42)))
    deliver(relay.claim(in_(42)))
    assert [body["position"] for body in subscriber.bodies()] == [1, 1, 2]


def test_positions_ascend_within_a_key_whatever_fails(subscription, organisation):
    chance, now = random.Random(20261130), 0
    for number in range(30):
        send(organisation, f"m{number % 4}", number)
    while webhooks(state__in=[State.PENDING, State.LEASED]).exists():
        now += 31
        for given in relay.claim(in_(now)):
            kind = chance.choice(["lost", "vanished", "failed", "done", "done"])
            if kind != "lost" and relay.start(given, in_(now)):
                {"failed": relay.fail, "done": relay.finish}.get(kind, lambda *_given: None)(
                    given, {"status": 200} if kind == "done" else "no", in_(now)
                )
        Subscription.objects.update(failures=0, paused_until=None)
    rows = list(webhooks().order_by("id").values_list("key", "position"))
    assert sorted(position for _key, position in rows) == list(range(1, 31))
    for key in {key for key, _position in rows}:
        own = [position for of, position in rows if of == key]
        assert own == sorted(own)


@pytest.mark.django_db(transaction=True)
def test_claiming_holds_up_no_act_and_an_act_no_claiming(subscription, organisation):
    """Acts insert messages only: the lock on the subscription is not theirs."""
    send(organisation, "m1")
    with transaction.atomic():
        assert len(relay.claim(in_(0))) == 1
        sent = threading.Thread(target=_send_elsewhere, args=[organisation])
        sent.start()
        sent.join(30)
        assert not sent.is_alive()
    assert webhooks().count() == 2


def _send_elsewhere(organisation):
    try:
        send(organisation, "m2")
    finally:
        connections.close_all()


@pytest.mark.django_db(transaction=True)
def test_several_relays_at_once_claim_each_message_once_without_gaps(subscription, organisation, settings):
    settings.WEBHOOK_IN_FLIGHT = settings.OUTBOX_IN_FLIGHT = 40
    for number in range(40):
        send(organisation, f"m{number}")
    made: list[Claim] = []
    threads = [threading.Thread(target=_claim_all, args=[made]) for _number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    made += relay.claim(in_(0))
    assert Counter(given.message_id for given in made) == Counter(webhooks().values_list("pk", flat=True))
    assert sorted(webhooks().values_list("position", flat=True)) == list(range(1, 41))


def _claim_all(made):
    try:
        for _round in range(8):
            made += relay.claim(in_(0), limit=5)
    finally:
        connections.close_all()


# -- a worker's turn, and its patience ----------------------------------------------------------------------------


def test_a_worker_goes_on_with_what_is_due_for_the_same_receiver(subscription, subscriber, organisation, monkeypatch):
    monkeypatch.setattr(tasks, "TURN_SECONDS", 600.0)
    for number in range(5):
        send(organisation, "m1", number)
    [given] = relay.claim(in_(0))
    assert tasks.deliver_in_turn(given.message_id, given.number) == 5
    assert [body["data"]["number"] for body in subscriber.bodies()] == list(range(5))


def test_a_turn_ends_with_the_first_failure(subscription, subscriber, organisation):
    subscriber.answers = [(200, {}, {}), (500, {}, {})]
    for number in range(5):
        send(organisation, f"m{number}")
    given = relay.claim(in_(0))[0]
    assert tasks.deliver_in_turn(given.message_id, given.number) == 2


def test_a_turn_has_an_end(subscription, subscriber, organisation, monkeypatch):
    monkeypatch.setattr(tasks, "TURN_SECONDS", 0)
    for number in range(5):
        send(organisation, f"m{number}")
    given = relay.claim(in_(0))[0]
    assert tasks.deliver_in_turn(given.message_id, given.number) == 1


def test_a_receiver_that_trickles_its_headers_does_not_hold_the_worker(subscription, organisation, settings):
    """Each octet comes in time, the answer never: the attempt ends with the patience for the whole."""
    settings.WEBHOOK_HOSTS, settings.WEBHOOK_TIMEOUT_SECONDS = ["127.0.0.1"], 1
    stop = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=_trickle, args=[server, stop], daemon=True).start()
        subscription.url = f"http://127.0.0.1:{server.getsockname()[1]}/"
        message = Message(subscription=subscription, organisation=organisation, payload={})
        begun = time.monotonic()
        with pytest.raises(webhook.NotDelivered):
            webhook.post(message, timezone.now())
        stop.set()
    assert time.monotonic() - begun < 10


def _trickle(server, stop):
    peer, _address = server.accept()
    with peer:
        peer.sendall(b"HTTP/1.1 200 OK\r\nx-slow: ")
        try:
            while not stop.wait(0.2):
                peer.sendall(b"x")
        except OSError:
            return


# -- given up -----------------------------------------------------------------------------------------------------


def test_messages_that_were_given_up_are_claimed_for_a_notice_once(subscription, organisation, settings):
    settings.OUTBOX_RETRY_SECONDS = []
    for number in range(2):
        send(organisation, f"m{number}")
    fail_all(in_(0))
    assert webhooks().filter(state=State.DEAD).count() == 2
    assert receivers.claim_given_up(in_(0)) == [receivers.GivenUp(subscription, 2)]
    assert receivers.claim_given_up(in_(0)) == []
    relay.retry(Message.objects.all())
    Subscription.objects.update(failures=0, paused_until=None)
    fail_all(in_(0))
    assert receivers.claim_given_up(in_(0)) == [receivers.GivenUp(subscription, 2)]
