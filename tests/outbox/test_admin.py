"""Of the outbox, administrators see the subscriptions; nobody changes them there, and secrets are not shown."""

from django.contrib import admin

from ecase.audit.models import Checkpoint, Entry
from ecase.outbox.models import Message, Notice, Subscription


def test_nothing_can_be_written(rf):
    shown, request = admin.site._registry[Subscription], rf.get("/")
    assert not shown.has_add_permission(request)
    assert not shown.has_change_permission(request)
    assert not shown.has_delete_permission(request)


def test_what_is_of_cases_is_not_in_the_admin():
    assert not {Entry, Checkpoint, Message, Notice} & set(admin.site._registry)


def test_a_subscriptions_secret_is_not_shown():
    assert "secret" in admin.site._registry[Subscription].exclude
