"""When nothing more is to come of a motion: the service ends what has run out and closes what is finished."""

from datetime import datetime

from workflows.motions.doing.service_acts import perform_service
from workflows.motions.law import nature
from workflows.motions.models import Act, Motion
from workflows.motions.states import IN_FORCE, PENDING_APPEAL, ActType, State
from workflows.motions.telling.act_json import instant


def has_run_out(motion: Motion, now: datetime) -> bool:
    """Whether a sanction has passed its end and nobody has said so yet."""
    return motion.state in IN_FORCE and motion.valid_until is not None and motion.valid_until < now


def expire(motion: Motion) -> Act:
    """State that the sanction has run out. ``motion`` is locked and :func:`has_run_out`."""
    until = instant(motion.valid_until) if motion.valid_until else ""
    return perform_service(motion, ActType.EXPIRY, {"valid_until": until})


def is_finished(motion: Motion, now: datetime) -> bool:
    """Whether the decision is final and nothing of it is left to run or to be carried out."""
    if motion.state not in (State.DELIVERED, State.EXECUTED) or motion.appeal_state in PENDING_APPEAL:
        return False
    if motion.appeal_until is not None and now <= motion.appeal_until:
        return False
    return not nature.was_granted(motion) or _is_carried_out(motion)


def _is_carried_out(motion: Motion) -> bool:
    """A sanction that has an end, or holds until it is lifted, is not finished by being executed."""
    holds_on = motion.kind_entry.validity.mode == "until_lifted" or motion.valid_until is not None
    return motion.state == State.EXECUTED and not holds_on


def close(motion: Motion) -> Act:
    """Close the motion. ``motion`` is locked and :func:`is_finished`."""
    return perform_service(motion, ActType.CLOSURE, {"outcome": motion.outcome, "appeal": motion.appeal_state})
