"""Appeals: in time or late, sent to the higher court, heard by another judge, and their effect on the decision."""

import uuid
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.utils import timezone
from pypdf import PdfReader

from ecase.cases import integrity
from ecase.instants import format_instant, parse_instant
from ecase.outbox.models import Message
from ecase.problems import Conflict, Invalid, NotAllowed
from tests.factories import PostFactory
from tests.motions.world import World
from tests.past_guards import move
from workflows.deadlines.models import Deadline
from workflows.motions.exports import papers
from workflows.motions.exports.act_json import Draft
from workflows.motions.models import Act, Motion
from workflows.motions.rules import kind_rules
from workflows.motions.states import ActType, AppealState, State
from workflows.watch import duties

pytestmark = pytest.mark.django_db
APPELLANTS = ["prosecutor", "defender", "clerk"]


def decided(world: World, kind: str = "custody", outcome: str = "sanctioned") -> Motion:
    motion = world.decided(kind, outcome)
    duties.deliver_decisions(timezone.now())
    return world.fresh(motion)


def end_term(motion: Motion) -> None:
    """The term is over; an appeal filed before its end was in time."""
    move(motion, appeal_until=timezone.now())


def before_appellate_judge(world: World, kind: str = "custody", outcome: str = "sanctioned") -> Motion:
    motion = world.does(decided(world, kind, outcome), ActType.APPEAL, "prosecutor")
    end_term(motion)
    assert duties.send_up_appeals(timezone.now()) == 1
    return world.fresh(motion)


def ruled(world: World, motion: Motion, effect: str) -> Motion:
    outcome = next(outcome.key for outcome in motion.kind_entry.appeal.outcomes if outcome.effect == effect)
    world.act(motion, ActType.APPEAL_RULING, "appellate_judge", world.ruling(motion, outcome))
    return world.fresh(motion)


@pytest.mark.parametrize("role", APPELLANTS)
def test_prosecutor_defender_and_clerk_file_it(world: World, role: str) -> None:
    motion = world.does(decided(world), ActType.APPEAL, role)

    assert motion.appeal_state == AppealState.FILED
    assert motion.state == State.DELIVERED


@pytest.mark.parametrize("role", ["judge", "court_chair", "head_of_unit"])
def test_others_do_not(world: World, role: str) -> None:
    with pytest.raises(NotAllowed):
        world.does(decided(world), ActType.APPEAL, role)


def test_nothing_is_appealed_before_it_is_decided(world: World) -> None:
    with pytest.raises(Conflict):
        world.does(world.assigned("custody"), ActType.APPEAL, "prosecutor")


def test_two_appeals_go_up_together(world: World) -> None:
    motion = world.does(decided(world), ActType.APPEAL, "prosecutor")

    motion = world.does(motion, ActType.APPEAL, "defender")

    assert motion.appeal_state == AppealState.FILED
    assert motion.acts.filter(type=ActType.APPEAL).count() == 2


def test_the_materials_go_up_after_the_term_to_a_judge_who_did_not_decide(world: World) -> None:
    motion = world.does(decided(world), ActType.APPEAL, "prosecutor")
    assert duties.send_up_appeals(timezone.now()) == 0
    end_term(motion)

    assert duties.send_up_appeals(timezone.now()) == 1

    motion = world.fresh(motion)
    assert motion.appeal_state == AppealState.WITH_JUDGE
    assert motion.appellate_court == world.case.court.parent
    assert motion.appellate_judge == world.posts["appellate_judge"].officer
    assert motion.appeal_number
    assert Motion.objects.visible_to(world.posts["appellate_judge"]).filter(pk=motion.pk).exists()


@pytest.mark.parametrize(
    ("act_type", "role"),
    [(ActType.APPEAL_RECUSAL, "appellate_judge"), (ActType.APPEAL_REASSIGNMENT, "appellate_chair")],
)
def test_an_appellate_judge_who_leaves_is_replaced_by_draw(world: World, act_type: ActType, role: str) -> None:
    motion, first = before_appellate_judge(world), world.posts["appellate_judge"]
    second = PostFactory(judge=True, organisation=first.organisation)
    term = Deadline.objects.get(motion=motion, term="rule_on_appeal", state="running")

    motion = world.does(motion, act_type, role)

    assert (motion.appeal_state, motion.appellate_judge) == (AppealState.WITH_JUDGE, second.officer)
    assert (motion.state, motion.judge) == (State.DELIVERED, world.posts["judge"].officer)
    assert not Motion.objects.visible_to(first).filter(pk=motion.pk).exists()
    assert Deadline.objects.get(motion=motion, term="rule_on_appeal", state="running") == term
    barred = motion.acts.filter(type=ActType.APPEAL_ASSIGNMENT).latest("position").payload["draw"]["excluded"]
    assert str(first.officer_id) in str(barred)


