"""What the service does by itself after an act, in the same transaction: register, assign, mind what it touches.

If no judge can be drawn the motion stays registered; the watch tries again and the court is told.
"""

from collections.abc import Callable
from typing import Any

from django.utils import timezone

from ecase.officers.models import Officer, Role
from workflows.assignment import calling
from workflows.assignment import services as assignment
from workflows.assignment.models import DutyCall, Series
from workflows.motions.doing import appealing, earlier, leaving
from workflows.motions.engine.service_acts import perform_service
from workflows.motions.models import Act, Motion
from workflows.motions.rules import kind_rules
from workflows.motions.states import DECISIONS, ActType, State

# Acts by which whoever was called has answered, or after which nobody need look any more.
ANSWERS = DECISIONS | {ActType.APPROVAL, ActType.AGREEMENT, ActType.REFUSAL, ActType.RETURN, ActType.WITHDRAWAL}


def follow_up(motion: Motion, act: Act) -> None:
    """Whatever this act lets the service do at once."""
    if act.type in ANSWERS:
        calling.stop(motion, act.performed_at)
    if next_step := _NEXT.get(ActType(act.type)):
        next_step(motion)


def _onward(motion: Motion) -> None:
    """Register what has come through the prosecutor, or needs no consent, and draw a judge; else call who is next."""
    ready = motion.state == State.SUBMITTED and not kind_rules.needs_consent(motion)
    if ready or motion.state in (State.AGREED, State.TRANSFERRED):
        register(motion)
        assign(motion)
    elif motion.state == State.SUBMITTED:
        calling.call_first(motion, motion.consenting or motion.prosecution, Role.PROSECUTOR, timezone.now())
    elif motion.state == State.AWAITING_APPROVAL:
        calling.call_first(motion, motion.organisation, Role.HEAD_OF_UNIT, timezone.now())


def register(motion: Motion) -> Act:
    """Give the motion its number in the court's register of the year and of its series, without gaps."""
    number = assignment.next_number(motion.court, series=Series.of(motion))
    return perform_service(motion, ActType.REGISTRATION, {"number": number, "court": motion.court.bin})


def assign(motion: Motion) -> Act | None:
    """Draw a judge at random. ``None`` if nobody may be drawn: the motion waits, registered."""
    draw = assignment.draw(motion, motion.court, motion.case, barred=leaving.left(motion, leaving.FIRST))
    if draw is None:
        return None
    return _give(motion, draw.chosen.officer, {"draw": draw.as_dict()})


def hand_over(motion: Motion, call: DutyCall) -> Act | None:
    """Give the motion to the judge on duty who was called because the one before did not answer."""
    if motion.state != State.ASSIGNED or call.post.officer_id == motion.judge_id:
        return None
    return _give(motion, call.post.officer, {"call": str(call.pk)})


def _give(motion: Motion, officer: Officer, because: dict[str, Any]) -> Act:
    motion.judge = officer
    payload = {"judge": {"officer": str(officer.pk), "name": officer.full_name}, **because}
    act = perform_service(motion, ActType.ASSIGNMENT, payload)
    calling.call_first(motion, motion.court, Role.JUDGE, act.performed_at)
    return act


_NEXT: dict[ActType, Callable[[Motion], object]] = {
    ActType.MOTION: _onward,
    ActType.APPROVAL: _onward,
    ActType.AGREEMENT: _onward,
    ActType.TRANSFER: _onward,
    ActType.RECUSAL: assign,
    ActType.REASSIGNMENT: assign,
    **dict.fromkeys(DECISIONS, earlier.mind_decision),
    ActType.LIFTING: earlier.mind_lifting,
    ActType.LIFTING_CONSENT: earlier.mind_lifting,
    ActType.APPEAL_RECUSAL: appealing.assign,
    ActType.APPEAL_REASSIGNMENT: appealing.assign,
    ActType.APPEAL_RULING: earlier.mind_ruling,
}
