"""The list of motions: what waits comes first, narrowed as asked, page after page, with few queries."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import DjangoAssertNumQueries

from ecase.portal import paging
from tests.motions.conftest import World
from tests.portal.conftest import Visitor
from workflows.motions.models import Motion


def listed(client: Client, query: str = "") -> list[str]:
    """The ids of the motions in the list, in its order."""
    return re.findall(r'app-row__title"><a class="govuk-link" href="/motions/([0-9a-f-]+)/"', _text(client, query))


def _text(client: Client, query: str) -> str:
    return client.get(f"/?{query}").content.decode()


def test_a_motion_waits_for_one_and_then_for_the_next(world: World, visitor: Visitor) -> None:
    motion = world.filed("custody")
    investigator, prosecutor, judge = (visitor(world.posts[role]) for role in ("investigator", "prosecutor", "judge"))
    assert [listed(investigator), listed(prosecutor), listed(judge)] == [[], [str(motion.pk)], []]

    world.act(motion, "agreement", "prosecutor", world.filled(motion, "agreement"))  # type: ignore[arg-type]
    assert [listed(investigator), listed(prosecutor), listed(judge)] == [[], [], [str(motion.pk)]]
    assert listed(prosecutor, "scope=all") == [str(motion.pk)]


def test_the_list_is_narrowed_by_kind_state_number_and_name(world: World, visitor: Visitor) -> None:
    custody, search = world.filed("custody"), world.draft("search")
    client = visitor(world.posts["investigator"])
    assert set(listed(client, "scope=all")) == {str(custody.pk), str(search.pk)}
    assert listed(client, "scope=all&kind=search") == [str(search.pk)]
    assert listed(client, "scope=all&state=submitted") == [str(custody.pk)]
    assert len(listed(client, "scope=all&q=Тасқ")) == 2
    assert len(listed(client, f"scope=all&q={world.case.number[-5:]}")) == 2
    assert listed(client, "scope=all&q=nothing") == []


def test_htmx_gets_the_list_alone(world: World, visitor: Visitor) -> None:
    world.draft("search")
    client = visitor(world.posts["investigator"])
    response = client.get("/", headers={"HX-Request": "true"})
    assert b"<html" not in response.content
    assert b"app-row" in response.content


def test_the_most_urgent_waits_first(world: World, visitor: Visitor) -> None:
    late, soon, never = (world.draft("search") for _ in range(3))
    now = timezone.now()
    Motion.objects.filter(pk=late.pk).update(next_due_at=now + timedelta(days=2))
    Motion.objects.filter(pk=soon.pk).update(next_due_at=now + timedelta(hours=2))
    order = listed(visitor(world.posts["investigator"]))
    assert order == [str(soon.pk), str(late.pk), str(never.pk)]


@pytest.mark.parametrize("scope", ["waiting", "all"])
def test_pages_follow_each_other_without_gaps(
    world: World, visitor: Visitor, monkeypatch: pytest.MonkeyPatch, scope: str
) -> None:
    made = {str(world.draft("search").pk) for _ in range(5)}
    monkeypatch.setattr(paging.page, "__kwdefaults__", {"size": 2})
    client = visitor(world.posts["investigator"])
    seen, query = [], f"scope={scope}"
    for _page in range(3):
        seen += listed(client, query)
        after = re.search(r'after=([\w-]+)" rel="next"', _text(client, query))
        query = f"scope={scope}&after={after[1]}" if after else ""
    assert len(seen) == 5
    assert set(seen) == made
    assert not query


def test_a_cursor_that_makes_no_sense_is_the_beginning(world: World, visitor: Visitor) -> None:
    motion = world.draft("search")
    assert listed(visitor(world.posts["investigator"]), "scope=all&after=%00junk") == [str(motion.pk)]


def test_more_motions_cost_no_more_queries(
    world: World, visitor: Visitor, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client = visitor(world.posts["investigator"])
    for _ in range(3):
        world.draft("search")
    with django_assert_max_num_queries(12):
        client.get("/")
