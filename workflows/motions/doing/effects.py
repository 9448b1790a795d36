"""What each act writes into the motion's row beside its state. One function an act; called by ``recording`` only."""

import uuid
from collections.abc import Callable, Mapping
from typing import Any

from ecase.instants import parse_instant, parse_optional_instant
from ecase.officers.models import Officer, Organisation
from workflows.assignment import conflicts
from workflows.assignment.models import Bar
from workflows.deadlines import counting
from workflows.motions import admissions
from workflows.motions.models import Act, Motion
from workflows.motions.rules import defence, kind_rules, routing, validity
from workflows.motions.states import DECISIONS, ActType, State

Payload = Mapping[str, Any]
ANNOUNCED_AT, NEW_OUTCOME = "announced_at", "new_outcome"


def apply(motion: Motion, act: Act) -> list[Officer]:
    """Let the row state what the act has changed. ``motion`` is locked; the caller saves it, and before it the act.

    Returns the officers who are admitted to a secret motion by this act.
    """
    motion.last_act = act
    motion.revision += 1
    effect = _EFFECTS.get(ActType(act.type))
    return (effect(motion, act, act.payload) if effect else None) or []


def _filed(motion: Motion, act: Act, payload: Payload) -> list[Officer]:
    motion.submitted_at, motion.consents = act.performed_at, 0
    motion.subject_id = defence.subject_stated(motion)
    motion.consenting, motion.court = routing.consenting_office(motion), routing.court(motion)
    motion.attachments.filter(filed_by=None).update(filed_by=act)
    if not kind_rules.needs_consent(motion):
        return []
    return admissions.admit_office(motion, motion.consenting or motion.prosecution, act.performed_at)


def _agreed(motion: Motion, act: Act, payload: Payload) -> list[Officer]:
    motion.consents += 1
    if motion.state != State.SUBMITTED:
        return []
    motion.consenting = routing.consenting_office(motion)
    return admissions.admit_office(motion, motion.consenting, act.performed_at)


def _returned(motion: Motion, act: Act, payload: Payload) -> None:
    motion.version, motion.consents, motion.consenting = motion.version + 1, 0, None


def _corrected(motion: Motion, act: Act, payload: Payload) -> None:
    """What was signed stays as it was signed; the row holds the instant that counts from now on."""
    motion.payload = {**motion.payload, payload["field"]: payload["value"]}


def _format_ordered(motion: Motion, act: Act, payload: Payload) -> None:
    motion.on_paper = payload["format"] == "paper"


def _admitted(motion: Motion, act: Act, payload: Payload) -> list[Officer]:
    return admissions.admit(motion, Officer.objects.get(iin=payload["iin"]), act.author, act.performed_at)


def _registered(motion: Motion, act: Act, payload: Payload) -> None:
    motion.registered_at, motion.number = act.performed_at, payload["number"]


def _assigned(motion: Motion, act: Act, payload: Payload) -> list[Officer]:
    drawn = uuid.UUID(payload["judge"]["officer"])
    if motion.judge_id != drawn or motion.judge is None:
        motion.judge = Officer.objects.get(pk=drawn)
    motion.defence = motion.defence or motion.kind_entry.secrecy.defence == "judge"
    return admissions.admit(motion, motion.judge, None, act.performed_at)


def _recused(motion: Motion, act: Act, payload: Payload) -> None:
    _bar(motion, act)
    motion.judge = None


def _bar(motion: Motion, act: Act) -> None:
    """Who recuses himself from one motion of a case does not judge another of it.

    A covert motion declares nothing: everybody who keeps declared conflicts, or sees a later draw, would learn of it.
    Who left it is not drawn for it again.
    """
    if act.author and not motion.secret:
        conflicts.declare(act.author.officer, Bar.Ground.RECUSED, act.author, case=motion.case)


def _left_judge(motion: Motion, act: Act, payload: Payload) -> None:
    motion.judge = None


def _transferred(motion: Motion, act: Act, payload: Payload) -> None:
    motion.court = Organisation.objects.get(bin=payload["court"])
    motion.judge, motion.number, motion.registered_at = None, None, None


def _supplemented(motion: Motion, act: Act, payload: Payload) -> None:
    motion.attachments.filter(filed_by=None).update(filed_by=act)


