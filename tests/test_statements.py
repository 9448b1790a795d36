"""Hot queries: the ORM words them once, and the rows are those of the ORM."""

import uuid
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import DataError, connection, transaction
from django.db.models import BigIntegerField, CharField, Func, QuerySet, Value
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from psycopg.types.numeric import Int8

from ecase.officers.models import Officer, Post, Role
from ecase.pagination import Cursor
from ecase.statements import HotQuery, HotUpdate
from tests.factories import PostFactory
from tests.threads import together
from workflows.motions import queries

pytestmark = pytest.mark.django_db


class Built:
    """Counts how often the ORM is asked."""

    def __init__(self) -> None:
        self.times = 0

    def held(self, role: str, officer: uuid.UUID) -> "QuerySet[Post]":
        self.times += 1
        return Post.objects.filter(role=role, officer=officer).select_related("officer", "organisation")


def test_rows_are_those_of_the_orm_and_it_is_asked_once_a_shape() -> None:
    posts, built = [PostFactory(), PostFactory()], Built()
    query: HotQuery[Post] = HotQuery(built.held)

    found = [query.rows(post.role, officer=post.officer_id) for post in posts]

    assert found == [[post] for post in posts]
    assert built.times == len({post.role for post in posts})


@pytest.mark.django_db(transaction=True)
def test_a_statement_is_sent_over_the_connection_of_the_thread_that_asks() -> None:
    post, built = PostFactory(), Built()
    query: HotQuery[Post] = HotQuery(built.held)

    found = [together(lambda: query.rows(post.role, officer=post.officer_id)) for _thread in range(2)]

    assert found == [[[post]], [[post]]]
    assert built.times == 1


def test_related_rows_come_with_the_statement() -> None:
    post = PostFactory()
    query: HotQuery[Post] = HotQuery(Built().held)

    with CaptureQueriesContext(connection) as sent:
        (found,) = query.rows(post.role, officer=post.officer_id)
        assert (found.officer.iin, found.organisation.bin) == (post.officer.iin, post.organisation.bin)
    assert len(sent) == 1


def test_columns_without_models() -> None:
    post = PostFactory()
    query: HotQuery[dict[str, Any]] = HotQuery(lambda officer: Post.objects.filter(officer=officer).values("role"))

    assert query.rows(officer=post.officer_id) == [{"role": post.role}]
    assert query.rows(officer=uuid.uuid4()) == []


def test_an_instant_that_stands_still_is_refused() -> None:
    query: HotQuery[Post] = HotQuery(
        lambda officer: Post.objects.filter(officer=officer, valid_from__lt=timezone.now())
    )

    with pytest.raises(ValueError, match="would keep a value"):
        query.rows(officer=uuid.uuid4())


def test_a_value_that_is_changed_on_the_way_is_refused() -> None:
    query: HotQuery[Officer] = HotQuery(lambda part: Officer.objects.filter(surname__contains=part))

    with pytest.raises(ValueError, match="would keep a value"):
        query.rows(part="x")


@pytest.mark.parametrize("value", [1, timedelta(1), True, None])
def test_other_values_belong_to_the_shape(value: object) -> None:
    query: HotQuery[Officer] = HotQuery(lambda given: Officer.objects.filter(active=given))

    with pytest.raises(ValueError, match="part of the shape"):
        query.rows(given=value)


def test_a_query_that_no_row_fits() -> None:
    post = PostFactory()
    query: HotQuery[Post] = HotQuery(lambda officer: Post.objects.filter(officer=officer).none())

    assert query.rows(officer=post.officer_id) == query.rows(officer=post.officer_id) == []


@pytest.mark.parametrize("role", Role.values)
def test_every_role_has_a_page(role: str) -> None:
    post = PostFactory(role=role)
    cursor = Cursor(timezone.now(), uuid.uuid4())

    for after in (None, cursor):
        assert queries.queue_page(post, ("id", "created_at"), after, 20).rows == []


def test_a_list_is_one_parameter_whatever_its_length() -> None:
    posts, built = [PostFactory() for _number in range(3)], []

    def held(*, officers: list[uuid.UUID]) -> "QuerySet[Post, Any]":
        built.append(officers)
        return Post.objects.filter(officer__pk__any_of=officers).order_by("pk").values_list("pk", flat=True)

    query: HotQuery[uuid.UUID] = HotQuery(held)

    for number in range(4):
        wanted = posts[:number]
        assert query.rows(officers=[post.officer_id for post in wanted]) == sorted(post.pk for post in wanted)
    assert len(built) == 1


