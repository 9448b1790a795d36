"""R-A3: covert motions have numbers, a load and seeds of their own; what others see of ordinary ones counts none."""

from typing import Any

import pytest
from django.utils import timezone

from ecase.audit.models import Entry
from ecase.cases import participation
from ecase.cases.models import Participation
from ecase.officers.models import Organisation, Role
from tests.assignment.conftest import MakeMotion, committed, drawn, judges, officer, sign
from tests.factories import CaseFactory, OfficerFactory, OrganisationFactory, PostFactory
from tests.motions.conftest import World, make_world, storage, world  # noqa: F401 - fixtures
from tests.past_guards import move, past_guards
from workflows.assignment import conflicts, seeds, services
from workflows.assignment.models import Bar, Commitment, Draw, Register, Series
from workflows.motions.models import Motion
from workflows.motions.states import ActType

pytestmark = pytest.mark.django_db


# -- numbers ------------------------------------------------------------------------------------------------------


def test_numbers_of_covert_motions_leave_no_gap_among_the_others(world: World) -> None:  # noqa: F811
    kinds = ["search", "covert_action", "search", "covert_action", "covert_action", "search"]
    numbers = [world.assigned(kind).number or "" for kind in kinds]
    year, code = timezone.localdate().year % 100, world.case.court.code

    ordinary = [f"{code}-{year:02d}-{number}" for number in (1, 2, 3)]
    covert = [f"{code}-{year:02d}-N{number}" for number in (1, 2, 3)]
    assert numbers == [ordinary[0], covert[0], ordinary[1], covert[1], covert[2], ordinary[2]]


def test_the_series_of_a_court_never_share_a_number(court: Organisation) -> None:
    given = [services.next_number(court, series=series) for _turn in range(12) for series in Series]
    assert len(set(given)) == len(given)
    assert {register.last for register in Register.objects.filter(court=court)} == {12}


# -- loads --------------------------------------------------------------------------------------------------------


def loads_of(draw: Draw) -> dict[str, tuple[int, int, int]]:
    parts = {candidate["officer"]: candidate["made_of"] for candidate in draw.candidates}
    return {who: (made["open"], made["done"], made["appeals"]) for who, made in parts.items()}


def test_the_draw_of_an_ordinary_motion_counts_no_covert_one(court: Organisation, file: MakeMotion) -> None:
    first, second = judges(court, 2)
    file(judge=first.officer, secret=True)
    file(judge=first.officer, secret=True, decided_at=timezone.now())
    file(judge=second.officer)
    _appeal_of(file(secret=True), second)
    record = drawn(file())

    assert loads_of(record) == {officer(first): (0, 0, 0), officer(second): (1, 0, 0)}
    assert services.faults(record) == []


def test_the_draw_of_a_covert_motion_counts_all_that_lies_on_a_desk(court: Organisation, file: MakeMotion) -> None:
    first, second = judges(court, 2)
    file(judge=first.officer, secret=True)
    file(judge=second.officer)
    _appeal_of(file(secret=True), second)
    record = drawn(file(secret=True))

    assert loads_of(record) == {officer(first): (1, 0, 0), officer(second): (1, 0, 1)}
    assert services.faults(record) == []


def _appeal_of(motion: Motion, judge: Any) -> None:
    """That the appeal of a motion of another court was drawn to ``judge``."""
    other = OrganisationFactory(court=True)
    with past_guards():
        Motion.objects.filter(pk=motion.pk).update(court=other)
    Draw.objects.create(motion=motion, court=judge.organisation, seed="", candidates=[], chosen=judge)


# -- seeds --------------------------------------------------------------------------------------------------------


def test_a_covert_draw_spends_no_nonce_of_the_others_and_writes_nothing_into_their_chain(
    court: Organisation, file: MakeMotion
) -> None:
    judges(court)
    seeds.commit(court)
    first = drawn(file())
    before = committed(court)
    hidden = [drawn(file(secret=True)) for _turn in range(2)]
    assert committed(court) == before

    second = drawn(file())
    assert [draw.made_of["committed_in"]["number"] for draw in (first, second)] == [1, 2]
    assert [draw.made_of["committed_in"]["number"] for draw in hidden] == [1, 2]
    assert all(services.faults(draw) == [] for draw in (first, second, *hidden))
    assert "series" not in second.made_of


def test_what_a_covert_draw_commits_to_names_its_motion_so_that_it_is_hidden_with_it(
    court: Organisation, file: MakeMotion
) -> None:
    judges(court)
    motion = file(secret=True)
    drawn(motion)
    for entry in Entry.objects.filter(chain=seeds.chain_of(court.pk, Series.COVERT)):
        assert entry.content["subject"] == {"court": str(court.pk), "motion": str(motion.pk)}


