"""Counsel is for a person: by a notice of defence, several at once, never for opposed interests (CPC 66-70, 94)."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from ecase.audit.models import Entry
from ecase.cases import participation, services
from ecase.cases.models import Case, Counsel, FormerCounsel, Person
from ecase.officers.models import Post, Role
from ecase.problems import Conflict, Invalid, NotAllowed, Stale
from tests.factories import CaseFactory, PersonFactory, PostFactory, investigator_of, prosecutor_of

pytestmark = pytest.mark.django_db


class Matter:
    """A case with a suspect, an investigator and an advocate."""

    def __init__(self) -> None:
        self.case = CaseFactory()
        self.post = investigator_of(self.case)
        self.suspect = PersonFactory(case=self.case)
        self.advocate = PostFactory(defender=True)

    def name(self, person: Person | None = None, advocate: Post | None = None, **given: Any) -> Counsel:
        officer = (advocate or self.advocate).officer if "participant" not in given else None
        return services.name_counsel(self.case, self.post, person or self.suspect, officer, **given)

    def refused(self, *args: Any, **given: Any) -> set[tuple[str, str]]:
        with pytest.raises(Invalid) as raised:
            self.name(*args, **given)
        return {(problem.field, problem.code) for problem in raised.value.problems}


@pytest.fixture
def matter() -> Matter:
    return Matter()


def test_several_advocates_defend_one_person_chosen_and_appointed(matter: Matter) -> None:
    first = matter.name()
    second = matter.name(advocate=PostFactory(defender=True), appointed=True, noticed_on=timezone.localdate())
    assert (first.appointed, second.appointed, first.noticed_on) == (False, True, timezone.localdate())
    assert matter.suspect.counsel.count() == 2
    assert matter.name().pk == first.pk
    assert Entry.objects.filter(chain=matter.case.chain).latest("seq").content["event"] == "counsel.named"


def test_every_problem_of_a_notice_is_named_at_once(matter: Matter) -> None:
    strange = PersonFactory()
    tomorrow = timezone.localdate() + timedelta(days=1)
    found = matter.refused(strange, PostFactory(), noticed_on=tomorrow)
    assert found == {("person", "not-of-the-case"), ("noticed_on", "in-the-future"), ("officer", "not-a-defender")}
    assert matter.refused(noticed_on=None) == {("noticed_on", "not-a-day")}
    assert matter.refused(relation="friend") == {("relation", "invalid_choice")}
    with pytest.raises(Invalid):
        services.name_counsel(matter.case, matter.post, matter.suspect)


def test_another_notice_of_the_same_counsel_is_not_passed_over(matter: Matter) -> None:
    matter.name()
    with pytest.raises(Conflict) as raised:
        matter.name(appointed=True, noticed_on=timezone.localdate() - timedelta(days=1))
    assert {problem.field for problem in raised.value.problems} == {"appointed", "noticed_on"}


def test_nobody_defends_two_whose_interests_are_opposed(matter: Matter) -> None:
    victim = PersonFactory(case=matter.case, capacity="victim")
    named = matter.name()
    assert matter.refused(victim) == {("officer", "opposed-interests")}
    # Also not afterwards, unless it was a mistake of entry.
    services.end_counsel(named, matter.post, "replaced", "басқа қорғаушы келді")
    assert matter.refused(victim) == {("officer", "opposed-interests")}
    other = matter.name(advocate=PostFactory(defender=True))
    services.end_counsel(other, matter.post, "mistake", "басқа адам таңдалған")
    services.name_counsel(matter.case, matter.post, victim, other.officer)


def test_a_correction_puts_nobody_on_both_sides(matter: Matter) -> None:
    other = PersonFactory(case=matter.case, capacity="other")
    matter.name()
    matter.name(other, interests_agree=True)
    with pytest.raises(Invalid) as raised:
        services.correct_person(other, matter.post, "жәбірленуші деп танылды", capacity="victim")
    assert [(problem.field, problem.code) for problem in raised.value.problems] == [("capacity", "opposed-interests")]
    assert services.correct_person(other, matter.post, "күдікті деп танылды", capacity="suspect").capacity == "suspect"
    # Whoever changes sides alone takes counsel along.
    alone = PersonFactory(case=matter.case, capacity="witness")
    matter.name(alone, PostFactory(defender=True))
    assert services.correct_person(alone, matter.post, "күдікті", capacity="suspect").capacity == "suspect"
    assert services.correct_person(alone, matter.post, "жәбірленуші", capacity="victim").capacity == "victim"


def test_for_two_suspects_it_is_stated_that_their_interests_agree(matter: Matter) -> None:
    accomplice = PersonFactory(case=matter.case)
    matter.name()
    assert matter.refused(accomplice) == {("interests_agree", "interests-not-stated")}
    assert matter.name(accomplice, interests_agree=True).person == accomplice
    assert Entry.objects.filter(chain=matter.case.chain).latest("seq").content["data"]["interests"] == "agree"


def test_whoever_has_another_part_in_the_case_is_no_counsel_in_it(matter: Matter) -> None:
    participation.join(matter.case, matter.advocate.officer, Role.INVESTIGATOR)
    assert matter.refused() == {("officer", "has-another-part")}
    assert matter.advocate not in services.advocates_for(matter.case)
    witness = PostFactory(defender=True)
    PersonFactory(case=matter.case, capacity="witness", iin=witness.officer.iin)
    assert matter.refused(advocate=witness) == {("officer", "has-another-part")}


def test_a_relative_defends_beside_an_advocate(matter: Matter) -> None:
    wife = PersonFactory(case=matter.case, capacity="defender", sex="female")
    assert matter.refused(participant=wife, relation="spouse") == {("relation", "no-advocate")}
    matter.name()
    beside = matter.name(participant=wife, relation="spouse")
    assert (beside.officer, beside.name) == (None, wife.full_name)
    victim = PersonFactory(case=matter.case, capacity="victim")
    assert matter.refused(victim, participant=victim, relation="guardian", appointed=True) == {
        ("participant", "not-a-defender"),
        ("appointed", "relative-not-appointed"),
        ("person", "relative-of-the-accused"),
        ("relation", "no-advocate"),
    }


def test_the_end_of_a_defence_ends_the_access_and_is_kept(matter: Matter) -> None:
    named = matter.name()
    assert matter.case in Case.objects.visible_to(matter.advocate)
    former = services.end_counsel(named, matter.post, "refused", "жазбаша бас тарту", seen=1)
    assert matter.case not in Case.objects.visible_to(matter.advocate)
    assert (former.officer, former.person, former.end) == (matter.advocate.officer, matter.suspect, "refused")
    assert former.named_at == named.named_at
    entry = Entry.objects.filter(chain=matter.case.chain).latest("seq").content
    assert (entry["event"], entry["data"]["end"]) == ("counsel.ended", "refused")
    assert FormerCounsel.objects.count() == 1


def test_only_the_prosecutor_removes_counsel(matter: Matter) -> None:
    named = matter.name()
    with pytest.raises(NotAllowed):
        services.end_counsel(named, matter.post, "removed", "94-бап")
    with pytest.raises(Stale):
        services.end_counsel(named, matter.post, "replaced", "94-бап", seen=7)
    with pytest.raises(Invalid) as raised:
        services.end_counsel(named, matter.post, "vanished", "")
    assert {problem.field for problem in raised.value.problems} == {"end", "reason"}
    assert services.end_counsel(named, prosecutor_of(matter.case), "removed", "94-бап").end == "removed"


@pytest.mark.parametrize(
    "who", [{"birth_date": timezone.localdate() - timedelta(days=6000)}, {"language": "өзбек тілі"}]
)
def test_a_mandatory_defence_is_not_refused_without_another(matter: Matter, who: dict[str, Any]) -> None:
    Person.objects.filter(pk=matter.suspect.pk).update(**who)
    matter.suspect.refresh_from_db()
    named = matter.name()
    with pytest.raises(Invalid) as raised:
        services.end_counsel(named, matter.post, "refused", "жазбаша бас тарту")
    assert [problem.code for problem in raised.value.problems] == ["defence-is-mandatory"]
    matter.name(advocate=PostFactory(defender=True))
    services.end_counsel(named, matter.post, "refused", "жазбаша бас тарту")
