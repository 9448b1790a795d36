"""What the service does by itself after an act, in the same transaction: what the act's entry names under ``then``."""

from workflows.assignment import calling
from workflows.motions.acts.registry import spec_of
from workflows.motions.engine.service_acts import perform_service
from workflows.motions.models import Act, Motion


def follow_up(motion: Motion, act: Act) -> None:
    """Whatever this act lets the service do at once. ``motion`` is locked."""
    spec = spec_of(act.type)
    if spec.answers_call:
        calling.stop(motion, act.performed_at)
    spec.then(motion, perform_service)
