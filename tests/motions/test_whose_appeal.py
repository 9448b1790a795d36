"""F-F1: only its appellant ends an appeal; appeals are independent, and the state follows from all of them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from ecase.cases.models import Counsel
from ecase.officers.models import Post, Role
from ecase.problems import Conflict, Invalid, NotAllowed
from tests.factories import PersonFactory, PostFactory, clerk_of, prosecutor_of
from tests.motions.test_appeals import decided, end_term
from tests.motions.world import World
from workflows.motions.exports import papers
from workflows.motions.exports.act_json import Draft
from workflows.motions.models import Act, Motion
from workflows.motions.rules import appeals, payloads
from workflows.motions.rules.appeals import Stated
from workflows.motions.services import acting
from workflows.motions.states import ActType, AppealState
from workflows.statute.catalogue import catalogue, in_force
from workflows.watch import duties

UNTIL = datetime(2026, 11, 20, tzinfo=UTC)
SAYS = {
    "a": (ActType.APPEAL, -1),
    "A": (ActType.APPEAL, 1),
    "w": (ActType.APPEAL_WITHDRAWAL, 2),
    "y": (ActType.RESTORATION, 2),
    "n": (ActType.RESTORATION, 2),
    "u": (ActType.TRANSMISSION, 3),
    "j": (ActType.APPEAL_ASSIGNMENT, 3),
    "l": (ActType.APPEAL_RECUSAL, 3),
    "r": (ActType.APPEAL_RULING, 4),
}


def told(story: str) -> list[Stated]:
    """``a1`` an appeal in time, ``A1`` a late one, ``w1`` its withdrawal, ``y1`` and ``n1`` the judge's ruling on its
    term, ``w`` a withdrawal from before appeals were named; ``u j l r`` the steps in the higher court."""
    found = []
    for number, word in enumerate(story.split()):
        kind, days = SAYS[word[0]]
        named = {"appeal": word[1:]} if word[1:] else {}
        restored = {"restored": "yes" if word[0] == "y" else "no"} if kind == ActType.RESTORATION else {}
        mine = word[1:] if kind == ActType.APPEAL else f"act {number}"
        found.append(Stated(mine, kind, {**named, **restored}, UNTIL + timedelta(days=days)))
    return found


@pytest.mark.parametrize(
    ("story", "state"),
    [
        ("", "none"),
        ("a1", "filed"),
        ("A1", "late"),
        ("a1 w1", "withdrawn"),
        ("a1 a2 w1", "filed"),
        ("a1 a2 w1 w2", "withdrawn"),
        ("a1 A2", "filed"),
        ("a1 A2 w2", "filed"),
        ("a1 A2 w1", "late"),
        ("A1 A2 w1", "late"),
        ("A1 y1", "filed"),
        ("A1 n1", "not_restored"),
        ("A1 A2 y1", "filed"),
        ("A1 A2 n1", "late"),
        ("A1 A2 n1 w2", "not_restored"),
        ("a1 A2 n2", "filed"),
        ("a1 A2 n2 w1", "not_restored"),
        ("a1 A2 y2 w1", "filed"),
        ("A1 n1 A2", "late"),
        ("a1 w1 a2", "filed"),
        ("a1 w1 A2", "late"),
        ("a1 u", "sent_up"),
        ("a1 a2 u w1", "sent_up"),
        ("a1 u w1", "withdrawn"),
        ("a1 u a2", "sent_up"),
        ("a1 u A2 w1", "late"),
        ("a1 u A2 y2 w1", "sent_up"),
        ("a1 u A2 w1 y2", "filed"),
        ("a1 a2 u j", "with_judge"),
        ("a1 a2 u j w1", "with_judge"),
        ("a1 a2 u j w1 w2", "withdrawn"),
        ("a1 u j w1 a2", "filed"),
        ("a1 u j w1 a2 u", "sent_up"),
        ("a1 u j l", "sent_up"),
        ("a1 a2 u j w2 r", "ruled"),
        ("a1 a2 w", "withdrawn"),
        ("a1 a2 w a3", "filed"),
    ],
)
def test_one_function_says_where_all_appeals_stand(story: str, state: str) -> None:
    assert appeals.count_acts(told(story), UNTIL).state == state


# -- who ends what -------------------------------------------------------------------------------------------------


@pytest.fixture
def motion(world: World) -> Motion:
    """A decided and delivered custody motion about the client of the world's defender."""
    world.posts["second_prosecutor"] = prosecutor_of(world.case)
    world.posts["second_clerk"] = clerk_of(world.case)
    suspect = world.case.persons.get(capacity="suspect")
    for name, capacity in (("of_co_suspect", "suspect"), ("of_victim", "victim")):
        world.posts[name] = counsel(world, PersonFactory(case=world.case, capacity=capacity))
    world.posts["second_defender"] = counsel(world, suspect)
    return decided(world)


