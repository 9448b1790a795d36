"""Which persons of a case each officer sees: finding R-A8."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from ecase.cases.models import Person
from ecase.officers.models import Post
from tests.api.conftest import Caller
from tests.factories import PersonFactory, PostFactory
from tests.motions.world import World
from tests.portal.conftest import sign_in
from workflows.drafting.suggestions import Composer
from workflows.motions import queries
from workflows.motions.exports.papers import name_of
from workflows.motions.models import Motion
from workflows.motions.persons import main_person, persons_of, persons_shown_to
from workflows.motions.search import filter_mentioning

pytestmark = pytest.mark.django_db
WHOLE = ("investigator", "head_of_unit", "prosecutor", "judge")
NARROW = ("defender", "clerk", "court_chair")
SURNAME, IIN, BORN = "Құпиянов", "910203300000", "03.02.1991"


@pytest.fixture
def hidden(world: World) -> Person:
    """A protected person with a name that nobody else in the case has."""
    Person.objects.filter(case=world.case, capacity="protected").delete()
    return PersonFactory(case=world.case, capacity="protected", surname=SURNAME, iin=IIN, birth_date="1991-02-03")


@pytest.fixture
def witness(world: World) -> Person:
    return PersonFactory(case=world.case, capacity="witness", surname="Куәгеров")


@pytest.fixture
def custody(world: World, hidden: Person, witness: Person) -> Motion:
    """A motion that names only the suspect."""
    return world.assigned("custody", suspect=str(world.case.persons.get(capacity="suspect").pk))


def names(persons: Any) -> set[str]:
    return {person.capacity for person in persons}


def test_the_defence_the_clerk_and_the_chair_are_shown_whom_their_motions_name(world: World, custody: Motion) -> None:
    every = names(world.case.persons.all())

    for role in WHOLE:
        assert names(persons_shown_to(world.posts[role]).filter(case=world.case)) == every
        assert names(persons_of(custody, world.posts[role])) == every
    for role in NARROW:
        post = world.posts[role]
        assert names(persons_shown_to(post).filter(case=world.case)) == names(persons_of(custody, post)) == {"suspect"}


def test_a_motion_that_is_hidden_names_nobody(world: World, custody: Motion, witness: Person) -> None:
    """The defence does not see a search, nor the persons it names."""
    search = world.assigned("search", **_persons_of_a_search(world, witness))
    assert str(witness.pk) in str(search.payload)

    assert names(persons_shown_to(world.posts["defender"]).filter(case=world.case)) == {"suspect"}
    assert names(persons_shown_to(world.posts["clerk"]).filter(case=world.case)) >= {"suspect", "witness"}


def _persons_of_a_search(world: World, person: Person) -> dict[str, Any]:
    field = next(field for field in world.kind("search").form.fields if field.type == "persons")
    return {field.key: [str(person.pk)]}


@pytest.mark.parametrize("role", ["auditor", "administrator", "defender", "clerk", "judge", "prosecutor"])
def test_strangers_are_shown_nobody(role: str, world: World, custody: Motion) -> None:
    post = PostFactory(**{role: True})

    assert not persons_shown_to(post).filter(case=world.case).exists()
    assert role in ("judge", "prosecutor") or not persons_of(custody, post) or role in ("defender", "clerk")


def test_counsel_is_shown_a_client_whom_no_motion_names(world: World) -> None:
    assert names(persons_shown_to(world.posts["defender"]).filter(case=world.case)) == {"suspect"}


def test_a_protected_person_has_no_name_anywhere(world: World, hidden: Person) -> None:
    shown = (hidden.full_name, hidden.short_name, str(hidden), name_of(hidden).full, str(hidden.born))

    assert SURNAME not in " ".join(shown)
    assert hidden.born is None
    assert hidden.full_name.startswith(str(hidden.get_capacity_display()))
    other = PersonFactory(case=world.case, capacity="protected")
    assert (other.full_name == hidden.full_name) == (other.mark == hidden.mark)


def test_papers_and_suggestions_name_a_protected_person_by_capacity(
    world: World, hidden: Person, pdf_text: Callable[[Motion], str]
) -> None:
    """Both are read by all who see the motion, and the PDF by anyone to whom it is shown afterwards."""
    motion = world.assigned("approach_ban", protected=str(hidden.pk))
    told = pdf_text(motion)

    assert SURNAME not in told
    assert IIN not in told
    assert hidden.mark in told
    suggested = Composer(motion, motion.kind_entry.outcomes[0].key)
    assert SURNAME not in str(suggested.paragraphs()) + str(suggested.inputs())


@pytest.fixture
def pdf_text() -> Callable[[Motion], str]:
    from io import BytesIO

    from pypdf import PdfReader

    from ecase.cases import integrity

    def text(motion: Motion) -> str:
        pdf = motion.acts.exclude(pdf=None).order_by("position")[0].pdf
        assert pdf
        with integrity.open_intact(pdf.sha256) as file:
            return " ".join(page.extract_text() for page in PdfReader(BytesIO(file.read())).pages)

    return text


def test_a_search_finds_nobody_by_a_person_who_is_not_shown(
    world: World, custody: Motion, hidden: Person, witness: Person
) -> None:
    for role in WHOLE + NARROW:
        post = world.posts[role]
        found = {
            text: filter_mentioning(queries.queue(post), text, post).exists() for text in (SURNAME, IIN, "Куәгеров")
        }
        assert found == {SURNAME: False, IIN: False, "Куәгеров": role in WHOLE}, role
        suspect = world.case.persons.get(capacity="suspect")
        assert filter_mentioning(queries.queue(post).filter(pk=custody.pk), suspect.surname, post).exists()


def test_a_list_names_a_motion_by_somebody_who_is_shown(world: World, hidden: Person, witness: Person) -> None:
    search = world.assigned("search", **_persons_of_a_search(world, witness))

    assert main_person(search, world.posts["clerk"]) == witness
    assert main_person(search, world.posts["investigator"]) in world.case.persons.all()


def test_no_page_and_no_answer_shows_who_is_not_for_the_reader(
    world: World, custody: Motion, hidden: Person, witness: Person
) -> None:
    """Finding R-A8 as reported: REST, the case's page, the motion's pages, the lists and their search."""
    for role in WHOLE + NARROW:
        post = world.posts[role]
        told = _told(post, custody)
        assert SURNAME not in told, role
        assert IIN not in told, role
        assert BORN not in told, role
        assert ("Куәгеров" in told) == (role in WHOLE), role


def _told(post: Post, motion: Motion) -> str:
    client = Client(headers={"Accept-Language": "en"})
    sign_in(client, post)
    case = f"/cases/{motion.case_id}/"
    pages = (case, "/cases/", "/motions/", f"/motions/{motion.pk}/", f"/motions/{motion.pk}/materials/")
    answers = [client.get(address) for address in (*pages, f"/motions/{motion.pk}/copies/")]
    answers += [client.get("/motions/", {"q": text}) for text in (SURNAME, IIN)]
    assert 200 in {answer.status_code for answer in answers}
    answers += [Caller(post).get(f"/api/v1/motions/{motion.pk}/{part}") for part in ("", "copies/")]
    shown = [answer.content.decode() for answer in answers if not answer.streaming]
    return "\n".join(shown).replace(f'value="{SURNAME}"', "").replace(f"q={IIN}", "").replace(f'value="{IIN}"', "")
