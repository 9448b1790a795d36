"""When a decision is final and has nothing left to run or to be carried out."""

from datetime import datetime
from typing import TYPE_CHECKING

from workflows.motions.rules import kind_rules
from workflows.motions.states import PENDING_APPEAL, State

if TYPE_CHECKING:
    from workflows.motions.models import Motion


def closes_at(motion: "Motion", at: datetime) -> datetime | None:
    """The instant after which the motion is closed, as it stands at ``at``; None if that needs another act.

    A sanction that has an end, or holds until it is lifted, is not finished by its execution.
    """
    if motion.state not in (State.DELIVERED, State.EXECUTED) or motion.appeal_state in PENDING_APPEAL:
        return None
    if kind_rules.was_granted(motion):
        holds_on = motion.kind_entry.validity.mode == "until_lifted" or motion.valid_until is not None
        if holds_on or motion.state != State.EXECUTED:
            return None
    return motion.appeal_until or at
