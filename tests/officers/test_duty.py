"""Who is on duty."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from ecase.officers import duty
from ecase.officers.models import Absence, DutyShift, Organisation, Post, Role
from tests.factories import DutyShiftFactory, OrganisationFactory, PostFactory

pytestmark = pytest.mark.django_db

NOW = timezone.now()
HOUR = timedelta(hours=1)


@pytest.fixture
def office() -> Organisation:
    return OrganisationFactory(prosecution=True)


def prosecutor(office: Organisation, **fields: object) -> Post:
    return PostFactory(prosecutor=True, organisation=office, **fields)


def shift(post: Post, rank: int = 1, **fields: object) -> DutyShift:
    return DutyShiftFactory(post=post, rank=rank, **fields)


def test_those_on_duty_are_named_in_the_order_of_calling(
    office: Organisation, django_assert_num_queries: object
) -> None:
    second, first = prosecutor(office), prosecutor(office)
    shift(second, 2)
    shift(first, 3)
    shift(first, 1, takes_over=True)  # on two rosters at once: the better place counts
    prosecutor(office)
    shift(PostFactory(prosecutor=True))
    shift(PostFactory(clerk=True, organisation=office))
    with django_assert_num_queries(1):  # type: ignore[operator]
        assert duty.on_duty(office, Role.PROSECUTOR) == [first, second]


def test_a_shift_begins_at_its_start_and_is_over_at_its_end(office: Organisation) -> None:
    post = prosecutor(office)
    shift(post, starts_at=NOW, ends_at=NOW + HOUR)
    instants = (NOW - HOUR / 60, NOW, NOW + HOUR - HOUR / 60, NOW + HOUR)
    assert [bool(duty.on_duty(office, Role.PROSECUTOR, at)) for at in instants] == [False, True, True, False]


def test_whoever_is_absent_or_has_left_is_not_called(office: Organisation) -> None:
    ill, gone, there = prosecutor(office), prosecutor(office, valid_to=NOW), prosecutor(office)
    for rank, post in enumerate((ill, gone, there), 1):
        shift(post, rank)
    Absence.objects.create(post=ill, ground="illness", starts_at=NOW - HOUR)
    assert duty.on_duty(office, Role.PROSECUTOR, NOW) == [there]
    assert duty.on_duty(office, Role.PROSECUTOR, NOW - 2 * HOUR) == [ill, gone, there]


def test_an_absence_ends_after_it_begins(office: Organisation) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Absence.objects.create(post=prosecutor(office), ground="leave", starts_at=NOW, ends_at=NOW)
