"""Who is told of an act: messages through the outbox, in the act's own transaction."""

from collections.abc import Callable, Iterator

from ecase.officers.models import Officer, Organisation, Role
from ecase.outbox import services as outbox
from workflows.motions.act_json import instant
from workflows.motions.models import Act, Motion
from workflows.motions.states import DECISIONS, ActType

Recipient = Officer | Organisation


def announce(motion: Motion, act: Act) -> None:
    """Send ``motion.<act type>`` to everybody whom this act concerns. No content of the case travels, only ids."""
    told = [(recipient, roles_told(recipient)) for recipient in _RECIPIENTS.get(ActType(act.type), _nobody)(motion)]
    if told:
        outbox.send_all(f"motion.{act.type}", key=str(motion.pk), to=told, payload=_payload(motion, act))


def roles_told(recipient: Recipient) -> tuple[str, ...]:
    """Who of an organisation is told: prosecutors of an office, judges and clerks of a court."""
    return _ROLES.get(recipient.kind, ()) if isinstance(recipient, Organisation) else ()


_ROLES: dict[str, tuple[str, ...]] = {
    Organisation.Kind.PROSECUTION: (Role.PROSECUTOR,),
    Organisation.Kind.COURT: (Role.JUDGE, Role.CLERK),
}


def _payload(motion: Motion, act: Act) -> dict[str, str]:
    return {
        "motion": str(motion.pk),
        "act": str(act.pk),
        "type": act.type,
        "kind": motion.kind,
        "state": motion.state,
        "number": motion.number or "",
        "case": motion.case.number,
        "outcome": motion.outcome,
        "at": instant(act.performed_at),
    }


def _nobody(motion: Motion) -> Iterator[Recipient]:
    yield from ()


def _author(motion: Motion) -> Iterator[Recipient]:
    yield motion.author.officer


def _prosecution(motion: Motion) -> Iterator[Recipient]:
    yield motion.prosecution


def _judge(motion: Motion) -> Iterator[Recipient]:
    if motion.judge:
        yield motion.judge


def _both(motion: Motion) -> Iterator[Recipient]:
    """Investigator and prosecutor: the result goes to both at once."""
    yield from _author(motion)
    yield from _prosecution(motion)


def _withdrawn(motion: Motion) -> Iterator[Recipient]:
    yield from _prosecution(motion)
    yield from _judge(motion)


_RECIPIENTS: dict[ActType, Callable[[Motion], Iterator[Recipient]]] = {
    ActType.MOTION: _prosecution,
    ActType.REFUSAL: _author,
    ActType.RETURN: _author,
    ActType.WITHDRAWAL: _withdrawn,
    ActType.REGISTRATION: _both,
    ActType.ASSIGNMENT: _judge,
    ActType.HEARING_ORDER: _both,
    ActType.EXECUTION_REPORT: _prosecution,
    **dict.fromkeys(DECISIONS, _both),
}
