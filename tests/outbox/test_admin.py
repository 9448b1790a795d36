"""Log and outbox are shown to administrators, and can be changed by nobody; secrets are not shown."""

import pytest
from django.contrib import admin

from ecase.audit.models import Checkpoint, Entry
from ecase.outbox.models import Message, Notice, Subscription


@pytest.mark.parametrize("model", [Entry, Checkpoint, Message, Notice, Subscription])
def test_nothing_can_be_written(model, rf):
    shown, request = admin.site._registry[model], rf.get("/")
    assert not shown.has_add_permission(request)
    assert not shown.has_change_permission(request)
    assert not shown.has_delete_permission(request)


def test_a_subscriptions_secret_is_not_shown():
    assert "secret" in admin.site._registry[Subscription].exclude
