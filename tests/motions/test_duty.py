"""At night officers on duty are called one after another, some minutes apart, until one opens the materials."""

from datetime import datetime, timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from ecase.officers.models import Post
from ecase.outbox.models import Message
from tests.factories import DutyShiftFactory, judge_of, prosecutor_of
from tests.motions.world import World
from workflows.motions.states import ActType, State
from workflows.watch import assignment

pytestmark = pytest.mark.django_db


def on_duty(*posts: Post) -> None:
    for rank, post in enumerate(posts, 1):
        DutyShiftFactory(post=post, rank=rank, takes_over=True)


def minutes_later() -> datetime:
    return timezone.now() + timedelta(minutes=settings.DUTY_CALL_MINUTES, seconds=1)


def called(world: World, post: Post) -> int:
    return Message.objects.filter(topic="duty.called", officer=post.officer).count()


def test_the_prosecutor_on_duty_is_called_then_the_next(world: World) -> None:
    first, second = world.posts["prosecutor"], prosecutor_of(world.case)
    on_duty(first, second)
    world.filed("custody")
    assert (called(world, first), called(world, second)) == (1, 0)

    assert assignment.pass_on_calls(minutes_later()) == 1

    assert (called(world, first), called(world, second)) == (1, 1)


def test_whoever_opens_the_materials_has_answered(world: World) -> None:
    first, second = world.posts["prosecutor"], prosecutor_of(world.case)
    on_duty(first, second)
    world.opened(world.filed("custody"), "prosecutor")

    assert assignment.pass_on_calls(minutes_later()) == 0
    assert called(world, second) == 0


def test_a_motion_goes_to_the_judge_who_is_called_next(world: World) -> None:
    first, second = world.posts["judge"], judge_of(world.case)
    on_duty(first, second)
    motion = world.filed("search")
    assert motion.judge == first.officer

    assignment.pass_on_calls(minutes_later())

    motion = world.fresh(motion)
    assert (motion.state, motion.judge) == (State.ASSIGNED, second.officer)
    assert called(world, second) == 1
    assert motion.acts.filter(type=ActType.ASSIGNMENT).count() == 2