def test_a_nonce_of_the_covert_series_that_was_thrown_away_is_found(court: Organisation, file: MakeMotion) -> None:
    judges(court)
    drawn(file(secret=True))
    with past_guards():
        Commitment.objects.filter(series=Series.COVERT).delete()
    assert services.faults(drawn(file(secret=True))) == ["a commitment of the court was passed over"]
    assert services.faults(drawn(file())) == []


def test_draws_of_covert_motions_before_the_series_still_stand(court: Organisation, file: MakeMotion) -> None:
    """They spent nonces of the one chain that there was."""
    judges(court)
    old = file()
    first, second = drawn(old), drawn(file())
    move(old, secret=True)

    assert services.faults(Draw.objects.get(pk=first.pk)) == []
    assert services.faults(Draw.objects.get(pk=second.pk)) == []


def test_an_ordinary_motion_that_was_drawn_by_the_covert_chain_is_found(court: Organisation, file: MakeMotion) -> None:
    judges(court)
    motion = file(secret=True)
    record = drawn(motion)
    with past_guards():
        Motion.objects.filter(pk=motion.pk).update(secret=False)
    assert services.faults(Draw.objects.get(pk=record.pk)) == ["an ordinary motion has a seed of the covert ones"]


# -- exclusions ---------------------------------------------------------------------------------------------------


def test_who_acted_in_covert_motions_of_the_case_alone_is_left_out_of_their_draws_only(
    court: Organisation, file: MakeMotion
) -> None:
    first, second = judges(court, 2)
    case = CaseFactory(court=court)
    acted = PostFactory(officer=first.officer, prosecutor=True, organisation=case.prosecution)
    covert = file(case=case, secret=True)
    sign(covert, acted)
    participation.join(case, first.officer, Role.PROSECUTOR)

    assert drawn(file(case=case)).excluded == {}
    reasons = {officer(first): [{"code": "acted", "detail": "prosecutor"}]}
    assert drawn(file(case=case, secret=True)).excluded == reasons
    sign(file(case=case), acted)
    assert drawn(file(case=case)).excluded == reasons
    assert second.pk


def test_kin_of_who_acted_in_covert_motions_alone_are_not_left_out_of_the_others(
    court: Organisation, file: MakeMotion
) -> None:
    first, _second = judges(court, 2)
    case, brother = CaseFactory(court=court), OfficerFactory(iin="900101300009")
    conflicts.declare(first.officer, Bar.Ground.KIN, first, iin=brother.iin)
    covert = file(case=case, secret=True)
    sign(covert, PostFactory(officer=brother, prosecutor=True, organisation=case.prosecution))
    participation.join(case, brother, Role.PROSECUTOR)

    assert drawn(file(case=case)).excluded == {}
    assert list(drawn(file(case=case, secret=True)).excluded) == [officer(first)]


def test_a_covert_draw_of_another_court_is_no_reason_in_an_ordinary_one(court: Organisation, file: MakeMotion) -> None:
    first, _second = judges(court, 2)
    case = CaseFactory(court=court)
    below = PostFactory(officer=first.officer, judge=True, organisation=OrganisationFactory(court=True))
    Draw.objects.create(
        motion=file(case=case, secret=True), court=below.organisation, seed="", candidates=[], chosen=below
    )
    assert drawn(file(case=case)).excluded == {}
    assert drawn(file(case=case, secret=True)).excluded == {officer(first): [{"code": "judged_elsewhere"}]}


def test_who_recuses_himself_from_a_covert_motion_declares_nothing_that_others_see(world: World) -> None:  # noqa: F811
    motion = world.assigned("covert_action")
    PostFactory(judge=True, organisation=world.case.court)
    left = world.posts["judge"].officer_id
    after = world.does(motion, ActType.RECUSAL, "judge")

    assert not Bar.objects.exists()
    assert not [entry for entry in Entry.objects.filter(chain="system") if entry.content["event"] == "bar.declared"]
    assert after.judge_id not in (None, left)
    assert str(left) not in world.assigned("search").draws.get().excluded


def test_a_judge_who_acted_in_another_role_may_still_step_aside(world: World) -> None:  # noqa: F811
    """R-A3: an ordinary draw does not see what a covert motion makes a conflict; the judge does, and leaves."""
    motion = world.assigned("search")
    judge = world.posts["judge"]
    PostFactory(judge=True, organisation=world.case.court)
    participation.join(world.case, judge.officer, Role.PROSECUTOR)

    after = world.does(motion, ActType.RECUSAL, "judge")
    assert after.judge_id not in (None, judge.officer_id)
    assert Participation.objects.get(case=world.case, officer=judge.officer).role == Role.PROSECUTOR
