"""Acts of the court before the decision: registration, draw, recusal, transfer, hearing, recorded events."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ecase.instants import parse_instant
from ecase.officers import duty
from ecase.officers.models import Officer, Organisation, Post, Role
from ecase.problems import Problem
from ecase.statements import HotQuery
from workflows.assignment import calling, conflicts
from workflows.assignment import services as assignment
from workflows.assignment.models import Bar, DutyCall, Series
from workflows.motions import admissions, permissions
from workflows.motions import notifications as tell
from workflows.motions.acts import spec
from workflows.motions.acts.spec import AUTHORS, CHAIR, JUDGE, SERVICE, ActSpec, Payload, Perform, Rank, moves_by
from workflows.motions.models import Act, Motion
from workflows.motions.rules import events, kind_rules
from workflows.motions.rules.deadlines import run_deadlines
from workflows.motions.states import WITH_A_JUDGE, ActType, State
from workflows.statute.schema import Choice, Text

CLERKS = frozenset({Role.CLERK, Role.JUDGE})


@dataclass(frozen=True)
class Bench:
    """A judge's assignment: the act that gives him the motion, and the acts by which he leaves it."""

    given: ActType
    leaving: frozenset[ActType]


FIRST = Bench(ActType.ASSIGNMENT, frozenset({ActType.RECUSAL, ActType.REASSIGNMENT}))
APPEAL = Bench(ActType.APPEAL_ASSIGNMENT, frozenset({ActType.APPEAL_RECUSAL, ActType.APPEAL_REASSIGNMENT}))
RECUSALS = frozenset({ActType.RECUSAL, ActType.APPEAL_RECUSAL})


def judges_who_left(motion: Motion, bench: Bench) -> dict[str, str]:
    """The judges who had the motion, or its appeal, and left it: officer ids, with the act by which each left.

    ``unanswered`` if the next on duty was called instead. They are not drawn for it again.
    """
    found: dict[str, str] = {}
    judge = ""
    for act_type, payload in _BENCH_ACTS.rows(bench, motion=motion.pk):
        if act_type == bench.given:
            if judge and "call" in payload:
                found[judge] = "unanswered"
            judge = payload["judge"]["officer"]
        else:
            found[judge] = act_type
    return found


_BENCH_ACTS: HotQuery[tuple[str, Any]] = HotQuery(
    lambda bench, *, motion: (
        Act.objects.filter(motion=motion, type__in=[bench.given, *sorted(bench.leaving)])
        .order_by("position")
        .values_list("type", "payload")
    )
)


# -- acts of the service -------------------------------------------------------------------------------------------


def send_onward(motion: Motion, perform: Perform) -> None:
    """Register a motion that has its consent, or needs none, and draw a judge; else call the next officer on duty."""
    ready = motion.state == State.SUBMITTED and not kind_rules.needs_consent(motion)
    if ready or motion.state in (State.AGREED, State.TRANSFERRED):
        register(motion, perform)
        assign(motion, perform)
    elif motion.state == State.SUBMITTED:
        calling.call_first(motion, motion.consenting or motion.prosecution, Role.PROSECUTOR, timezone.now())
    elif motion.state == State.AWAITING_APPROVAL:
        calling.call_first(motion, motion.organisation, Role.HEAD_OF_UNIT, timezone.now())


def register(motion: Motion, perform: Perform) -> Act:
    """Give the motion its number in the court's register of the year and of its series, without gaps."""
    number = assignment.next_number(motion.court, series=Series.of(motion))
    return perform(motion, ActType.REGISTRATION, {"number": number, "court": motion.court.bin})


def assign(motion: Motion, perform: Perform) -> Act | None:
    """Draw a judge at random. None if nobody may be drawn: the motion stays registered, and the watch tries again."""
    draw = assignment.draw(motion, motion.court, motion.case, barred=judges_who_left(motion, FIRST))
    if draw is None:
        return None
    return _give(motion, draw.chosen.officer, {"draw": draw.as_dict()}, perform)


def hand_over(motion: Motion, call: DutyCall, perform: Perform) -> Act | None:
    """Give the motion to the judge on duty who was called because the previous one did not answer."""
    if motion.state != State.ASSIGNED or call.post.officer_id == motion.judge_id:
        return None
    return _give(motion, call.post.officer, {"call": str(call.pk)}, perform)


def _give(motion: Motion, officer: Officer, because: dict[str, Any], perform: Perform) -> Act:
    motion.judge = officer
    payload = {"judge": {"officer": str(officer.pk), "name": officer.full_name}, **because}
    act = perform(motion, ActType.ASSIGNMENT, payload)
    calling.call_first(motion, motion.court, Role.JUDGE, act.performed_at)
    return act


# -- effects and checks --------------------------------------------------------------------------------------------


