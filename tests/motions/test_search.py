"""``q`` means the same in the portal and the REST API: every word, in any order, in any spelling (P-A10, F-F12)."""

from collections.abc import Callable
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from ecase.cases.latin import MOST_READINGS, read_as_cyrillic
from ecase.cases.models import Person
from ecase.cases.search import split_words
from tests.api.conftest import Caller
from tests.motions.conftest import World
from tests.past_guards import past_guards
from tests.portal.conftest import sign_in
from workflows.motions import queries
from workflows.motions.models import Motion
from workflows.motions.search import filter_by_case_number, filter_mentioning

NAME = {"surname": "Қожахметов-Ёлкин", "given_name": "Артём", "patronymic": "Әбдіраманұлы", "sex": "male"}
IIN = "900517300123"
FOUND = [
    "Қожахметов",
    "қожахметов артём",
    "ҚОЖАХМЕТОВ-ЁЛКИН Артём Әбдіраманұлы",
    "Артём Қожахметов",
    "Қожахметов-Ёлкин А.Ә.",
    "Ёлкин",
    "Елкин",
    "Артем",
    "Әбдіраманұлы",
    "Абдираманулы Кожахметов",
    "Арте\u0308м",
    "Қожахметов–Ёлкин",
    "900517300123",
    "9005 1730 0123",
    "Артём 900517",
    "Qozhakhmetov",
    "Kozhakhmetov Artem",
    "Artyom Yolkin",
    "Abdiramanuly",
    "Yolkin A",
]
NOT_FOUND = ["Қожахметова", "Қожахметов Иван", "900517300124", "%", "№", "_"]


@pytest.fixture
def person(world: World) -> Person:
    return Person.objects.create(case=world.case, capacity="witness", iin=IIN, **NAME)


def mentioned(post: Any, text: str) -> set[Motion]:
    return set(filter_mentioning(queries.queue(post), text, post))


@pytest.mark.parametrize("text", FOUND)
def test_a_person_is_found_as_people_type(world: World, person: Person, text: str) -> None:
    motion = world.draft("search")
    assert mentioned(world.posts["investigator"], text) == {motion}


@pytest.mark.parametrize("text", NOT_FOUND)
def test_what_is_not_there_is_not_found(world: World, person: Person, text: str) -> None:
    world.draft("search")
    assert mentioned(world.posts["investigator"], text) == set()


def test_numbers_are_found_with_and_without_what_joins_them(world: World) -> None:
    motion = world.assigned("custody")
    assert motion.number
    case, post = world.case.number, world.posts["judge"]
    forms = [motion.number, motion.number.replace("-", ""), motion.number.replace("-", " "), f"№{motion.number}"]
    forms += [
        case,
        case[-6:],
        f"№ {case}",
        f"{case[:4]} {case[4:]}",
        f"{case[:4]}–{case[4:]}",
        f"{case} {motion.number}",
    ]
    for form in forms:
        assert motion in mentioned(post, form), form
    assert mentioned(post, f"{case} 99999999") == set()


def test_the_number_of_the_appeal_court_is_found(world: World) -> None:
    motion = world.assigned("custody")
    with past_guards():
        Motion.objects.filter(pk=motion.pk).update(appeal_number="7500-26-Ап17")
    Motion.objects.filter(pk=motion.pk).update(search="")
    assert mentioned(world.posts["judge"], "7500-26-АП17") == {motion}


def test_both_doors_find_alike(world: World, person: Person) -> None:
    motion = world.draft("search")
    post, client = world.posts["investigator"], Client(headers={"Accept-Language": "en"})
    sign_in(client, post)
    for text in (*FOUND, *NOT_FOUND, world.case.number):
        rest = {line["id"] for line in Caller(post).get("/api/v1/motions/", {"q": text}).data["results"]}
        page = client.get("/", {"scope": "all", "q": text}).content.decode()
        assert (str(motion.pk) in rest) == (f"/motions/{motion.pk}/" in page) == (text not in NOT_FOUND), text


