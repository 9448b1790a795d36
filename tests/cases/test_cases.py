"""Cases: who opens and changes them, who sees them, and who may act in them once."""

import threading
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from ecase.audit.models import Entry
from ecase.cases import participation, services
from ecase.cases.models import Case, Participation, TeamMember
from ecase.officers.models import Post, Role
from ecase.problems import Conflict, Invalid, NotAllowed, Refused
from tests.factories import (
    CaseFactory,
    OfficerFactory,
    OrganisationFactory,
    PostFactory,
    clerk_of,
    head_of_unit_of,
    investigator_of,
    judge_of,
    prosecutor_of,
)

pytestmark = pytest.mark.django_db


def codes(refused: Refused) -> set[tuple[str, str]]:
    return {(problem.field, problem.code) for problem in refused.problems}


def opened(post: Post, **changes: Any) -> Case:
    fields = {
        "number": "990000000000001",
        "language": "kk",
        "qualification": "ҚК 188-бабы",
        "prosecution": OrganisationFactory(prosecution=True),
        "court": OrganisationFactory(court=True),
    }
    return services.open_case(post, **{**fields, **changes})


def events(case: Case) -> list[str]:
    return [entry.event for entry in Entry.objects.filter(chain=case.chain).order_by("seq")]


# -- opening and changing -----------------------------------------------------------------------------------------


def test_an_investigator_opens_a_case_and_is_on_its_team() -> None:
    post = PostFactory()
    case = opened(post, number=" 990000000000001 ")
    assert (case.number, case.organisation) == ("990000000000001", post.organisation)
    assert case in Case.objects.visible_to(post)
    assert participation.role_of(case, post.officer) == Role.INVESTIGATOR
    assert events(case) == ["case.opened"]


def test_a_head_of_unit_opens_a_case_and_names_the_investigator() -> None:
    head = PostFactory(head_of_unit=True)
    case = opened(head)
    investigator = PostFactory(organisation=head.organisation)
    services.join_team(case, head, investigator.officer)
    assert participation.role_of(case, head.officer) is None
    assert [member.officer for member in TeamMember.objects.filter(case=case)] == [investigator.officer]
    assert events(case) == ["case.opened", "team.joined"]


@pytest.mark.parametrize("role", [role for role in Role if role not in services.OPENERS])
def test_no_other_role_opens_or_changes_a_case(role: Role) -> None:
    post = PostFactory(role=role)
    with pytest.raises(NotAllowed):
        opened(post)
    case = CaseFactory(organisation=post.organisation, prosecution=post.organisation, court=post.organisation)
    if role not in services.CHANGERS:
        with pytest.raises(NotAllowed):
            services.add_person(case, post, capacity="suspect", surname="А", given_name="Б", sex="male")
    with pytest.raises(NotAllowed):
        services.join_team(case, post, post.officer)


def test_a_post_of_the_past_opens_nothing() -> None:
    with pytest.raises(NotAllowed):
        opened(PostFactory(valid_to=timezone.now()))


def test_every_wrong_field_is_named_at_once() -> None:
    wrong = {"language": "xx", "qualification": "", "prosecution": OrganisationFactory(court=True)}
    with pytest.raises(Invalid) as refused:
        opened(PostFactory(), **wrong)
    assert codes(refused.value) == {
        ("language", "invalid_choice"),
        ("qualification", "blank"),
        ("prosecution", "wrong-organisation"),
    }
    assert not Case.objects.exists()


def test_a_number_is_given_once() -> None:
    opened(PostFactory())
    with pytest.raises(Conflict) as refused:
        opened(PostFactory())
    assert codes(refused.value) == {("number", "number-taken")}
    with pytest.raises(Invalid) as refused:
        opened(PostFactory(), language="xx")
    assert codes(refused.value) == {("number", "number-taken"), ("language", "invalid_choice")}


@pytest.mark.django_db(transaction=True)
def test_of_two_with_one_number_at_once_one_is_opened() -> None:
    bodies = {"prosecution": OrganisationFactory(prosecution=True), "court": OrganisationFactory(court=True)}

    def attempt(post: Post) -> str:
        try:
            return str(opened(post, **bodies).number)
        except Conflict as refused:
            return str(codes(refused))

    outcomes = together(attempt, [PostFactory(), PostFactory()])
    assert sorted(outcomes) == ["990000000000001", str({("number", "number-taken")})]
    assert Case.objects.count() == 1


def test_a_person_is_added_and_the_log_does_not_name_it() -> None:
    post = PostFactory()
    case = opened(post)
    person = services.add_person(case, post, capacity="suspect", surname="Тасқынов", given_name="Ержан", sex="male")
    assert person.case == case
    entry = Entry.objects.filter(chain=case.chain).latest("seq").content
    assert entry["data"] == {"person": str(person.pk), "capacity": "suspect"}


