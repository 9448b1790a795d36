"""The group of investigators on a case's page: who sees it, who is taken in, who is named its leader."""

import uuid

import pytest
from django.test import Client

from ecase.audit.models import Entry
from ecase.officers.models import Post
from tests.factories import PostFactory
from tests.motions.conftest import World
from tests.portal.conftest import Visitor


def page(client: Client, world: World) -> str:
    return client.get(f"/cases/{world.case.pk}/").content.decode()


def change(client: Client, world: World, officer: object, what: str = "") -> int:
    return client.post(f"/cases/{world.case.pk}/team/{what}", {"officer": str(officer)}).status_code


def is_refused(client: Client, world: World, officer: object, what: str = "") -> bool:
    """Whether the change is sent back to the page of the case, which says why."""
    answer = client.post(f"/cases/{world.case.pk}/team/{what}", {"officer": str(officer)}, follow=True)
    (address, status), *_more = answer.redirect_chain
    return (status, "?refused" in address) == (303, True) and "error-summary" in answer.content.decode()


def colleague(world: World) -> Post:
    return PostFactory(organisation=world.case.organisation)


def test_an_investigator_takes_a_colleague_in_and_the_head_names_the_leader(world: World, visitor: Visitor) -> None:
    second, first = colleague(world), world.posts["investigator"]
    investigator, head = visitor(first), visitor(world.posts["head_of_unit"])
    assert second.officer.full_name in page(investigator, world)

    assert change(investigator, world, second.officer_id) == 302
    assert change(head, world, second.officer_id, "leader/") == 302

    assert list(world.case.team.filter(leads=True).values_list("officer", flat=True)) == [second.officer_id]
    assert "leads the group" in page(head, world)
    assert change(head, world, first.officer_id, "leader/") == 302
    assert world.case.team.get(leads=True).officer == first.officer
    entries = Entry.objects.filter(chain=world.case.chain).order_by("seq")
    assert [entry.event for entry in entries][-3:] == ["team.joined", "team.led", "team.led"]


@pytest.mark.parametrize("officer", ["", "abc", uuid.UUID(int=1)])
def test_nobody_is_said_at_the_field(world: World, visitor: Visitor, officer: object) -> None:
    colleague(world)
    client = visitor(world.posts["head_of_unit"])
    answer = client.post(f"/cases/{world.case.pk}/team/", {"officer": str(officer)}, follow=True)
    assert answer.redirect_chain[0][1] == 303
    assert 'id="officer-error"' in answer.content.decode()


def test_who_is_of_another_body_is_not_taken_in(world: World, visitor: Visitor) -> None:
    stranger = PostFactory()
    client = visitor(world.posts["head_of_unit"])
    assert stranger.officer.full_name not in page(client, world)
    assert is_refused(client, world, stranger.officer_id)
    assert is_refused(client, world, stranger.officer_id, "leader/")
    assert not world.case.team.filter(officer=stranger.officer).exists()


@pytest.mark.parametrize("role", ["prosecutor", "defender"])
def test_others_change_nothing(world: World, visitor: Visitor, role: str) -> None:
    client, second = visitor(world.posts[role]), colleague(world)
    assert is_refused(client, world, second.officer_id)
    assert is_refused(client, world, second.officer_id, "leader/")
    assert not world.case.team.filter(officer=second.officer).exists()
    assert ("Take an investigator" in page(client, world)) is False


def test_an_investigator_names_no_leader(world: World, visitor: Visitor) -> None:
    client = visitor(world.posts["investigator"])
    assert is_refused(client, world, world.posts["investigator"].officer_id, "leader/")
    assert not world.case.team.filter(leads=True).exists()


def test_a_case_of_another_body_is_not_there(world: World, visitor: Visitor) -> None:
    client = visitor(PostFactory(head_of_unit=True))
    assert change(client, world, world.posts["investigator"].officer_id) == 404