def _hearing_ordered(motion: Motion, act: Act, payload: Payload) -> None:
    motion.hearing_at = parse_instant(payload["scheduled_at"])


def _decided(motion: Motion, act: Act, payload: Payload) -> None:
    motion.decided_at, motion.outcome = act.performed_at, payload["outcome"]
    motion.announced_at = parse_optional_instant(payload.get(ANNOUNCED_AT)) or act.performed_at
    motion.appeal_until = counting.appeal_until(motion.kind_entry, motion.announced_at, kind_rules.jurisdiction(motion))
    validity.begin(motion, payload)
    motion.defence = motion.defence or motion.kind_entry.secrecy.defence == "decision"


def _executed(motion: Motion, act: Act, payload: Payload) -> None:
    motion.executed_at = act.performed_at


def _lifting_ordered(motion: Motion, act: Act, payload: Payload) -> None:
    """Where nobody's consent is asked the measure ends with the order."""
    if motion.state == State.LIFTED:
        validity.end(motion, act.performed_at)


def _ended(motion: Motion, act: Act, payload: Payload) -> None:
    validity.end(motion, act.performed_at)


def _revived(motion: Motion, act: Act, payload: Payload) -> None:
    motion.ended_at = None
    validity.prolong(motion, motion.valid_until)


def _extended(motion: Motion, act: Act, payload: Payload) -> None:
    validity.prolong(motion, parse_optional_instant(payload.get("valid_until")))


def _sent_up(motion: Motion, act: Act, payload: Payload) -> None:
    """Nobody there has it before the draw, also where appeals had gone up before and were withdrawn."""
    motion.appellate_court, motion.appellate_judge = Organisation.objects.get(bin=payload["court"]), None
    motion.appeal_number = payload["number"]


def _appeal_assigned(motion: Motion, act: Act, payload: Payload) -> list[Officer]:
    motion.appellate_judge = Officer.objects.get(pk=uuid.UUID(payload["judge"]["officer"]))
    return admissions.admit(motion, motion.appellate_judge, None, act.performed_at)


def _appeal_recused(motion: Motion, act: Act, payload: Payload) -> None:
    _bar(motion, act)
    motion.appellate_judge = None


def _left_appellate_judge(motion: Motion, act: Act, payload: Payload) -> None:
    motion.appellate_judge = None


def _ruled(motion: Motion, act: Act, payload: Payload) -> None:
    """The ruling is final: a cancelled sanction ends, a changed one takes what the ruling states."""
    effect = motion.kind_entry.appeal_outcome(payload["outcome"]).effect
    if effect == "cancelled":
        validity.end(motion, act.performed_at)
    if effect == "changed":
        motion.outcome = payload.get(NEW_OUTCOME, motion.outcome)
        validity.change(motion, payload, act.performed_at, anew=NEW_OUTCOME in payload)


_EFFECTS: dict[ActType, Callable[[Motion, Act, Payload], list[Officer] | None]] = {
    ActType.MOTION: _filed,
    ActType.AGREEMENT: _agreed,
    ActType.RETURN: _returned,
    ActType.CORRECTION: _corrected,
    ActType.FORMAT_ORDER: _format_ordered,
    ActType.ADMISSION: _admitted,
    ActType.REGISTRATION: _registered,
    ActType.ASSIGNMENT: _assigned,
    ActType.RECUSAL: _recused,
    ActType.REASSIGNMENT: _left_judge,
    ActType.TRANSFER: _transferred,
    ActType.SUPPLEMENT: _supplemented,
    ActType.HEARING_ORDER: _hearing_ordered,
    **dict.fromkeys(DECISIONS, _decided),
    ActType.EXECUTION_REPORT: _executed,
    ActType.LIFTING: _lifting_ordered,
    ActType.LIFTING_CONSENT: _ended,
    ActType.EXTENSION: _extended,
    ActType.REPLACEMENT: _ended,
    ActType.REVIVAL: _revived,
    ActType.EXPIRY: _ended,
    ActType.TRANSMISSION: _sent_up,
    ActType.APPEAL_ASSIGNMENT: _appeal_assigned,
    ActType.APPEAL_RECUSAL: _appeal_recused,
    ActType.APPEAL_REASSIGNMENT: _left_appellate_judge,
    ActType.APPEAL_RULING: _ruled,
}