def test_without_another_appellate_judge_the_appeal_waits_and_is_drawn_when_there_is_one(world: World) -> None:
    motion = world.does(before_appellate_judge(world), ActType.APPEAL_REASSIGNMENT, "appellate_chair")
    assert (motion.appeal_state, motion.appellate_judge) == (AppealState.SENT_UP, None)
    assert duties.assign_appeals(timezone.now()) == 0

    PostFactory(judge=True, organisation=motion.appellate_court)

    assert duties.assign_appeals(timezone.now()) == 1


@pytest.mark.parametrize("role", ["court_chair", "judge", "prosecutor"])
def test_only_the_chair_of_the_court_above_replaces_its_judge(world: World, role: str) -> None:
    with pytest.raises(NotAllowed):
        world.does(before_appellate_judge(world), ActType.APPEAL_REASSIGNMENT, role)


def test_a_late_appeal_waits_for_its_term_to_be_restored(world: World) -> None:
    motion = decided(world)
    end_term(motion)
    motion = world.does(motion, ActType.APPEAL, "defender")
    assert motion.appeal_state == AppealState.LATE
    assert duties.send_up_appeals(timezone.now()) == 0

    motion = world.does(motion, ActType.RESTORATION, "judge", restored="yes")

    assert motion.appeal_state == AppealState.FILED
    assert duties.send_up_appeals(timezone.now()) == 1


def test_without_restoration_the_decision_stays(world: World) -> None:
    motion = decided(world)
    end_term(motion)
    motion = world.does(motion, ActType.APPEAL, "defender")

    motion = world.does(motion, ActType.RESTORATION, "judge", restored="no")

    assert motion.appeal_state == AppealState.NOT_RESTORED
    assert duties.send_up_appeals(timezone.now()) == 0


def test_it_can_be_withdrawn(world: World) -> None:
    motion = world.does(decided(world), ActType.APPEAL, "prosecutor")

    motion = world.does(motion, ActType.APPEAL_WITHDRAWAL, "prosecutor")

    assert motion.appeal_state == AppealState.WITHDRAWN


def test_a_ruling_that_leaves_the_decision_is_final(world: World) -> None:
    motion = before_appellate_judge(world)
    until = motion.valid_until

    motion = ruled(world, motion, "stands")

    assert (motion.state, motion.appeal_state) == (State.DELIVERED, AppealState.RULED)
    assert motion.valid_until == until
    with pytest.raises(Conflict):
        world.does(motion, ActType.APPEAL, "prosecutor")


def test_a_cancelled_sanction_holds_no_longer(world: World) -> None:
    motion = ruled(world, before_appellate_judge(world), "cancelled")

    assert motion.state == State.CANCELLED
    assert motion.ended_at
    assert not kind_rules.is_in_force(motion)


def test_a_changed_refusal_becomes_what_the_court_above_rules(world: World) -> None:
    motion = before_appellate_judge(world, "search", "refused")

    world.act(motion, ActType.APPEAL_RULING, "appellate_judge", world.ruling(motion, "changed", "sanctioned"))

    motion = world.fresh(motion)
    assert motion.outcome == "sanctioned"
    assert kind_rules.was_granted(motion)