def test_rows_are_of_the_shape_that_the_query_asks_for() -> None:
    post = PostFactory()
    query: HotQuery[Any] = HotQuery(lambda post: Post.objects.filter(pk=post).values_list("role", "officer"))

    assert query.rows(post=post.pk) == [(post.role, post.officer_id)]


def test_a_number_of_64_bits_keeps_its_size() -> None:
    PostFactory()
    number = Int8(2**62 + 1)
    query: HotQuery[Any] = HotQuery(
        lambda number: Post.objects.values_list(Value(number, output_field=BigIntegerField()))[:1]
    )

    assert query.rows(number=number) == query.rows(number=number) == [(number,)]


def test_an_update_is_worded_once_and_says_how_many_rows_it_changed() -> None:
    post, other, built = PostFactory(), PostFactory(), []

    def ended(*, post: uuid.UUID, at: datetime) -> "tuple[QuerySet[Post], dict[str, Any]]":
        built.append(post)
        return Post.objects.filter(pk=post, valid_to=None), {"valid_to": at}

    end, at = HotUpdate(ended), timezone.now()

    assert [end.update(post=pk, at=at) for pk in (post.pk, post.pk, uuid.uuid4())] == [1, 0, 0]
    assert len(built) == 1
    assert Post.objects.get(pk=post.pk).valid_to == at
    assert Post.objects.get(pk=other.pk).valid_to is None


def test_an_update_that_would_keep_a_value_is_refused() -> None:
    end = HotUpdate(lambda post: (Post.objects.filter(pk=post), {"valid_to": timezone.now()}))

    with pytest.raises(ValueError, match="would keep a value"):
        end.update(post=uuid.uuid4())


NAMES = ("plan_cache_mode", "enable_sort", "enable_incremental_sort")
UNCHANGED = ["auto", "on", "on"]
PLANNED_ONCE = ["force_generic_plan", "off", "off"]


def settings_of_the_planner() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting(name) FROM unnest(%s::text[]) AS name", [list(NAMES)])
        return [value for (value,) in cursor.fetchall()]


def settings_inside(post: Post) -> list[str]:
    """The planner's settings while a statement that is planned once is sent."""
    shown = {name: Func(Value(name), function="current_setting", output_field=CharField()) for name in NAMES}
    query: HotQuery[dict[str, str]] = HotQuery(
        lambda post: Post.objects.filter(pk=post).values(**shown), planned_once=True
    )
    [row] = query.rows(post=post.pk)
    return [row[name] for name in NAMES]


def test_a_statement_that_is_planned_once_leaves_the_others_as_they_were() -> None:
    post = PostFactory()
    query: HotQuery[Post] = HotQuery(lambda post: Post.objects.filter(pk=post), planned_once=True)

    assert settings_inside(post) == PLANNED_ONCE
    for _time in range(12):
        assert query.rows(post=post.pk) == [post]
        assert settings_of_the_planner() == UNCHANGED
    with connection.cursor() as cursor:
        cursor.execute("SELECT custom_plans FROM pg_prepared_statements WHERE statement LIKE '%%\"valid_to\"%%'")
        assert cursor.fetchall() == [(0,)]


def test_nothing_is_set_where_a_pooler_may_hand_the_connection_on() -> None:
    post = PostFactory()
    connection.ensure_connection()
    threshold, connection.connection.prepare_threshold = connection.connection.prepare_threshold, None
    try:
        assert settings_inside(post) == UNCHANGED
    finally:
        connection.connection.prepare_threshold = threshold


def test_a_statement_that_is_planned_once_may_fail() -> None:
    query: HotQuery[Any] = HotQuery(
        lambda number: Post.objects.values_list(Value(1) / (Value(number, output_field=BigIntegerField())))[:1],
        planned_once=True,
    )
    PostFactory()

    with pytest.raises(DataError), transaction.atomic():
        query.rows(number=Int8(0))

    assert settings_of_the_planner() == UNCHANGED
