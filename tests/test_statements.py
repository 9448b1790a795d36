"""Hot queries: the ORM words them once, and the rows are those of the ORM."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from ecase.officers.models import Officer, Post, Role
from ecase.pagination import Cursor
from ecase.statements import HotQuery
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
