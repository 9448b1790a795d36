"""A third channel, as docs/how-to/add-a-channel.md makes it: one module, known to everything else by its name."""

import json
import re
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from ecase.audit.models import Entry
from ecase.outbox import receivers, relay, services, subscriptions, tasks
from ecase.outbox.channels import registry
from ecase.outbox.channels.base import Forbidden, NoSuchChannel
from ecase.outbox.models import Message, State, Subscription
from tests.factories import OrganisationFactory

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "add-a-channel.md"


@pytest.fixture(autouse=True)
def channel():
    """The one that the page makes, for the time of a test."""
    [module] = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
    namespace = {"__name__": "ecase.outbox.channels.folder"}
    exec(compile(module, str(PAGE), "exec"), namespace)
    added = registry.find_channel("folder")
    yield added
    if added.name in registry.channel_names():
        registry.unregister(added.name)


@pytest.fixture
def organisation(db):
    return OrganisationFactory()


@pytest.fixture
def folder(organisation, channel, tmp_path):
    subscriptions.subscribe(organisation, str(tmp_path), channel=channel.name)
    return tmp_path


def send(to, number=0):
    return services.send("motion.protocol", key="m1", to=to, payload={"number": number})[-1]


def deliver(now=None):
    """What the relay and the workers do, without the broker between them."""
    return [tasks.deliver(given.message_id, given.number) for given in relay.claim(now or timezone.now())]


def written(folder):
    found = sorted((json.loads(file.read_text()) for file in folder.iterdir()), key=lambda file: file["position"])
    return [(file["position"], file["data"]["number"]) for file in found]


def test_messages_go_over_a_third_channel_in_order(organisation, folder, channel):
    for number in (7, 8):
        send(organisation, number)
    assert deliver() == deliver() == [State.DELIVERED]
    assert written(folder) == [(1, 7), (2, 8)]
    message = Message.objects.exclude(subscription=None).earliest("id")
    assert (message.channel, message.state) == (channel.name, State.DELIVERED)
    assert message.acknowledgement["written"] > 0


def test_a_worker_delivers_its_backlog_in_turn(organisation, folder):
    for number in range(3):
        send(organisation, number)
    [given] = relay.claim(timezone.now())
    assert tasks.deliver_in_turn(given.message_id, given.number) == 3
    assert len(written(folder)) == 3


def test_what_fails_waits_and_counts_against_its_receiver(organisation, folder):
    folder.rmdir()
    message = send(organisation)
    assert deliver() == [State.PENDING]
    message.refresh_from_db()
    assert (message.attempts, "No such file" in message.fault) == (1, True)
    assert Subscription.objects.get().failures == 1
    [receiver] = receivers.receivers()
    assert (receiver.under_way, receiver.subscription.url) == (1, str(folder))


def test_the_reconciliation_asks_the_channel_for_its_proof(organisation, folder):
    message = send(organisation)
    deliver()
    assert (relay.reconcile().difference, relay.reconcile().lost) == (0, 0)
    Message.objects.filter(pk=message.pk).update(acknowledgement={"written": 0})
    assert (relay.reconcile().difference, relay.reconcile().lost) == (1, 1)


def test_only_a_channel_that_proves_receipt_settles_copies(organisation, folder, channel):
    send(organisation)
    deliver()
    assert not services.receipts().exists()
    channel.proves_receipt = True
    assert services.receipts().get().channel == channel.name


def test_without_its_channel_a_message_waits_and_is_no_proof(organisation, folder, channel):
    message, delivered = send(organisation), Message.objects.filter(state=State.DELIVERED, subscription=None)
    registry.unregister(channel.name)
    assert deliver() == [State.PENDING]
    message.refresh_from_db()
    assert f"no channel '{channel.name}'" in message.fault
    assert delivered.count() == 1


def test_each_channel_says_which_addresses_it_serves(organisation, channel, tmp_path, capsys):
    subscribe = ["outbox", "subscribe", "--organisation", organisation.bin, "--channel", channel.name, "--url"]
    with pytest.raises(CommandError, match="absolute path"):
        call_command(*subscribe, "some/folder")
    call_command(*subscribe, str(tmp_path))
    assert Subscription.objects.get().channel == channel.name
    [made] = [entry for entry in Entry.objects.all() if entry.event == "subscription.made"]
    assert made.content["data"] == {"channel": channel.name, "url": str(tmp_path)}
    with pytest.raises(Forbidden, match="no subscription"):
        subscriptions.subscribe(organisation, "x", channel="portal")
    with pytest.raises(NoSuchChannel, match="no channel 'pigeon'"):
        subscriptions.subscribe(organisation, "x", channel="pigeon")


def test_two_channels_never_have_one_name(channel):
    with pytest.raises(ValueError, match="two channels"):
        registry.register(channel)
    assert registry.channel_names() == sorted([channel.name, "portal", "webhook"])


def test_what_waits_has_a_subscription(organisation, channel):
    with pytest.raises(IntegrityError, match="outbox_under_way_has_subscription"), transaction.atomic():
        Message.objects.create(topic="t", key="k", channel=channel.name, organisation=organisation, payload={})


def test_sending_takes_one_statement_over_every_channel(organisation, folder, django_assert_num_queries):
    other = OrganisationFactory()
    with django_assert_num_queries(1):
        services.send_all("motion.protocol", key="m1", to=[(organisation, ()), (other, ())], payload={})