def test_custody_given_on_appeal_states_all_that_custody_states_and_ends_when_it_says(world: World) -> None:
    motion = before_appellate_judge(world, "custody", "refused")
    whole = world.ruling(motion, "changed", "sanctioned")
    bare = {key: value for key, value in world.ruling(motion, "changed").items() if key != "term_ends"}
    with pytest.raises(Invalid) as lacking:
        world.act(motion, ActType.APPEAL_RULING, "appellate_judge", {**bare, "new_outcome": "sanctioned"})
    assert {"payload.term_starts", "payload.term_ends", "payload.suspicion_checked"} <= {
        problem.field for problem in lacking.value.problems
    }
    too_long = {**whole, "term_ends": format_instant(timezone.now() + timedelta(days=70))}
    with pytest.raises(Invalid) as beyond:
        world.act(motion, ActType.APPEAL_RULING, "appellate_judge", too_long)
    assert [(problem.code, problem.field) for problem in beyond.value.problems] == [
        ("term-too-long", "payload.term_ends")
    ]

    ends = format_instant(timezone.now() + timedelta(days=40))
    ruling = world.act(motion, ActType.APPEAL_RULING, "appellate_judge", {**whole, "term_ends": ends})

    motion = world.fresh(motion)
    assert motion.valid_until == datetime.fromisoformat(ends)
    assert motion.warn_at
    assert kind_rules.is_in_force(motion)
    paper = printed(ruling)
    assert motion.kind_entry.outcome("sanctioned").label.in_(motion.language) in paper
    duties.expire_sanctions(motion.valid_until + timedelta(seconds=1))
    assert world.fresh(motion).state == State.EXPIRED


def printed(act: Act) -> str:
    """The text of the act's PDF, on one line."""
    assert act.pdf
    with integrity.open_intact(act.pdf.sha256) as stored:
        pages = PdfReader(BytesIO(stored.read())).pages
    return " ".join(" ".join(page.extract_text().split()) for page in pages)


def test_bail_given_on_appeal_is_to_be_paid_in_its_time(world: World) -> None:
    motion = before_appellate_judge(world, "bail", "refused")
    assert not motion.deadlines.filter(term="pay").exists()

    world.act(motion, ActType.APPEAL_RULING, "appellate_judge", world.ruling(motion, "changed", "sanctioned"))

    assert motion.deadlines.get(term="pay").state == "running"


def test_what_was_to_be_done_on_a_sanction_is_awaited_no_more_once_it_is_refused_above(world: World) -> None:
    motion = before_appellate_judge(world, "bail", "sanctioned")
    assert motion.deadlines.get(term="pay").state == "running"

    world.act(motion, ActType.APPEAL_RULING, "appellate_judge", world.ruling(motion, "changed", "refused"))

    assert motion.deadlines.get(term="pay").state == "void"


@pytest.mark.parametrize(("outcome", "new"), [("left", "sanctioned"), ("changed", "lawful"), ("changed", ["refused"])])
def test_only_a_change_puts_another_outcome_in_place_and_only_one_of_its_path(
    world: World, outcome: str, new: Any
) -> None:
    motion = before_appellate_judge(world, "search", "refused")
    payload = {**world.ruling(motion, outcome), "new_outcome": new}

    with pytest.raises(Invalid) as refused:
        world.act(motion, ActType.APPEAL_RULING, "appellate_judge", payload)

    assert [problem.field for problem in refused.value.problems] == ["payload.new_outcome"]


@pytest.mark.parametrize("effect", ["cancelled", "changed"])
def test_an_extension_ends_on_appeal_where_the_court_above_says(world: World, effect: str) -> None:
    motion = before_appellate_judge(world, "custody_extension", "extended")
    custody = world.fresh(motion).earlier
    assert custody
    extended = custody.acts.get(type=ActType.EXTENSION)
    assert custody.valid_until == motion.valid_until
    assert extended.payload["valid_until"] == format_instant(custody.valid_until)

    motion = ruled(world, motion, effect)

    custody = world.fresh(custody)
    before = parse_instant(extended.payload["before"])
    assert custody.valid_until == (before if effect == "cancelled" else motion.valid_until)
    assert custody.acts.filter(type=ActType.EXTENSION).count() == 2


def test_the_judge_who_decided_does_not_rule_on_the_appeal(world: World) -> None:
    motion = before_appellate_judge(world)
    outcome = motion.kind_entry.appeal.outcomes[0].key

    with pytest.raises(NotAllowed):
        world.act(motion, ActType.APPEAL_RULING, "judge", world.ruling(motion, outcome))


def test_nothing_is_closed_while_an_appeal_waits(world: World) -> None:
    motion = world.does(decided(world, "custody", "refused"), ActType.APPEAL, "prosecutor")
    end_term(motion)

    assert duties.close_finished(timezone.now()) == 0


