"""The queue: pages by cursor, filters, tags, and how few queries it takes."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from api.serializers.motions import MotionLine
from tests.api.conftest import Caller, problem
from tests.factories import PostFactory, prosecutor_of
from tests.motions.conftest import World
from tests.past_guards import move, past_guards
from workflows.motions.models import Motion
from workflows.motions.services import drafts

pytestmark = pytest.mark.django_db
URL = "/api/v1/motions/"


@pytest.fixture
def three(world: World) -> list[Motion]:
    """Three drafts, newest first."""
    made = [drafts.create(world.case, "custody", world.posts["investigator"]) for _ in range(3)]
    return made[::-1]


@pytest.fixture
def mine(world: World, call: Any) -> Caller:
    return call(world.posts["investigator"])


def test_it_is_served_newest_first(mine: Caller, three: list[Motion]) -> None:
    listed = mine.get(URL).data["results"]

    assert [row["id"] for row in listed] == [str(motion.pk) for motion in three]
    assert listed[0]["case"] == three[0].case.number
    assert listed[0]["author"]["name"] == three[0].author.officer.full_name
    assert listed[0]["url"].endswith(f"{URL}{three[0].pk}/")


def test_a_line_says_what_its_serializer_declares(mine: Caller, three: list[Motion]) -> None:
    """The line is written by hand, for speed; the description is made from the serializer."""
    assert set(mine.get(URL).data["results"][0]) == set(MotionLine().fields)


def test_it_takes_two_queries_however_long_it_is(mine: Caller, three: list[Motion]) -> None:
    mine.get(URL)

    with CaptureQueriesContext(
        connection,
    ) as queries:
        mine.get(URL)

    statements = [query["sql"] for query in queries]
    assert len(statements) == 2, statements
    assert "officers_token" in statements[0]
    assert "motions_motion" in statements[1]
    assert "COUNT(" not in "".join(statements)


def test_pages_hold_every_motion_once(mine: Caller, three: list[Motion], world: World) -> None:
    first = mine.get(f"{URL}?limit=2").data
    drafts.create(world.case, "search", world.posts["investigator"])
    second = mine.get(first["next"]).data

    assert [row["id"] for row in first["results"] + second["results"]] == [str(motion.pk) for motion in three]
    assert second["next"] is None


def test_motions_of_the_same_instant_are_not_lost_between_pages(mine: Caller, three: list[Motion]) -> None:
    with past_guards():
        Motion.objects.update(created_at=three[0].created_at)

    seen, url = [], f"{URL}?limit=1"
    while url:
        page = mine.get(url).data
        seen += [row["id"] for row in page["results"]]
        url = page["next"]

    assert sorted(seen) == sorted(str(motion.pk) for motion in three)


def test_the_next_page_keeps_the_filters(mine: Caller, three: list[Motion], world: World) -> None:
    drafts.create(world.case, "search", world.posts["investigator"])
    page = mine.get(f"{URL}?kind=custody&limit=1").data

    assert "kind=custody" in page["next"]
    assert mine.get(page["next"]).data["results"][0]["kind"] == "custody"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("state=draft", 3),
        ("state=submitted", 0),
        ("kind=custody", 3),
        ("kind=search", 0),
        ("group=nothing", 0),
        ("due=overdue", 0),
        ("assigned_to=me", 0),
        ("assigned_to=00000000-0000-4000-8000-000000000000", 0),
    ],
)
def test_filters(mine: Caller, three: list[Motion], query: str, found: int) -> None:
    assert len(mine.get(f"{URL}?{query}").data["results"]) == found


def test_it_is_searched_by_numbers(mine: Caller, three: list[Motion]) -> None:
    part = three[0].case.number[-6:]

    assert len(mine.get(f"{URL}?q={part}").data["results"]) == 3
    assert mine.get(f"{URL}?q=%25").data["results"] == []


def test_what_is_due_is_found(mine: Caller, three: list[Motion]) -> None:
    move(three[1], next_due_at=timezone.now())
    soon = (timezone.now() + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")

    assert [row["id"] for row in mine.get(URL, {"due_before": soon}).data["results"]] == [str(three[1].pk)]


@pytest.mark.parametrize(
    ("query", "field", "code"),
    [
        ("state=nowhere", "state", "invalid_choice"),
        ("limit=0", "limit", "min_value"),
        ("limit=101", "limit", "max_value"),
        ("limit=x", "limit", "invalid"),
        ("cursor=x", "cursor", "cursor"),
        ("cursor=MTIzIDQ1Ng", "cursor", "cursor"),
        ("due_before=yesterday", "due_before", "invalid"),
        ("due=soon", "due", "invalid_choice"),
        ("state=", "state", "blank"),
        ("kind=a%20b", "kind", "invalid"),
        (f"q={'x' * 65}", "q", "max_length"),
        ("assigned_to=x", "assigned_to", "assigned-to"),
        ("stat=draft", "stat", "unknown"),
        ("state=draft&state=submitted", "state", "repeated"),
        ("q=%00", "q", "malformed-text"),
    ],
)
def test_wrong_filters_are_named(mine: Caller, query: str, field: str, code: str) -> None:
    document = problem(mine.get(f"{URL}?{query}"), 422, "invalid", code)

    assert document["problems"][0]["field"] == field


def test_who_has_seen_it_gets_304(mine: Caller, three: list[Motion]) -> None:
    first = mine.get(URL)
    assert mine.get(URL, headers={"If-None-Match": first["ETag"]}).status_code == 304

    drafts.save(three[0], three[0].author, {})

    assert mine.get(URL, headers={"If-None-Match": first["ETag"]}).status_code == 200


def test_a_prosecutor_sees_no_drafts_and_a_stranger_nothing(call: Any, world: World, three: list[Motion]) -> None:
    assert call(prosecutor_of(world.case)).get(URL).data["results"] == []
    assert call(PostFactory()).get(URL).data["results"] == []


def test_a_guessed_address_is_not_there(call: Any, three: list[Motion]) -> None:
    stranger = call(PostFactory())

    for path in ("", "documents/", "schemas/motion/"):
        problem(stranger.get(f"{URL}{three[0].pk}/{path}"), 404, "not-found")
    problem(stranger.patch(f"{URL}{three[0].pk}/", {"payload": {}}, headers={"If-Match": '"1"'}), 404, "not-found")
    problem(stranger.post(f"{URL}{three[0].pk}/acts/", {"type": "motion"}), 404, "not-found")
