"""Notices stand by motion, and what asks somebody to step in looks unlike a reminder."""

import re
from datetime import timedelta
from typing import Any

import time_machine
from django.utils import timezone

from ecase.outbox import services as outbox
from ecase.portal.inbox import headline
from tests.factories import PostFactory
from tests.motions.conftest import World
from tests.portal.conftest import Visitor
from workflows.motions.acts.registry import SPECS
from workflows.motions.notifications import NOBODY


def test_an_act_has_a_headline_if_and_only_if_it_tells_somebody() -> None:
    for spec in SPECS.values():
        assert bool(spec.headline) == (spec.notifies is not NOBODY), spec.type
        assert not spec.headline or headline(f"motion.{spec.type}") == spec.headline


def test_a_call_to_duty_says_what_it_is_and_names_the_kind(visitor: Visitor) -> None:
    post = PostFactory(judge=True)
    about = {"motion": "", "case": "1", "number": "a"}
    for topic, kind in (("motion.assignment", {"kind": "custody"}), ("duty.called", {}), ("copy.overdue", {})):
        outbox.send(topic, key="a", to=post.officer, payload={**about, **kind})
    page = visitor(post).get("/inbox/").content.decode()
    assert "You were called: you are on duty for this motion" in page
    assert "A copy has not been received yet" in page
    assert "Detention in custody" in page
    assert "News of a motion" not in page


def test_notices_of_a_motion_stand_together_and_are_read_together(world: World, visitor: Visitor) -> None:
    first, second = world.assigned("custody"), world.assigned("search")
    client = visitor(world.posts["investigator"])
    page = client.get("/inbox/").content.decode()
    assert page.count('<li class="app-notice') == 2
    assert page.count('class="app-notice__new"') == 2

    newest = re.search(r'action="(/inbox/\d+/)"', page)
    assert newest
    assert client.post(newest[1])["Location"] == f"/motions/{second.pk}/"
    page = client.get("/inbox/").content.decode()
    assert page.count('class="app-notice__new"') == 1
    assert str(first.number) in page


def test_an_escalation_comes_first_and_looks_different(visitor: Visitor) -> None:
    post = PostFactory(head_of_unit=True)
    about = {"motion": "", "case": "1", "number": "", "due_at": "2026-11-21T09:00:00Z"}
    for topic, key in (("deadline.escalated", "a"), ("deadline.reminder", "b"), ("motion.motion", "c")):
        outbox.send(topic, key=key, to=post.officer, payload={**about, "number": key})
    page = visitor(post).get("/inbox/").content.decode()
    assert re.findall(r"app-notice__line--(\w+)", page) == ["escalation", "news", "reminder"]
    assert page.count("app-notice--escalated") == 1
    assert "Step in" in page
    assert "21.11.2026 14:00" in page


def test_p_a12_a_notice_names_the_person_and_is_read_when_the_motion_is_opened(world: World, visitor: Visitor) -> None:
    motion = world.filed("custody")
    client = visitor(world.posts["prosecutor"])
    page = client.get("/inbox/").content.decode()
    assert motion.case.persons.get(pk=motion.payload["suspect"]).full_name in page
    assert "app-notice--new" in page
    client.get(f"/motions/{motion.pk}/")
    assert "app-notice--new" not in client.get("/inbox/").content.decode()
    told = visitor(world.posts["prosecutor"]).get(f"/motions/{motion.pk}/notices/").content.decode()
    assert world.posts["prosecutor"].officer.short_name in told


def test_p_a12_what_one_moment_brings_is_one_line(visitor: Visitor) -> None:
    post = PostFactory(judge=True)
    about = {"motion": "", "case": "1", "number": "a"}
    for topic in ("motion.assignment", "duty.called", "deadline.reminder"):
        outbox.send(topic, key="a", to=post.officer, payload=about)
    with time_machine.travel(timezone.now() + timedelta(minutes=2), tick=False):
        outbox.send("motion.hearing_order", key="a", to=post.officer, payload=about)
    page = visitor(post).get("/inbox/").content.decode()
    assert re.findall(r"app-notice__line--(\w+)", page) == ["news", "escalation"]
    assert page.count('<li class="app-notice') == 1


def test_p_a12_nobody_is_notified_of_his_own_act(world: World) -> None:
    motion = world.decided("custody", "sanctioned")
    own: Any = outbox.notices(world.post(motion, "judge")).filter(key=str(motion.pk), officer=motion.judge)
    assert not {notice.topic for notice in own} & {"motion.protocol", "motion.endorsement"}


def test_p_a12_nobody_above_is_called_at_the_moment_of_filing(world: World) -> None:
    motion = world.assigned("search")
    assert motion.deadlines.filter(at_once=True).exists()
    assert not motion.deadlines.filter(at_once=True, escalate_at__isnull=False).exists()
