"""Sending: in the caller's transaction, a notice at once, a webhook in order; the inbox shows each post its own."""

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, transaction

from ecase.outbox import services, subscriptions
from ecase.outbox.channels import portal, webhook
from ecase.outbox.models import Message, Notice, NoticeRead, State
from tests.factories import OfficerFactory, OrganisationFactory, PostFactory


def send(to, key="m1", **options):
    return services.send("motion.protocol", key=key, to=to, payload={"motion": key}, **options)


def test_a_notice_is_in_the_inbox_at_once(db):
    post = PostFactory()
    [message] = send(post.officer)
    notice = services.notices(post).get()
    assert (message.channel, message.state) == (portal.NAME, State.DELIVERED)
    assert (notice.message, notice.topic, notice.payload, notice.read_at) == (
        message,
        "motion.protocol",
        {"motion": "m1"},
        None,
    )
    assert services.pending("m1") == 0


def test_an_organisation_with_a_webhook_gets_both(subscription, organisation):
    noticed, posted = send(organisation)
    assert (noticed.channel, posted.channel) == (portal.NAME, webhook.NAME)
    assert (posted.state, posted.subscription) == (State.PENDING, subscription)
    assert services.pending("m1") == 1


def test_an_ended_subscription_gets_nothing(subscription, organisation):
    subscriptions.unsubscribe(subscription)
    assert [message.channel for message in send(organisation)] == [portal.NAME]


def test_what_is_rolled_back_was_not_sent(db, organisation):
    with transaction.atomic():
        send(organisation)
        transaction.set_rollback(True)
    assert not Message.objects.exists()
    assert not Notice.objects.exists()


def test_only_organisations_and_officers_receive(db):
    with pytest.raises(TypeError, match="organisation or an officer"):
        send(PostFactory())


def test_the_inbox_holds_what_is_mine_and_ours_and_nothing_else(db):
    post, stranger = PostFactory(), PostFactory()
    send(post.officer, "mine")
    send(post.organisation, "ours")
    send(stranger.officer, "theirs")
    send(stranger.organisation, "theirs")
    assert [notice.key for notice in services.notices(post)] == ["ours", "mine"]


def test_roles_narrow_an_organisations_notice(db):
    judge = PostFactory(judge=True)
    clerk = PostFactory(clerk=True, organisation=judge.organisation)
    send(judge.organisation, roles=["clerk"])
    assert [services.unread(post) for post in (judge, clerk)] == [0, 1]


def test_a_post_that_has_ended_sees_nothing(db):
    post = PostFactory(valid_to=datetime(2021, 1, 1, tzinfo=UTC))
    send(post.officer)
    assert not services.notices(post).exists()
    assert services.mark_read(post) == 0


def test_each_officer_reads_for_himself(db):
    reader = PostFactory()
    other = PostFactory(organisation=reader.organisation)
    send(reader.organisation)
    notice = services.notices(reader).get()
    assert services.mark_read(reader, [notice.pk]) == 1
    assert services.mark_read(reader, [notice.pk]) == 0
    assert [services.unread(post) for post in (reader, other)] == [0, 1]
    assert services.notices(reader).get().read_at == NoticeRead.objects.get().read_at
    assert services.notices(other).get().read_at is None


def test_nobody_reads_anothers_notice(db):
    post, stranger = PostFactory(), PostFactory()
    send(post.officer)
    assert services.mark_read(stranger, [services.notices(post).get().pk]) == 0
    assert services.unread(post) == 1


def test_all_can_be_marked_as_read(db):
    post = PostFactory()
    for key in "abc":
        send(post.officer, key)
    assert services.mark_read(post) == 3
    assert services.unread(post) == 0


def test_the_database_refuses_a_delivery_without_proof(db, organisation):
    [message] = send(organisation)
    for change in ({"acknowledgement": None}, {"delivered_at": None}, {"officer": OfficerFactory()}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Message.objects.filter(pk=message.pk).update(**change)


def test_a_message_has_one_notice(db, organisation):
    [message] = send(organisation)
    with pytest.raises(IntegrityError), transaction.atomic():
        Notice.objects.create(message=message, organisation=OrganisationFactory(), topic="x", key="x", payload={})
