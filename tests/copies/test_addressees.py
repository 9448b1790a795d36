"""Whom a word of the service matrix names in a case (H-B13: the addressees by themselves, without a decision)."""

import pytest

from ecase.cases.models import Counsel
from tests.factories import OrganisationFactory, PersonFactory, PostFactory
from tests.motions.conftest import World
from workflows.copies.addressees import NOBODY_KNOWN, Addressee, counsel_of, find_addressees
from workflows.motions.models import Motion

pytestmark = pytest.mark.django_db


@pytest.fixture
def motion(world: World) -> Motion:
    return world.draft("custody")


@pytest.mark.parametrize(
    ("word", "office"),
    [
        ("investigation_body", "organisation"),
        ("head_of_unit", "organisation"),
        ("prosecutor", "prosecution"),
        ("supervising_prosecutor", "prosecution"),
        ("court", "court"),
        ("court_chair", "court"),
    ],
)
def test_an_office_of_the_motion_is_an_organisation(motion: Motion, word: str, office: str) -> None:
    assert find_addressees(motion, word) == [Addressee(organisation=getattr(motion, office))]


def test_the_investigator_is_the_author_or_else_the_body(world: World, motion: Motion) -> None:
    author = world.posts["investigator"]
    assert find_addressees(motion, "investigator") == [Addressee(officer=author.officer)]
    assert find_addressees(motion, "author") == [Addressee(officer=author.officer)]
    motion.author = world.posts["prosecutor"]
    assert find_addressees(motion, "investigator") == [Addressee(organisation=world.case.organisation)]


def test_a_motion_without_a_judge_owes_the_judge_nothing_unless_one_is_required(world: World, motion: Motion) -> None:
    assert find_addressees(motion, "judge") == []
    assert find_addressees(motion, "judge", required=True) == [NOBODY_KNOWN]
    motion.judge = world.posts["judge"].officer
    assert find_addressees(motion, "judge", required=True) == [Addressee(officer=motion.judge)]


def test_a_field_of_the_motion_names_the_persons_that_it_holds(world: World, motion: Motion) -> None:
    PersonFactory(case=world.case, capacity="suspect")
    [named] = find_addressees(motion, "suspect")
    assert named.person is not None
    assert str(named.person.pk) == motion.payload["suspect"]


def test_a_capacity_names_all_persons_of_the_case_who_have_it(world: World, motion: Motion) -> None:
    PersonFactory(case=world.case, capacity="victim")
    victims = {addressee.person for addressee in find_addressees(motion, "victim")}
    assert victims == set(world.case.persons.filter(capacity="victim"))
    assert len(victims) == 2
    world.case.persons.filter(capacity="victim").delete()
    assert find_addressees(motion, "victim") == []


def test_a_word_that_is_neither_office_field_nor_capacity_is_somebody_outside(motion: Motion) -> None:
    assert find_addressees(motion, "bailiff") == [NOBODY_KNOWN]
    assert find_addressees(motion, "bailiff", required=False) == []


def test_the_defender_is_counsel_of_the_subject_or_whom_the_case_names(world: World) -> None:
    motion = world.filed("custody")
    counsel = world.posts["defender"].officer
    motion.defence = True
    assert find_addressees(motion, "defender") == [Addressee(officer=counsel)]
    motion.defence = False
    named = set(world.case.persons.filter(capacity="defender"))
    assert {addressee.person for addressee in find_addressees(motion, "defender")} == named
    motion.author = PostFactory(defender=True)
    assert find_addressees(motion, "defender") == [Addressee(officer=motion.author.officer)]


def test_a_place_of_custody_is_named_only_if_it_is_the_only_one(world: World, motion: Motion) -> None:
    assert find_addressees(motion, "facility") == [NOBODY_KNOWN]
    place = OrganisationFactory(kind="facility", parent=world.case.organisation)
    assert find_addressees(motion, "facility") == [Addressee(organisation=place)]
    OrganisationFactory(kind="facility", parent=world.case.organisation)
    assert find_addressees(motion, "facility") == [NOBODY_KNOWN]


def test_counsel_of_several_persons_is_named_once(world: World) -> None:
    suspect = world.case.persons.get(capacity="suspect")
    victim = world.case.persons.get(capacity="victim")
    Counsel.objects.create(case=world.case, person=victim, officer=world.posts["defender"].officer)
    assert counsel_of([suspect, victim]) == [world.posts["defender"].officer]
    assert counsel_of([]) == []