def test_it_follows_what_becomes_of_a_person(world: World, person: Person) -> None:
    motion, post = world.draft("search"), world.posts["investigator"]
    late = Person.objects.create(case=world.case, capacity="victim", surname="Кейінов", given_name="Ә", sex="male")
    assert mentioned(post, "Кейинов") == {motion}
    late.surname = "Басқаев"
    late.save()
    assert mentioned(post, "Кейинов") == set()
    assert mentioned(post, "Баскаев") == {motion}
    late.capacity = "protected"
    late.save()
    assert mentioned(post, "Баскаев") == set()


def test_nobody_writes_what_a_motion_is_found_by(world: World) -> None:
    motion, post = world.draft("search"), world.posts["investigator"]
    Motion.objects.filter(pk=motion.pk).update(search=" somebody")
    assert mentioned(post, "somebody") == set()
    assert mentioned(post, world.case.number) == {motion}


def test_who_knows_the_named_alone_finds_by_these(world: World, person: Person) -> None:
    motion = world.assigned("custody")
    suspect = world.case.persons.get(capacity="suspect")
    for role, found in (("judge", {motion}), ("clerk", set()), ("court_chair", set())):
        assert mentioned(world.posts[role], "Қожахметов") == found, role
        assert mentioned(world.posts[role], f"{suspect.surname} {IIN}") == found, role
        assert mentioned(world.posts[role], suspect.surname) == {motion}, role


def test_motions_with_others_are_found_by_their_case_alone(world: World, person: Person) -> None:
    motion = world.assigned("custody")
    every = Motion.objects.all()
    assert set(filter_by_case_number(every, world.case.number[:8])) == {motion}
    assert set(filter_by_case_number(every, str(motion.number))) == set()
    assert set(filter_by_case_number(every, "Қожахметов")) == set()


def test_what_was_filed_before_is_filled_in_batches(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    migration = import_module("workflows.motions.migrations.0014_search_index")
    made = {world.draft("search") for _ in range(3)}
    with past_guards():
        Motion.objects.update(search="")
    monkeypatch.setattr(migration, "BATCH", 2)
    migration.fill(None, SimpleNamespace(connection=connection))
    assert mentioned(world.posts["investigator"], world.case.number) == made


def test_the_index_is_used(world: World, django_assert_num_queries: Callable[..., Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        rows = filter_mentioning(Motion.objects.order_by(), "Қожахметов Артём", world.posts["judge"])
        assert "motion_search" in rows.explain()


def test_words_are_few_and_say_something() -> None:
    assert split_words(" a,  -  б.в. № %%  «г» ") == ["a", "б", "в", "г"]
    assert len(split_words("x " * 50)) == 10


def test_p_a10_a_motion_is_found_by_its_judge_and_by_its_author(world: World) -> None:
    motion = world.assigned("custody")
    judge, author = motion.judge, motion.author.officer
    assert judge
    for officer in (judge, author):
        typed = [
            officer.surname,
            f"{officer.given_name} {officer.surname}",
            officer.surname.upper(),
            officer.short_name,
        ]
        for text in typed:
            assert mentioned(world.posts["prosecutor"], text) == {motion}, text
            assert mentioned(world.posts["clerk"], text) == {motion}, text
    assert mentioned(world.posts["prosecutor"], f"{judge.surname} Иванов") == set()


@pytest.mark.parametrize("text", ["стражей", "custody", "Күзетпен ұстау", "күзетпен"])
def test_p_a10_a_motion_is_found_by_the_name_of_its_kind(world: World, text: str) -> None:
    motion, _other = world.draft("custody"), world.draft("search")
    assert mentioned(world.posts["investigator"], text) == {motion}


def test_p_a10_readings_of_latin_letters_are_few() -> None:
    assert "таскинов" in read_as_cyrillic("Taskynov")
    assert "таскынов" in read_as_cyrillic("Taskynov")
    assert read_as_cyrillic("Тасқынов") == read_as_cyrillic("26-1") == []
    assert len(read_as_cyrillic("ye" * 20 + "y" * 20)) <= MOST_READINGS
