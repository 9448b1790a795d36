"""Notices stand by motion, and what asks somebody to step in looks unlike a reminder."""

import re

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