def _note_judge(motion: Motion, act: Act, payload: Payload) -> list[Officer]:
    drawn = uuid.UUID(payload["judge"]["officer"])
    if motion.judge_id != drawn or motion.judge is None:
        motion.judge = Officer.objects.get(pk=drawn)
    motion.defence = motion.defence or motion.kind_entry.secrecy.defence == "judge"
    return admissions.admit(motion, motion.judge, None, act.performed_at)


def remove_judge(motion: Motion, act: Act, payload: Payload) -> list[Officer]:
    """The judge leaves the motion, or its appeal. One who recuses himself does not judge another motion of the case.

    For a covert motion no conflict is declared: it would be visible to those who manage declared conflicts or see a
    later draw. The judge is only left out of further draws for that motion.
    """
    if act.type in RECUSALS and act.author and not motion.secret:
        conflicts.declare(act.author.officer, Bar.Ground.RECUSED, act.author, case=motion.case)
    if act.type in APPEAL.leaving:
        motion.appellate_judge = None
    else:
        motion.judge = None
    return []


def _other_courts(motion: Motion) -> Iterator[Choice]:
    for court in Organisation.objects.filter(kind=Organisation.Kind.COURT).exclude(pk=motion.court_id):
        yield Choice(key=court.bin, label=Text(kk=court.name("kk"), ru=court.name("ru"), en=court.name("en")))


def _check_event(motion: Motion, payload: Payload) -> Iterator[Problem]:
    """Refuses fields that belong to another event."""
    stated = payload.get(events.EVENT)
    others = [event for event in events.open_now(motion) if event.key != stated]
    foreign = {field.key for event in others for field in event.form.fields}
    for key in foreign & payload.keys():
        yield Problem("unknown-field", _("There is no such field in this form."), f"payload.{key}")


def away_rows(post: Post) -> Q:
    """Motions with a judge of this court who is absent or no longer sits in it."""
    there = duty.present(post.organisation, Role.JUDGE).order_by().values("officer")
    return Q(state__in=WITH_A_JUDGE, court=post.organisation_id, judge__isnull=False) & ~Q(judge__in=there)


