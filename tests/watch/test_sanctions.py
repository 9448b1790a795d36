"""A sanction near its end and past it: warned of once, run out once, with the true instants."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from ecase.audit.models import Entry
from ecase.instants import format_instant
from ecase.officers.models import Organisation
from ecase.outbox.models import Message, Notice, Subscription
from tests.factories import OrganisationFactory
from tests.motions.world import World
from tests.past_guards import move
from workflows.motions.models import Motion
from workflows.motions.states import ActType, State
from workflows.watch import duties

pytestmark = pytest.mark.django_db


def logged(event: str) -> list[dict[str, Any]]:
    return [entry.content["data"] for entry in Entry.objects.order_by("pk") if entry.event == event]


def until(motion: Motion, end: datetime) -> Motion:
    """The sanction as if the judge had given it this end."""
    move(motion, valid_until=end, warn_at=end - timedelta(hours=24))
    return Motion.objects.get(pk=motion.pk)


@pytest.fixture
def custody(world: World) -> Motion:
    return world.decided("custody", "sanctioned")


def test_a_custody_warns_twenty_four_hours_before_its_end(custody: Motion) -> None:
    assert custody.valid_until is not None
    assert custody.warn_at == custody.valid_until - timedelta(hours=24)


def test_those_whom_the_catalogue_names_are_warned_once(world: World, custody: Motion) -> None:
    place = OrganisationFactory(kind=Organisation.Kind.FACILITY, parent=world.case.organisation)
    end = timezone.now() + timedelta(hours=24)
    motion = until(custody, end)
    assert duties.warn_of_end(end - timedelta(hours=25)) == 0
    assert [duties.warn_of_end(end - timedelta(hours=23)) for _round in range(2)] == [1, 0]
    [entry] = logged("sanction.ending")
    assert sorted(entry["told"]) == ["facility", "investigator", "prosecutor"]
    notices = Notice.objects.filter(message__topic="sanction.ending")
    assert {notice.organisation or notice.officer for notice in notices} == {
        place,
        motion.author.officer,
        world.case.prosecution,
    }
    motion = world.fresh(motion)
    assert (motion.warn_at, motion.valid_until) == (None, end)


def test_after_days_of_downtime_it_is_warned_of_and_run_out_with_the_true_end(custody: Motion) -> None:
    end = timezone.now() - timedelta(days=2)
    motion = until(custody, end)
    now = timezone.now()
    assert (duties.warn_of_end(now), duties.expire_sanctions(now)) == (1, 1)
    assert (duties.warn_of_end(now), duties.expire_sanctions(now)) == (0, 0)
    [act] = motion.acts.filter(type=ActType.EXPIRY)
    assert act.payload["valid_until"] == format_instant(end)
    assert logged("sanction.ending")[0]["valid_until"] == format_instant(end)
    assert Motion.objects.get(pk=motion.pk).state == State.EXPIRED


def test_a_warning_that_is_owed_at_the_end_is_given_with_it_and_never_after(world: World, custody: Motion) -> None:
    """Another watch, or the end of a turn, may let the end come first: the warning is not lost."""
    motion = until(custody, timezone.now() - timedelta(minutes=1))
    assert duties.expire_sanctions(timezone.now()) == 1
    assert Motion.objects.get(pk=motion.pk).warn_at is None
    assert duties.warn_of_end(timezone.now()) == 0
    told = [
        entry.event for entry in Entry.objects.order_by("pk") if entry.event in ("sanction.ending", "act.performed")
    ]
    assert told[-2:] == ["sanction.ending", "act.performed"]
    assert len(logged("sanction.ending")) == 1


def test_a_warning_that_fails_does_not_keep_a_sanction_from_its_end(
    custody: Motion, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_given: Any) -> None:
        raise ValueError("nobody to tell")

    motion = until(custody, timezone.now() - timedelta(minutes=1))
    monkeypatch.setattr("workflows.watch.sanctions.tell", fail)
    assert duties.warn_of_end(timezone.now()) == 0
    assert duties.expire_sanctions(timezone.now()) == 1
    assert Motion.objects.get(pk=motion.pk).state == State.EXPIRED
    assert not logged("sanction.ending")


def test_a_decision_that_waits_for_its_messages_keeps_no_other_waiting(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fifty that wait for a receiver who is away are a whole batch: the next one is delivered all the same."""
    monkeypatch.setattr("workflows.watch.batch.BATCH", 1)
    hook = Subscription.objects.create(organisation=world.case.prosecution, url="https://prosecutor.example/hook")
    first = world.decided("custody", "refused")
    hook.active = False
    hook.save()
    second = world.decided("custody", "refused")
    assert Message.objects.filter(key=str(first.pk), channel="webhook").exclude(state="delivered").exists()
    assert duties.deliver_decisions(timezone.now()) == 1
    assert [world.fresh(motion).state for motion in (first, second)] == [State.DECIDED, State.DELIVERED]