def counsel(world: World, person: Any) -> Post:
    post = PostFactory(defender=True)
    Counsel.objects.create(case=world.case, officer=post.officer, person=person)
    return post


def appealed(world: World, motion: Motion, *roles: str) -> tuple[Motion, list[Act]]:
    for role in roles:
        motion = world.does(motion, ActType.APPEAL, role)
    return motion, list(motion.acts.filter(type=ActType.APPEAL).order_by("position"))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("by", "strangers"),
    [
        ("defender", ["prosecutor", "clerk"]),
        ("prosecutor", ["defender", "second_prosecutor", "clerk"]),
        ("clerk", ["prosecutor", "defender", "second_clerk"]),
    ],
)
def test_nobody_ends_what_another_has_filed(world: World, motion: Motion, by: str, strangers: list[str]) -> None:
    """F-F1, first and third: the prosecutor withdrew the defender's appeal, or a complaint that the clerk recorded."""
    motion, (appeal,) = appealed(world, motion, by)
    for role in strangers:
        assert ActType.APPEAL_WITHDRAWAL not in acting.available(motion, world.posts[role]), role
        with pytest.raises(NotAllowed):
            world.act(motion, ActType.APPEAL_WITHDRAWAL, role, {"appeal": str(appeal.pk), "reasons": "Себеп."})
    assert world.fresh(motion).appeal_state == AppealState.FILED

    assert world.does(motion, ActType.APPEAL_WITHDRAWAL, by).appeal_state == AppealState.WITHDRAWN


@pytest.mark.django_db
def test_one_withdrawal_leaves_the_others_standing_and_they_go_up(world: World, motion: Motion) -> None:
    """F-F1, second: both appealed, one withdrew, and the other's appeal was never sent to the higher court."""
    motion, (of_prosecutor, of_defender) = appealed(world, motion, "prosecutor", "defender")

    motion = world.does(motion, ActType.APPEAL_WITHDRAWAL, "prosecutor")

    withdrawal = motion.acts.get(type=ActType.APPEAL_WITHDRAWAL)
    assert withdrawal.payload["appeal"] == str(of_prosecutor.pk)
    assert (withdrawal.from_appeal, withdrawal.to_appeal) == ("filed", "filed")
    with pytest.raises(NotAllowed):
        world.act(motion, ActType.APPEAL_WITHDRAWAL, "prosecutor", {"appeal": str(of_defender.pk), "reasons": "Себеп."})
    end_term(motion)
    assert duties.send_up_appeals(timezone.now()) == 1
    motion = world.fresh(motion)
    assert motion.appeal_state == AppealState.WITH_JUDGE
    assert motion.deadlines.get(term="rule_on_appeal").state == "running"

    motion = world.does(motion, ActType.APPEAL_WITHDRAWAL, "defender")

    assert motion.appeal_state == AppealState.WITHDRAWN
    assert motion.deadlines.get(term="rule_on_appeal").state == "void"
    assert {post.role for post in Post.objects.filter(officer=motion.appellate_judge)} == {Role.JUDGE}


@pytest.mark.django_db
def test_an_appeal_is_the_client_s_so_his_other_counsel_may_withdraw_it(world: World, motion: Motion) -> None:
    motion, _all = appealed(world, motion, "defender")

    assert ActType.APPEAL_WITHDRAWAL not in acting.available(motion, world.posts["of_victim"])
    assert ActType.APPEAL_WITHDRAWAL not in acting.available(motion, world.posts["of_co_suspect"])
    assert world.does(motion, ActType.APPEAL_WITHDRAWAL, "second_defender").appeal_state == AppealState.WITHDRAWN


