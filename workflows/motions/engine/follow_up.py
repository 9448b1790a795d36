"""Follow-ups of an act by the service, in the same transaction: the ``then`` of the act's entry."""

from workflows.assignment import calling
from workflows.motions.acts.registry import spec_of
from workflows.motions.engine.service_acts import perform_service
from workflows.motions.models import Act, Motion


def follow_up(motion: Motion, act: Act) -> None:
    """Perform the acts of the service that this act makes possible. ``motion`` is locked."""
    spec = spec_of(act.type)
    if spec.answers_call:
        calling.stop(motion, act.performed_at)
    spec.then(motion, perform_service)
