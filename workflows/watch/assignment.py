"""Duties for the assignment of judges: those who could not be drawn before, and calls of officers on duty."""

from datetime import datetime
from uuid import UUID

from ecase.officers.models import Role
from workflows.assignment import calling
from workflows.motions.acts import appeal, court
from workflows.motions.engine.service_acts import perform_service
from workflows.motions.locking import lock
from workflows.motions.models import Motion, Opening
from workflows.motions.states import AppealState, State
from workflows.watch.batch import motion_by_motion, row_by_row


@motion_by_motion(lambda _now: Motion.objects.filter(state=State.REGISTERED), rotating=True)
def assign_waiting(motion: Motion, _now: datetime) -> bool:
    """Draw a judge again for motions that got none when they were registered."""
    return court.assign(motion, perform_service) is not None


@motion_by_motion(lambda _now: Motion.objects.filter(appeal_state=AppealState.SENT_UP), rotating=True)
def assign_appeals(motion: Motion, _now: datetime) -> bool:
    """Draw an appellate judge again for appeals without one."""
    return bool(appeal.assign_appeal(motion, perform_service))


@row_by_row(calling.due, key="motion")
def pass_on_calls(motion: UUID, now: datetime) -> bool:
    """Call the next officer on duty wherever the time of the call before has run out.

    An officer answers by opening the materials as they are now; a judge who is called gets the motion.
    """
    current = Opening.objects.current()
    calls = calling.call_next(now, lambda of, officer: current.filter(motion=of, officer=officer).exists(), only=motion)
    for call in calls:
        if call.role == Role.JUDGE:
            court.hand_over(lock(call.motion), call, perform_service)
    return bool(calls)
