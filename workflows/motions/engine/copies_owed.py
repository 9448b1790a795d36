"""Records the copies that an act owes, in the act's transaction."""

from ecase.officers.models import Officer
from workflows.copies import services as copies
from workflows.copies.models import Recipient
from workflows.motions import admissions
from workflows.motions.acts.spec import ActSpec
from workflows.motions.models import Act, Motion
from workflows.motions.notifications import roles_told
from workflows.motions.states import ActType, State


def write_down(motion: Motion, act: Act, spec: ActSpec) -> list[Recipient]:
    """Record the copies that the act owes. Returns the recipients whom the service itself notifies."""
    if _is_hearing_off(motion, act):
        copies.void_notices(motion, act.performed_at)
    if spec.owes_copies:
        return copies.owe(motion, act, lambda recipient: _is_reached(motion, recipient))
    return []


def _is_reached(motion: Motion, recipient: Recipient) -> bool:
    """Whether a message is enough: the addressee has an account that may open the act."""
    knows_the_service = isinstance(recipient, Officer) or bool(roles_told(recipient))
    return knows_the_service and bool(admissions.recipients(motion, [recipient]))


def _is_hearing_off(motion: Motion, act: Act) -> bool:
    """Whether an ordered hearing will not take place as ordered: there is a new order, or another judge."""
    held = motion.state in (State.HEARING, State.DECIDED)
    return act.from_state == State.HEARING and (not held or act.type == ActType.HEARING_ORDER)