ACTS = (
    ActSpec(
        type=ActType.REGISTRATION,
        moves=moves_by("register"),
        roles=SERVICE,
        relation=permissions.is_nobody,
        available=spec.any_kind,
        possible=spec.always,
        conflict=spec.no_conflict,
        reads_first=False,
        on_paper=True,
        steps_aside=False,
        check=spec.no_check,
        choices=spec.NO_CHOICES,
        effect=spec.write_columns(
            registered_at=lambda act, payload: act.performed_at, number=lambda act, payload: payload["number"]
        ),
        deadlines=run_deadlines,
        owes_copies=False,
        notifies=tell.author_and_prosecution,
        headline=_("The court has registered a motion"),
        answers_call=False,
        then=spec.nothing,
        expected=spec.never,
        rank=Rank.RARE,
        label=spec.NO_LABEL,
    ),
    ActSpec(
        type=ActType.ASSIGNMENT,
        moves=moves_by("assign"),
        roles=SERVICE,
        relation=permissions.is_nobody,
        available=spec.any_kind,
        possible=spec.always,
        conflict=spec.no_conflict,
        reads_first=False,
        on_paper=True,
        steps_aside=False,
        check=spec.no_check,
        choices=spec.NO_CHOICES,
        effect=_note_judge,
        deadlines=run_deadlines,
        owes_copies=False,
        notifies=tell.judge,
        headline=_("A motion has been assigned to you"),
        answers_call=False,
        then=spec.nothing,
        expected=spec.never,
        rank=Rank.RARE,
        label=spec.NO_LABEL,
    ),
    ActSpec(
        type=ActType.RECUSAL,
        moves=moves_by("leave_judge"),
        roles=JUDGE,
        relation=permissions.is_assigned_judge,
        available=spec.any_kind,
        possible=spec.always,
        conflict=spec.no_conflict,
        reads_first=True,
        on_paper=False,
        steps_aside=True,
        check=spec.no_check,
        choices=spec.NO_CHOICES,
        effect=remove_judge,
        deadlines=run_deadlines,
        owes_copies=False,
        notifies=tell.all_of(tell.author_and_prosecution, tell.court),
        headline=_("The judge has stepped aside"),
        answers_call=False,
        then=assign,
        expected=spec.never,
        rank=Rank.RARE,
        label=_("Recuse yourself"),
    ),
    ActSpec(
        type=ActType.REASSIGNMENT,
        moves=moves_by("leave_judge"),
        roles=CHAIR,
        relation=permissions.is_chair_of_court,
        available=spec.any_kind,
        possible=spec.always,
        conflict=spec.no_conflict,
        reads_first=False,
        on_paper=False,
        steps_aside=False,
        check=spec.no_check,
        choices=spec.NO_CHOICES,
        effect=remove_judge,
        deadlines=run_deadlines,
        owes_copies=False,
        notifies=tell.author_and_prosecution,
        headline=_("The judge is replaced"),
        answers_call=False,
        then=assign,
        # The judge is away, or has missed a deadline.
        expected=lambda post, kinds: away_rows(post) | Q(next_due_at__lt=timezone.now(), due_at_once=False),
        rank=Rank.RARE,
        label=_("Replace the judge"),
    ),
    ActSpec(
        type=ActType.TRANSFER,
        moves=moves_by("transfer"),
        roles=CHAIR,
        relation=permissions.is_chair_of_court,
        available=spec.any_kind,
        possible=spec.always,
        conflict=spec.no_conflict,
        reads_first=False,
        on_paper=False,
        steps_aside=False,
        check=spec.require(
            lambda motion, payload: str(payload.get("court")) in {choice.key for choice in _other_courts(motion)},
            Problem("unknown-court", _("Name another court by its BIN."), "payload.court"),
        ),
        choices={"court": _other_courts},
        effect=spec.write_columns(
            court=lambda act, payload: Organisation.objects.get(bin=payload["court"]),
            judge=None,
            number=None,
            registered_at=None,
        ),
        deadlines=run_deadlines,
        owes_copies=False,
        notifies=tell.all_of(tell.author_and_prosecution, tell.court),
        headline=_("A motion has gone to another court"),
        answers_call=False,
        then=send_onward,
        # No judge of the court could be drawn: the chair assigns one, or transfers the motion to another court.
        expected=lambda post, kinds: Q(state=State.REGISTERED),
        rank=Rank.RARE,
        label=_("Pass to another court"),
    ),
    ActSpec(
        type=ActType.MATERIALS_REQUEST,
        moves=moves_by("ask_materials"),
        roles=JUDGE,
        relation=permissions.is_assigned_judge,
        available=spec.any_kind,
        possible=spec.always,
        conflict=spec.no_conflict,
        reads_first=True,
        on_paper=False,
        steps_aside=False,
        check=spec.no_check,
        choices=spec.NO_CHOICES,
        effect=spec.no_effect,
        deadlines=run_deadlines,
        owes_copies=False,
        notifies=tell.author,
        headline=_("The judge asks for more materials"),
        answers_call=False,
        then=spec.nothing,
        expected=spec.never,
        rank=Rank.QUIET,
        label=_("Ask for more materials"),
    ),
    ActSpec(
        type=ActType.HEARING_ORDER,
        moves=moves_by("order_hearing"),
        roles=JUDGE,
        relation=permissions.is_assigned_judge,
        available=spec.kinds_where(kind_rules.may_be_heard),
        possible=spec.always,
        conflict=spec.no_conflict,
        reads_first=True,
        on_paper=False,
        steps_aside=False,
        check=spec.no_check,
        choices=spec.NO_CHOICES,
        effect=spec.write_columns(hearing_at=lambda act, payload: parse_instant(payload["scheduled_at"])),
        deadlines=run_deadlines,
        owes_copies=True,
        notifies=tell.parties,
        headline=_("A hearing has been ordered"),
        answers_call=False,
        then=spec.nothing,
        expected=spec.never,
        rank=Rank.QUIET,
        label=_("Order a hearing"),
    ),
    ActSpec(
        type=ActType.MINUTES,
        moves=moves_by("take_minutes"),
        roles=CLERKS,
        relation=permissions.is_clerk_of_court,
        available=spec.kinds_where(kind_rules.may_be_heard),
        possible=spec.always,
        conflict=spec.no_conflict,
        reads_first=False,
        on_paper=False,
        steps_aside=False,
        check=spec.no_check,
        choices=spec.NO_CHOICES,
        effect=spec.no_effect,
        deadlines=run_deadlines,
        owes_copies=False,
        notifies=tell.parties_and_judge,
        headline=_("The minutes of a hearing are there"),
        answers_call=False,
        then=spec.nothing,
        # The clerk writes the minutes during the hearing.
        expected=lambda post, kinds: Q(state=State.HEARING) if post.role == Role.CLERK else None,
        rank=Rank.QUIET,
        label=_("Write the minutes of the hearing"),
    ),
    ActSpec(
        type=ActType.EVENT,
        moves=moves_by("note"),
        roles=AUTHORS | JUDGE,
        relation=permissions.is_reporter,
        available=spec.kinds_where(lambda motion: bool(events.open_now(motion))),
        possible=spec.always,
        conflict=spec.no_conflict,
        reads_first=False,
        on_paper=False,
        steps_aside=False,
        check=_check_event,
        choices=spec.NO_CHOICES,
        effect=spec.no_effect,
        deadlines=run_deadlines,
        owes_copies=False,
        notifies=tell.whom_the_event_concerns,
        headline=_("An event has been put on record"),
        answers_call=False,
        then=spec.nothing,
        expected=spec.never,
        rank=Rank.QUIET,
        label=_("Put an event on record"),
    ),
)
