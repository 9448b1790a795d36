"""F-F12: the list of cases finds by number, IIN and name, in any order and spelling, but nobody who is not shown."""

import pytest
from django.db import connection
from django.test import Client

from ecase.cases.models import Case, Person
from tests.factories import CaseFactory
from tests.motions.conftest import World
from tests.motions.test_search import FOUND, IIN, NAME, NOT_FOUND
from tests.portal.conftest import Visitor
from workflows.motions.search import filter_cases_mentioning


@pytest.fixture
def person(world: World) -> Person:
    return Person.objects.create(case=world.case, capacity="witness", iin=IIN, **NAME)


def finds(client: Client, text: str, case: Case) -> bool:
    return f"/cases/{case.pk}/" in client.get("/cases/", {"q": text}).content.decode()


def test_a_case_is_found_as_people_type_the_name_of_a_person(world: World, visitor: Visitor, person: Person) -> None:
    client = visitor(world.posts["investigator"])

    assert [text for text in FOUND if not finds(client, text, world.case)] == []
    assert [text for text in NOT_FOUND if finds(client, text, world.case)] == []


def test_a_case_is_found_by_its_number_and_by_number_and_name_together(
    world: World, visitor: Visitor, person: Person
) -> None:
    number, client = world.case.number, visitor(world.posts["prosecutor"])
    typed = [number, number[-6:], f"№ {number}", f"{number[:4]} {number[4:]}", f"{number[:4]}–{number[4:]}"]

    assert [text for text in (*typed, f"Елкин {number}") if not finds(client, text, world.case)] == []
    assert not finds(client, f"Иванов {number}", world.case)


def test_it_follows_what_becomes_of_a_person(world: World, visitor: Visitor, person: Person) -> None:
    client = visitor(world.posts["head_of_unit"])
    person.surname = "Басқаев"
    person.save()
    assert (finds(client, "Ёлкин", world.case), finds(client, "Баскаев", world.case)) == (False, True)

    person.capacity = Person.Capacity.PROTECTED
    person.save()
    assert not finds(client, "Басқаев", world.case)
    assert not finds(client, IIN, world.case)


def test_counsel_finds_a_case_only_by_persons_whom_he_is_shown(world: World, visitor: Visitor, person: Person) -> None:
    client, suspect = visitor(world.posts["defender"]), world.case.persons.get(capacity="suspect")

    assert finds(client, world.case.number, world.case)
    assert finds(client, f"{suspect.given_name} {suspect.surname}", world.case)
    for text in ("Ёлкин", IIN, f"{suspect.surname} Ёлкин", f"{world.case.number} Артём"):
        assert not finds(client, text, world.case), text


def test_nobody_finds_a_case_of_others(world: World, visitor: Visitor) -> None:
    other = CaseFactory()
    Person.objects.create(case=other, capacity="witness", iin=IIN, **NAME)

    for role in ("investigator", "head_of_unit", "prosecutor", "defender", "judge"):
        assert not finds(visitor(world.posts[role]), "Ёлкин", other), role
        assert not finds(visitor(world.posts[role]), other.number, other), role


def test_the_indexes_are_used(world: World) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_indexscan = off")
        plan = filter_cases_mentioning(Case.objects.order_by(), "Қожахметов", world.posts["prosecutor"]).explain()
        assert "person_search" in plan, plan
        assert "case_search" in plan, plan
