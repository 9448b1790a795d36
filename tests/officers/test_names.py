"""F-F13: people stand in the order of the Kazakh alphabet, which contains the Russian one."""

import random

import pytest
from django.db import connection

from ecase.cases.models import Person
from ecase.officers import posts
from ecase.officers.models import Officer, Role
from ecase.portal.views.cases import team
from tests.factories import CaseFactory, OrganisationFactory, PersonFactory, PostFactory, investigator_of

pytestmark = pytest.mark.django_db

IN_ORDER = [
    ("Smith", "John"),
    ("Абаев", "Абай"),
    ("Әбенов", "Асқар"),
    ("Гаврилов", "Пётр"),
    ("Ғабитов", "Ерлан"),
    ("Ёлкин", "Артём"),
    ("Иванов", "Иван"),
    ("Ким", "Яков"),
    ("Ким-Ли", "Анна"),
    ("Кимов", "Ән"),
    ("Қасымов", "Айдар"),
    ("Қасымов", "Әлия"),
    ("Ноев", "Ян"),
    ("Ңай", "А"),
    ("Өтеев", "Ж"),
    ("Ұлы", "А"),
    ("Үсенов", "А"),
    ("Һамза", "А"),
    ("Іскаков", "А"),
    ("Яковлев", "А"),
]


def shuffled() -> list[tuple[str, str]]:
    return random.Random(7).sample(IN_ORDER, len(IN_ORDER))


def test_f_f13_persons_and_officers_are_sorted_alike() -> None:
    case = CaseFactory()
    for surname, given in shuffled():
        PersonFactory(case=case, surname=surname, given_name=given)
        investigator_of(case, surname=surname, given_name=given)

    assert [(one.surname, one.given_name) for one in Person.objects.filter(case=case)] == IN_ORDER
    assert list(Officer.objects.values_list("surname", "given_name")) == IN_ORDER


def test_f_f13_lists_of_posts_are_sorted_too() -> None:
    court = OrganisationFactory(court=True)
    for surname, given in shuffled():
        PostFactory(judge=True, organisation=court, officer__surname=surname, officer__given_name=given)
    listed = [(post.officer.surname, post.officer.given_name) for post in posts.holding(Role.JUDGE, court)]

    assert listed == IN_ORDER


def test_f_f13_the_team_of_a_case_is_sorted_too() -> None:
    case = CaseFactory()
    post, *_others = [investigator_of(case, surname=surname, given_name=given) for surname, given in shuffled()]
    shown = team(case, post)

    assert shown is not None
    assert [(member.officer.surname, member.officer.given_name) for member in shown.members] == IN_ORDER


def test_f_f13_case_and_spelling_of_a_letter_make_no_difference() -> None:
    """Also: the key does not depend on the collation of the database, which another server may not have."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT ecase_name_key('ЁЛКИН', 'Й', '') = ecase_name_key('ёлкин', 'и' || chr(774), '')")
        assert cursor.fetchone() == (True,)
        tables = ("officers_officer", "cases_person")
        cursor.execute(
            "SELECT DISTINCT collation_name FROM information_schema.columns"
            " WHERE column_name = 'sort_key' AND table_name = ANY(%s)",
            [list(tables)],
        )
        assert cursor.fetchall() == [("C",)]


def test_f_f13_a_name_that_is_corrected_moves() -> None:
    case = CaseFactory()
    first, second = PersonFactory(case=case, surname="Абаев"), PersonFactory(case=case, surname="Бабаев")
    first.surname = "Яковлев"
    first.save()

    assert list(case.persons.all()) == [second, first]
