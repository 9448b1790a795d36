"""Equal refusals: the first is logged at once, the rest are counted and logged once a minute."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from ecase.audit.models import Entry, RepeatedRefusal
from ecase.audit.refusals import append_refusal, enter_refusals
from tests.audit.conftest import ACTOR

pytestmark = pytest.mark.django_db


def refuse(why="conflict", chain="system"):
    data = {"act": "agreement", "why": why, "codes": []}
    return append_refusal("act.refused", chain=chain, actor=ACTOR, subject={"motion": "m1"}, data=data)


def times():
    return [entry.content["data"].get("times", 1) for entry in Entry.objects.order_by("id")]


def test_the_first_is_entered_at_once_and_says_nothing_of_times():
    assert refuse() is not None
    assert refuse() is None
    assert "times" not in Entry.objects.get().content["data"]


def test_every_attempt_is_counted_once():
    began = timezone.now()
    with time_machine.travel(began, tick=False) as clock:
        for second in (0, 1, 2, 61, 62):
            clock.move_to(began + timedelta(seconds=second))
            refuse()
        clock.move_to(began + timedelta(seconds=130))
        enter_refusals(timezone.now())
    assert times() == [1, 3, 1]


def test_what_differs_is_another_refusal():
    refuse()
    refuse(why="not-allowed")
    refuse(chain="case:1")
    assert Entry.objects.count() == 3


def test_old_counts_go():
    refuse()
    enter_refusals(timezone.now() + timedelta(days=2))
    assert not RepeatedRefusal.objects.exists()


def test_nothing_waits_before_its_minute():
    refuse()
    refuse()
    assert enter_refusals(timezone.now()) == 0
    assert enter_refusals(timezone.now() + timedelta(seconds=61)) == 1
    assert times() == [1, 1]
