"""What the service does by itself after an act, in the same transaction: registering and assigning.

If no judge can be drawn the motion stays registered; the watch tries again and the court is told.
"""

from workflows.assignment import services as assignment
from workflows.motions.models import Act, Motion
from workflows.motions.service_acts import perform_service
from workflows.motions.states import ActType
from workflows.motions.steps import needs_consent


def follow_up(motion: Motion, act: Act) -> None:
    """Register what has come through the prosecutor, or what needs no consent, and draw a judge for it."""
    if act.type == ActType.AGREEMENT or (act.type == ActType.MOTION and not needs_consent(motion)):
        register(motion)
        assign(motion)


def register(motion: Motion) -> Act:
    """Give the motion its number in the court's register of the year, without gaps."""
    number = assignment.next_number(motion.court)
    return perform_service(motion, ActType.REGISTRATION, {"number": number, "court": motion.court.bin})


def assign(motion: Motion) -> Act | None:
    """Draw a judge at random. ``None`` if nobody may be drawn: the motion waits, registered."""
    draw = assignment.draw(motion, motion.court, motion.case)
    if draw is None:
        return None
    motion.judge = officer = draw.chosen.officer
    payload = {
        "judge": {"officer": str(officer.pk), "name": officer.full_name},
        "draw": {"id": str(draw.pk), "seed": draw.seed, "candidates": draw.candidates},
    }
    return perform_service(motion, ActType.ASSIGNMENT, payload)