def test_what_a_cancelled_decision_had_ended_holds_again(world: World) -> None:
    motion = world.assigned("custody_extension")
    world.act(motion, ActType.PROTOCOL, "judge", world.decision(motion, "refused_cancelled"))
    motion = world.fresh(motion)
    assert motion.earlier
    assert world.fresh(motion.earlier).state == State.REPLACED
    motion = world.does(motion, ActType.APPEAL, "prosecutor")
    end_term(motion)
    duties.send_up_appeals(timezone.now())

    ruled(world, world.fresh(motion), "cancelled")

    earlier = world.fresh(motion.earlier)
    assert earlier.state == State.DELIVERED
    assert earlier.ended_at is None
    assert kind_rules.is_in_force(earlier) == (earlier.valid_until is None or earlier.valid_until > timezone.now())


def test_what_a_changed_refusal_had_ended_is_extended(world: World) -> None:
    motion = before_appellate_judge(world, "custody_extension", "refused_cancelled")
    assert motion.earlier
    ruling = world.ruling(motion, "changed", "extended")
    ends = format_instant(timezone.now() + timedelta(days=20))

    world.act(motion, ActType.APPEAL_RULING, "appellate_judge", {**ruling, "term_ends": ends})

    earlier = world.fresh(motion.earlier)
    assert kind_rules.is_in_force(earlier)
    assert earlier.valid_until == datetime.fromisoformat(ends)


def test_who_lifts_an_extension_lifts_what_it_extends(world: World) -> None:
    motion = decided(world, "custody_extension", "extended")
    motion = world.does(motion, ActType.LIFTING, "author")

    motion = world.does(motion, ActType.LIFTING_CONSENT, "prosecutor")

    assert motion.earlier
    assert world.fresh(motion.earlier).state == State.REPLACED


def test_the_court_above_rules_within_its_own_term_from_receipt(world: World) -> None:
    motion = before_appellate_judge(world)
    clock = motion.deadlines.get(term="rule_on_appeal")
    assert (clock.state, clock.started_at) == ("running", motion.acts.get(type=ActType.TRANSMISSION).performed_at)
    assert motion.next_due_at == clock.due_at

    motion = ruled(world, motion, "stands")

    assert motion.deadlines.get(term="rule_on_appeal").state == "met"


def test_a_ruling_is_awaited_even_where_the_sanction_has_run_out_meanwhile(world: World) -> None:
    motion = before_appellate_judge(world)
    assert motion.valid_until

    duties.expire_sanctions(motion.valid_until + timedelta(minutes=1))

    motion = world.fresh(motion)
    assert motion.state == State.EXPIRED
    assert motion.deadlines.get(term="rule_on_appeal").state == "running"


def test_a_late_ruling_is_told_to_the_appellate_judge_and_his_chair(world: World) -> None:
    motion = before_appellate_judge(world)
    judge = world.posts["appellate_judge"]
    late = motion.deadlines.get(term="rule_on_appeal").due_at + timedelta(minutes=1)

    duties.escalate(late)
    duties.report_missed(late)

    told = Message.objects.filter(key=str(motion.pk), payload__term="rule_on_appeal")
    assert told.get(topic="deadline.missed").officer == judge.officer
    assert told.get(topic="deadline.escalated").organisation == judge.organisation


def test_f_f19_a_ruling_on_a_lifted_measure_neither_revives_nor_prolongs_it_and_says_so(world: World) -> None:
    motion = before_appellate_judge(world)
    motion = world.does(motion, ActType.LIFTING, "author")
    motion = world.does(motion, ActType.LIFTING_CONSENT, "prosecutor")
    before = (motion.state, motion.ended_at, motion.valid_until, motion.warn_at)
    assert motion.state == State.LIFTED
    ruling = world.ruling(motion, "changed", "other_measure")
    draft = Draft(uuid.uuid4(), motion, ActType.APPEAL_RULING, None, ruling, timezone.now(), motion.last_act)
    said = [line for section in papers.paper_of(draft).sections for line in section.paragraphs]

    world.act(motion, ActType.APPEAL_RULING, "appellate_judge", ruling)

    motion = world.fresh(motion)
    assert (motion.state, motion.ended_at, motion.valid_until, motion.warn_at) == before
    assert not kind_rules.is_in_force(motion)
    lifted = timezone.localtime(motion.ended_at).strftime("%d.%m.%Y")
    assert any(lifted in line for line in said)
