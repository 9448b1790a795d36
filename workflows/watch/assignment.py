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
from workflows.watch.batch import each, first_of, in_turn, locked


def assign_waiting(now: datetime) -> int:
    """Draw a judge again for motions that got none when they were registered."""
    waiting = Motion.objects.filter(state=State.REGISTERED)
    draw = locked(waiting, lambda motion: court.assign(motion, perform_service) is not None)
    return each("assign_waiting", in_turn("assign_waiting", waiting, now), draw)


def assign_appeals(now: datetime) -> int:
    """Draw an appellate judge again for appeals without one."""
    waiting = Motion.objects.filter(appeal_state=AppealState.SENT_UP)
    draw = locked(waiting, lambda motion: bool(appeal.assign_appeal(motion, perform_service)))
    return each("assign_appeals", in_turn("assign_appeals", waiting, now), draw)


def pass_on_calls(now: datetime) -> int:
    """Call the next officer on duty wherever the time of the call before has run out.

    An officer answers by opening the materials as they are now; a judge who is called gets the motion.
    """

    def has_opened(motion: UUID, officer: UUID) -> bool:
        return Opening.objects.current().filter(motion=motion, officer=officer).exists()

    def pass_on(motion: UUID) -> bool:
        calls = calling.call_next(now, has_opened, only=motion)
        for call in calls:
            if call.role == Role.JUDGE:
                court.hand_over(lock(call.motion), call, perform_service)
        return bool(calls)

    waiting = first_of("pass_on_calls", calling.due(now), now, key="motion")
    return each("pass_on_calls", waiting, pass_on)
