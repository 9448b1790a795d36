"""Duty calls without an answer in time: the next officer is called, and a judge who is called gets the motion."""

from datetime import datetime
from uuid import UUID

from ecase.officers.models import Role
from workflows.assignment import calling
from workflows.motions.acts import court
from workflows.motions.engine.service_acts import perform_service
from workflows.motions.locking import lock
from workflows.motions.models import Opening
from workflows.watch.batch import each, first_of


def pass_on_calls(now: datetime) -> int:
    """Call the next officer on duty wherever the time of the call before has run out."""
    waiting = first_of("pass_on_calls", calling.due(now), now, key="motion")
    return each("pass_on_calls", waiting, lambda motion: _pass_on(motion, now))


def _pass_on(motion: UUID, now: datetime) -> bool:
    made = calling.call_next(now, _answered, only=motion)
    for call in made:
        if call.role == Role.JUDGE:
            court.hand_over(lock(call.motion), call, perform_service)
    return bool(made)


def _answered(motion: UUID, officer: UUID) -> bool:
    """Whether the officer has opened the materials as they are now, which is the answer to a call."""
    return Opening.objects.current().filter(motion=motion, officer=officer).exists()
