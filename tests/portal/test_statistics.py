"""The page of figures, and the same as a file."""

import csv
from io import StringIO

import pytest
from django.urls import reverse

from tests.motions.world import World
from tests.portal.conftest import Visitor

pytestmark = pytest.mark.django_db


def test_the_page_says_what_came_of_motions(visitor: Visitor, world: World) -> None:
    world.decided("search", "sanctioned")
    client = visitor(world.posts["court_chair"])

    shown = client.get(reverse("portal:statistics"))

    text = shown.content.decode()
    assert shown.status_code == 200
    assert "Search" in text
    assert "All kinds" in text
    assert [row["numbers"] for row in shown.context["rows"]] == [(1, 0, 1, 0, 0, 0, 0)] * 2
    assert 'style="' not in text


def test_where_nothing_was_filed_it_says_what_to_do(visitor: Visitor, world: World) -> None:
    shown = visitor(world.posts["court_chair"]).get(reverse("portal:statistics"))
    assert "Choose an earlier beginning" in shown.content.decode()


@pytest.mark.parametrize("since", ["yesterday", "2026-02-31", "\x00"])
def test_a_date_that_is_none_is_said_at_its_field(visitor: Visitor, world: World, since: str) -> None:
    shown = visitor(world.posts["court_chair"]).get(reverse("portal:statistics"), {"since": since})
    assert shown.status_code == 422
    assert set(shown.context["errors"]) == {"since"}


def test_the_table_can_be_saved(visitor: Visitor, world: World) -> None:
    world.decided("search", "sanctioned")
    answer = visitor(world.posts["court_chair"]).get(reverse("portal:statistics-table"))

    head, *rows = csv.reader(StringIO(answer.content.decode("utf-8-sig")))

    assert answer["Content-Type"].startswith("text/csv")
    assert head[0] == "Kind"
    assert [row[1:4] for row in rows] == [["1", "0", "1"]] * 2