@pytest.mark.django_db
def test_counsel_of_two_persons_counts_for_nobody_who_has_only_one_of_them(world: World, motion: Motion) -> None:
    """It is not recorded for which client the appeal was made, so counsel of only one of them cannot withdraw it."""
    victim = world.case.persons.filter(capacity="victim").first()
    Counsel.objects.create(case=world.case, officer=world.posts["defender"].officer, person=victim)
    motion, _all = appealed(world, motion, "defender")

    assert ActType.APPEAL_WITHDRAWAL not in acting.available(motion, world.posts["second_defender"])
    assert ActType.APPEAL_WITHDRAWAL in acting.available(motion, world.posts["defender"])


@pytest.mark.django_db
def test_of_several_one_is_chosen_and_of_one_it_is_filled_in(world: World, motion: Motion) -> None:
    motion, (first, second) = appealed(world, motion, "clerk", "clerk")
    clerk = world.posts["clerk"]
    form = payloads.form(motion, ActType.APPEAL_WITHDRAWAL, author=clerk)
    labels = [str(choice.label) for choice in form.fields[0].choices]
    assert [choice.key for choice in form.fields[0].choices] == [str(first.pk), str(second.pk)]
    assert all(clerk.officer.full_name in label for label in labels)
    with pytest.raises(Invalid) as missing:
        acting.prepare(motion, ActType.APPEAL_WITHDRAWAL, clerk, {"reasons": "Себеп."})
    assert [problem.field for problem in missing.value.problems] == ["payload.appeal"]

    motion = world.does(motion, ActType.APPEAL_WITHDRAWAL, "clerk", appeal=str(first.pk))

    assert motion.appeal_state == AppealState.FILED
    prepared = acting.prepare(motion, ActType.APPEAL_WITHDRAWAL, clerk, {"reasons": "Себеп."})
    assert prepared.payload["appeal"] == str(second.pk)


@pytest.mark.django_db
def test_the_paper_says_which_appeal_is_ended(world: World, motion: Motion) -> None:
    motion, (appeal,) = appealed(world, motion, "prosecutor")
    payload = {"appeal": str(appeal.pk), "reasons": "Себеп."}
    draft = Draft(
        appeal.pk, motion, ActType.APPEAL_WITHDRAWAL, world.posts["prosecutor"], payload, timezone.now(), appeal
    )
    (section,) = [section for section in papers.paper_of(draft).sections if section.key == "appeal"]
    assert world.posts["prosecutor"].officer.full_name in section.paragraphs[0]
    assert str(appeal.pk) not in section.paragraphs[0]


@pytest.mark.django_db
def test_the_judge_restores_the_term_of_one_appeal_and_for_that_person_only(world: World, motion: Motion) -> None:
    end_term(motion)
    motion, (of_defender, of_clerk) = appealed(world, motion, "defender", "clerk")
    assert motion.appeal_state == AppealState.LATE

    motion = world.does(motion, ActType.RESTORATION, "judge", restored="no", appeal=str(of_defender.pk))

    assert motion.appeal_state == AppealState.LATE
    with pytest.raises(Conflict):
        world.does(motion, ActType.APPEAL, "defender")
    motion = world.does(motion, ActType.RESTORATION, "judge", restored="yes")
    assert motion.acts.filter(type=ActType.RESTORATION).latest("position").payload["appeal"] == str(of_clerk.pk)
    assert motion.appeal_state == AppealState.FILED
    with pytest.raises(Conflict):
        world.does(motion, ActType.RESTORATION, "judge", restored="yes")


@pytest.mark.django_db
def test_a_version_of_the_law_without_the_field_takes_that_of_today(
    world: World, motion: Motion, monkeypatch: Any
) -> None:
    version = in_force()
    today = catalogue(version.pk).acts["appeal_withdrawal"].field("appeal")
    bare = motion.kind_entry.form_for("appeal_withdrawal")
    monkeypatch.setattr(
        type(motion.kind_entry),
        "form_for",
        lambda *_args: type(bare)(fields=tuple(field for field in bare.fields if field.key != "appeal")),
    )
    form = payloads.form(motion, ActType.APPEAL_WITHDRAWAL)
    assert today
    assert str(form.fields[0].label) == str(today.label)