def test_a_wrong_person_is_refused_with_every_field() -> None:
    post = PostFactory()
    case = opened(post)
    with pytest.raises(Invalid) as refused:
        services.add_person(case, post, capacity="king", surname="", given_name="А", sex="male", iin="12")
    assert codes(refused.value) == {("capacity", "invalid_choice"), ("surname", "blank"), ("iin", "iin-form")}


def test_only_an_investigator_of_the_body_joins_the_team() -> None:
    post = PostFactory()
    case = opened(post)
    for officer in (OfficerFactory(), PostFactory().officer, head_of_unit_of(case).officer):
        with pytest.raises(Invalid) as refused:
            services.join_team(case, post, officer)
        assert codes(refused.value) == {("officer", "not-an-investigator-here")}


def test_a_strange_investigator_changes_nothing() -> None:
    case = opened(PostFactory())
    stranger = PostFactory(organisation=case.organisation)
    with pytest.raises(NotAllowed):
        services.join_team(case, stranger, stranger.officer)


# -- who sees what: role and place, and everything else is denied -------------------------------------------------


def in_every_body(role: str) -> Any:
    """A post in a body that is all three bodies of the case at once: who sees nothing there sees nothing anywhere."""

    def make(case: Case) -> Post:
        Case.objects.filter(pk=case.pk).update(prosecution=case.organisation, court=case.organisation)
        return PostFactory(role=role, organisation=case.organisation)

    return make


HERE = {
    "investigator on the team": (investigator_of, True),
    "investigator of the body, not on the team": (in_every_body("investigator"), False),
    "head of unit": (head_of_unit_of, True),
    "prosecutor": (prosecutor_of, True),
    "judge": (judge_of, False),
    "clerk": (clerk_of, False),
    **{role: (in_every_body(role), False) for role in ("defender", "auditor", "administrator", "emperor")},
}
ELSEWHERE = [*Role, "emperor"]


@pytest.mark.parametrize("who", HERE)
def test_who_sees_a_case(who: str) -> None:
    case = CaseFactory()
    make, sees = HERE[who]
    assert Case.objects.visible_to(make(case)).filter(pk=case.pk).exists() is sees


@pytest.mark.parametrize("role", ELSEWHERE)
def test_nobody_of_another_body_sees_it(role: str) -> None:
    CaseFactory()
    assert not Case.objects.visible_to(PostFactory(role=role)).exists()


@pytest.mark.parametrize("make", [investigator_of, head_of_unit_of, prosecutor_of])
def test_a_post_that_has_ended_sees_nothing(make: Any) -> None:
    case = CaseFactory()
    post = make(case)
    post.valid_to = timezone.now()
    assert not Case.objects.visible_to(post).exists()


def test_a_team_member_who_went_to_another_body_sees_nothing() -> None:
    case = CaseFactory()
    moved = PostFactory(officer=investigator_of(case).officer)
    assert not Case.objects.visible_to(moved).exists()


# -- separation of duties -----------------------------------------------------------------------------------------


def test_one_role_in_a_case_for_ever() -> None:
    case, officer = CaseFactory(), OfficerFactory()
    participation.join(case, officer, Role.INVESTIGATOR)
    participation.join(case, officer, Role.INVESTIGATOR)
    with pytest.raises(NotAllowed) as refused:
        participation.join(case, officer, Role.JUDGE)
    assert codes(refused.value) == {("", "acted-in-another-role")}
    assert participation.role_of(case, officer) == Role.INVESTIGATOR
    participation.join(CaseFactory(), officer, Role.JUDGE)


def test_the_database_keeps_the_role() -> None:
    case, officer = CaseFactory(), OfficerFactory()
    participation.join(case, officer, Role.PROSECUTOR)
    rows = Participation.objects.filter(case=case)
    for change in (lambda: rows.update(role=Role.JUDGE), rows.delete):
        with pytest.raises(DatabaseError, match="Cannot"), transaction.atomic():
            change()


@pytest.mark.django_db(transaction=True)
def test_of_two_roles_at_once_one_stays() -> None:
    case, officer = CaseFactory(), OfficerFactory()

    def attempt(role: str) -> str:
        try:
            participation.join(case, officer, role)
        except NotAllowed:
            return "refused"
        return role

    roles = [Role.INVESTIGATOR, Role.PROSECUTOR, Role.JUDGE, Role.CLERK]
    outcomes = together(attempt, roles)
    assert outcomes.count("refused") == 3
    assert participation.role_of(case, officer) in outcomes


def together(attempt: Any, arguments: list[Any]) -> list[str]:
    """What every attempt gave, all of them begun at the same moment on connections of their own."""
    barrier, outcomes = threading.Barrier(len(arguments)), []

    def run(argument: Any) -> None:
        barrier.wait()
        outcomes.append(attempt(argument))
        connection.close()

    threads = [threading.Thread(target=run, args=(argument,)) for argument in arguments]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes
