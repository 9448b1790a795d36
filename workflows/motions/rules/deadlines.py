"""Which deadlines an act starts: the catalogue says on which event each term of a kind begins."""

from typing import NamedTuple
from uuid import UUID

from ecase.instants import parse_optional_instant
from workflows.deadlines import corrections
from workflows.deadlines import services as deadlines
from workflows.deadlines.models import Deadline
from workflows.motions.models import Act, Motion
from workflows.motions.rules import events
from workflows.motions.rules.payloads import NEW_OUTCOME
from workflows.motions.states import DECISIONS, FINAL_STATES, ActType, AppealState, State
from workflows.statute.schema import Term

FIELD = "field:"
# States in which the court above has an appeal without a ruling.
ABOVE = (AppealState.SENT_UP, AppealState.WITH_JUDGE)


class Changes(NamedTuple):
    """The changes of a motion's deadlines by an act. ``moved`` are recounted; each has its own log entry."""

    met: list[Deadline]
    voided: list[UUID]
    started: list[Deadline]
    moved: list[Deadline]


def run_deadlines(motion: Motion, act: Act) -> Changes:
    """Meet, end and start deadlines as the catalogue says for this act, or for the event that it records.

    Terms are extended to their new legal maximum.
    """
    met = deadlines.meet(motion, events.name_of(act), act.performed_at)
    voided = void_terms(motion, act)
    started = start_terms(motion, act)
    return Changes(met, voided, started, corrections.extend(motion, act.type, act.performed_at))


def run_deadlines_of_filing(motion: Motion, act: Act) -> Changes:
    """As :func:`run_deadlines`; the motion itself meets a term that begins at an instant it states.

    In time or late.
    """
    changes = run_deadlines(motion, act)
    return changes._replace(met=changes.met + deadlines.meet(motion, events.name_of(act), act.performed_at))


def recount_deadlines(motion: Motion, act: Act) -> Changes:
    """As :func:`run_deadlines`; also recounts the terms that began at the instant that the act corrects."""
    changes, field, reason = run_deadlines(motion, act), act.payload["field"], act.payload["reasons"]
    recounted = corrections.correct_fields(motion, [field], reason, act.performed_at)
    return changes._replace(moved=changes.moved + recounted)


def end_ruling_on_appeal(motion: Motion, act: Act) -> Changes:
    """As :func:`run_deadlines`; if no appeal is left before the court above, its ruling is no longer awaited."""
    changes, ruling = run_deadlines(motion, act), motion.kind_entry.appeal.ruling
    if ruling is None or motion.appeal_state in ABOVE:
        return changes
    return changes._replace(voided=changes.voided + deadlines.void(motion, act.performed_at, [ruling.key]))


def start_terms(motion: Motion, act: Act) -> list[Deadline]:
    """Start a deadline for every term that begins with this act, or with an instant that the motion states.

    A term of an outcome starts once that outcome is decided, from whatever instant it is counted.
    """
    kind, happened = motion.kind_entry, {events.name_of(act)}
    if NEW_OUTCOME in act.payload:
        # A ruling that puts another outcome in place also counts as a decision.
        happened.add(kind.outcome(motion.outcome).output)
    started = []
    for term in kind.clocks:
        counts_from_field = not happened.isdisjoint(DECISIONS) if term.outcomes else ActType.MOTION in happened
        for event in term.starts_on if _binds(term, motion) else ():
            at = act.performed_at if event in happened else None
            if event.startswith(FIELD) and counts_from_field:
                at = parse_optional_instant(motion.payload.get(event.removeprefix(FIELD)))
            if at and (deadline := deadlines.start(motion, term, at, motion.payload, event)):
                started.append(deadline)
    return started


def void_terms(motion: Motion, act: Act) -> list[UUID]:
    """Void the deadlines that the act has made pointless. Returns their ids.

    Once the motion has ended or gone back to its author, that is every deadline except for the ruling on a pending
    appeal; once a ruling has put another outcome in place, those that only the old outcome required.
    """
    known, ruling = motion.kind_entry.clocks, motion.kind_entry.appeal.ruling
    if motion.state in FINAL_STATES or motion.state == State.RETURNED:
        pointless = [term.key for term in known if term != ruling or motion.appeal_state not in ABOVE]
    elif NEW_OUTCOME in act.payload:
        pointless = [term.key for term in known if not _binds(term, motion)]
    else:
        return []
    return deadlines.void(motion, act.performed_at, pointless)


def _binds(term: Term, motion: Motion) -> bool:
    return not term.outcomes or motion.outcome in term.outcomes
