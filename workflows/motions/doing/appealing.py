"""What the service does with an appeal: sends it up when its time has come, and draws an appellate judge."""

from datetime import datetime

from workflows.assignment import services as assignment
from workflows.assignment.models import Series
from workflows.motions.doing import leaving
from workflows.motions.engine.service_acts import perform_service
from workflows.motions.models import Act, Motion
from workflows.motions.states import ActType, AppealState


def is_ripe(motion: Motion, now: datetime) -> bool:
    """Whether the materials go up: at once where the law says so, else when the term of appeal has ended."""
    if motion.appeal_state != AppealState.FILED:
        return False
    at_once = motion.kind_entry.appeal.via == "appeal_court"
    return at_once or motion.appeal_until is None or now > motion.appeal_until


def send_up(motion: Motion) -> Act | None:
    """Register the appeal with the court above and draw a judge there. None if there is no court above."""
    court = motion.court.parent
    if court is None:
        return None
    number = assignment.next_number(court, series=Series.of(motion))
    act = perform_service(motion, ActType.TRANSMISSION, {"number": number, "court": court.bin})
    assign(motion)
    return act


def assign(motion: Motion) -> Act | None:
    """Draw an appellate judge who has neither decided the motion nor left its appeal.

    None if nobody may be drawn: the appeal waits.
    """
    if motion.appellate_court is None:
        return None
    decided = {str(motion.judge_id): "decided"} if motion.judge_id else {}
    barred = {**leaving.left(motion, leaving.APPEAL), **decided}
    draw = assignment.draw(motion, motion.appellate_court, motion.case, barred=barred)
    if draw is None:
        return None
    officer = draw.chosen.officer
    payload = {"judge": {"officer": str(officer.pk), "name": officer.full_name}, "draw": draw.as_dict()}
    return perform_service(motion, ActType.APPEAL_ASSIGNMENT, payload)
