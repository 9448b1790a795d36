"""When nothing more is to come of a motion: the service ends what has run out and closes what is finished."""

from datetime import datetime

from ecase.instants import format_instant
from workflows.motions.engine.service_acts import perform_service
from workflows.motions.models import Act, Motion
from workflows.motions.states import IN_FORCE, ActType


def has_run_out(motion: Motion, now: datetime) -> bool:
    """Whether a sanction has passed its end and nobody has said so yet."""
    return motion.state in IN_FORCE and motion.valid_until is not None and motion.valid_until < now


def expire(motion: Motion) -> Act:
    """State that the sanction has run out. ``motion`` is locked and :func:`has_run_out`."""
    until = format_instant(motion.valid_until) if motion.valid_until else ""
    return perform_service(motion, ActType.EXPIRY, {"valid_until": until})


def close(motion: Motion) -> Act:
    """Close the motion. ``motion`` is locked and :func:`finality.is_finished`."""
    return perform_service(motion, ActType.CLOSURE, {"outcome": motion.outcome, "appeal": motion.appeal_state})
