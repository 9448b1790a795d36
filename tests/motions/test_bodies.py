"""R-A9: the system of each body that may see a motion gets every act, and no other system does."""

from collections import Counter

import pytest

from ecase.officers.models import Organisation, Post, Role
from ecase.outbox import subscriptions
from ecase.outbox.models import Message, Notice, Subscription
from tests.motions.conftest import World
from workflows.motions.models import Motion
from workflows.motions.notifications import bodies_that_see

pytestmark = pytest.mark.django_db


def subscribe_all() -> None:
    for body in Organisation.objects.all():
        Subscription.objects.create(organisation=body, url=f"https://{body.bin}.example/hook")


def posted(motion: Motion) -> Counter[tuple[str, str]]:
    rows = Message.objects.filter(key=str(motion.pk), subscription__isnull=False)
    return Counter(rows.values_list("topic", "organisation__kind"))


def seen_by(motion: Motion) -> set[str]:
    """The bodies a post of which sees the motion, whoever holds it: its own author and judge count by the court."""
    posts = Post.objects.current().exclude(role=Role.DEFENDER).select_related("officer", "organisation")
    return {str(post.organisation_id) for post in posts if motion.is_open_to(post)}


@pytest.mark.parametrize("kind", ["custody", "search", "exhumation", "deposition"])
@pytest.mark.parametrize("stand", ["draft", "filed", "assigned"])
def test_the_bodies_are_those_that_see_the_motion(world: World, kind: str, stand: str) -> None:
    motion = world.fresh(getattr(world, stand)(kind))

    assert {str(body.pk) for body in bodies_that_see(motion)} == seen_by(motion)


def test_every_act_reaches_every_body_that_sees_it(world: World) -> None:
    subscribe_all()
    motion = world.decided("custody", "sanctioned")
    found = posted(motion)

    assert found["motion.motion", "investigation"] == found["motion.motion", "prosecution"] == 1
    # It is the court's only once it is registered there.
    assert not found["motion.motion", "court"]
    assert not found["motion.agreement", "court"]
    for topic in ("motion.registration", "motion.assignment", "motion.protocol"):
        for kind in ("investigation", "prosecution", "court"):
            assert found[topic, kind] == 1, (topic, kind)
    assert {kind for _topic, kind in found} == {"investigation", "prosecution", "court"}


def test_who_gets_a_message_is_not_noticed_for_it(world: World) -> None:
    subscribe_all()
    motion = world.assigned("custody")
    investigation = Notice.objects.filter(organisation=world.case.organisation, key=str(motion.pk))

    assert not investigation.exists()


def test_a_secret_motion_reaches_no_system(world: World) -> None:
    subscribe_all()
    motion = world.assigned("covert_action")

    assert not posted(motion)


def test_topics_narrow_what_is_posted(world: World) -> None:
    body = (
        world.case.court
        if hasattr(world.case, "court")
        else Organisation.objects.get(pk=world.draft("custody").court_id)
    )
    subscriptions.subscribe(body, "https://court.example/hook", topics=["motion.protocol"])
    motion = world.decided("custody", "sanctioned")

    assert posted(motion) == {("motion.protocol", "court"): 1}
