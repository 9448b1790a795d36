"""When a decision is final and has nothing left to run or to be carried out."""

from datetime import datetime
from typing import TYPE_CHECKING

from workflows.motions.rules import kind_rules
from workflows.motions.states import PENDING_APPEAL, State

if TYPE_CHECKING:
    from workflows.motions.models import Motion


def closes_at(motion: "Motion", at: datetime) -> datetime | None:
    """The instant after which the motion is closed, as it stands at ``at``; None if that needs another act."""
    return (motion.appeal_until or at) if _only_time_is_left(motion) else None


def is_finished(motion: "Motion", now: datetime) -> bool:
    """Whether the decision is final and has nothing left to run or to be carried out."""
    return _only_time_is_left(motion) and (motion.appeal_until is None or now > motion.appeal_until)


def _only_time_is_left(motion: "Motion") -> bool:
    """Whether only the term of appeal keeps the motion from being closed."""
    if motion.state not in (State.DELIVERED, State.EXECUTED) or motion.appeal_state in PENDING_APPEAL:
        return False
    return not kind_rules.was_granted(motion) or _is_carried_out(motion)


def _is_carried_out(motion: "Motion") -> bool:
    """A sanction that has an end, or holds until it is lifted, is not finished by its execution."""
    holds_on = motion.kind_entry.validity.mode == "until_lifted" or motion.valid_until is not None
    return motion.state == State.EXECUTED and not holds_on
