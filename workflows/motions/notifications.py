"""Who is told of an act: messages through the outbox, in the act's own transaction."""

from collections.abc import Callable, Iterable, Iterator
from itertools import chain

from ecase.instants import format_instant
from ecase.officers.models import Officer, Organisation, Role
from ecase.outbox import services as outbox
from workflows.motions import admissions
from workflows.motions.models import Act, Motion
from workflows.motions.rules import defence, events, kind_rules
from workflows.motions.states import DECISIONS, ActType, State

Recipient = Officer | Organisation
Recipients = Callable[[Motion], Iterable[Recipient]]


def announce(motion: Motion, act: Act, owed: Iterable[Recipient] = ()) -> None:
    """Send ``motion.<act type>`` to everybody whom this act concerns, those whom it owes a copy among them.

    No content of the case travels, only ids.
    """
    wanted = dict.fromkeys(chain(_RECIPIENTS.get(ActType(act.type), _nobody)(motion), owed))
    told = [(one, roles_told(one)) for one in admissions.recipients(motion, wanted)]
    if told:
        outbox.send_all(f"motion.{act.type}", key=str(motion.pk), to=told, payload=_payload(motion, act))


def roles_told(recipient: Recipient) -> tuple[str, ...]:
    """Who of an organisation is told: heads of a body, prosecutors of an office, judges, clerks, chair of a court."""
    return _ROLES.get(recipient.kind, ()) if isinstance(recipient, Organisation) else ()


_ROLES: dict[str, tuple[str, ...]] = {
    Organisation.Kind.INVESTIGATION: (Role.HEAD_OF_UNIT,),
    Organisation.Kind.INQUIRY: (Role.HEAD_OF_UNIT,),
    Organisation.Kind.PROSECUTION: (Role.PROSECUTOR,),
    Organisation.Kind.COURT: (Role.JUDGE, Role.CLERK, Role.COURT_CHAIR),
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
        "at": format_instant(act.performed_at),
    }


def _nobody(motion: Motion) -> Iterator[Recipient]:
    yield from ()


def _author(motion: Motion) -> Iterator[Recipient]:
    yield motion.author.officer


def _prosecution(motion: Motion) -> Iterator[Recipient]:
    """The office that supervises the case, if the kind has a part for it, and the one whose consent is asked."""
    if kind_rules.prosecutor_reads(motion) or motion.prosecution_id == motion.organisation_id:
        yield motion.prosecution
    if motion.consenting:
        yield motion.consenting


def _court(motion: Motion) -> Iterator[Recipient]:
    yield motion.court


def _judge(motion: Motion) -> Iterator[Recipient]:
    if motion.judge:
        yield motion.judge


def _appellate_judge(motion: Motion) -> Iterator[Recipient]:
    if motion.appellate_judge:
        yield motion.appellate_judge


def _court_above(motion: Motion) -> Iterator[Recipient]:
    if motion.appellate_court:
        yield motion.appellate_court


def _defence(motion: Motion) -> Iterator[Recipient]:
    yield from defence.counsel_of_subject(motion)


def _appellants(motion: Motion) -> Iterator[Recipient]:
    """Counsel whose appeals have been made: they hear what becomes of them, whomever they are counsel of."""
    made = motion.acts.filter(type=ActType.APPEAL, author__role=Role.DEFENDER)
    yield from Officer.objects.filter(pk__in=made.values("author__officer"))


def _filed(motion: Motion) -> Iterator[Recipient]:
    """First the head of the author's body, if he has to agree; else the prosecutor, who consents or is sent a copy."""
    if motion.state == State.AWAITING_APPROVAL:
        yield motion.organisation
    else:
        yield from _prosecution(motion)


def _event(motion: Motion) -> Iterator[Recipient]:
    """Whom the catalogue wants to be told of what has just been put on record."""
    if motion.last_act:
        for one in events.stated(motion.last_act).tells:
            yield from _TOLD[one](motion)


def _lifting_ordered(motion: Motion) -> Iterator[Recipient]:
    """The prosecutor who is to consent; where nobody is, everybody whom the end of the measure concerns."""
    yield from _prosecution(motion) if motion.state == State.LIFTING_ASKED else _parties_and_judge(motion)


def _all_of(*groups: Recipients) -> Recipients:
    return lambda motion: chain.from_iterable(group(motion) for group in groups)


# Investigator and prosecutor: a result goes to both at once.
_both = _all_of(_author, _prosecution)
_parties = _all_of(_both, _defence)
_parties_and_judge = _all_of(_parties, _judge)
_parties_to_appeal = _all_of(_parties, _appellants)

_TOLD: dict[str, Recipients] = {"author": _author, "prosecutor": _prosecution, "judge": _judge, "defence": _defence}
_RECIPIENTS: dict[ActType, Recipients] = {
    ActType.MOTION: _filed,
    ActType.APPROVAL: _both,
    ActType.AGREEMENT: _prosecution,
    ActType.REFUSAL: _author,
    ActType.RETURN: _author,
    ActType.WITHDRAWAL: _all_of(_prosecution, _judge),
    ActType.CORRECTION: _all_of(_prosecution, _judge),
    ActType.FORMAT_ORDER: _all_of(_prosecution, _judge),
    ActType.REGISTRATION: _both,
    ActType.ASSIGNMENT: _judge,
    ActType.RECUSAL: _all_of(_both, _court),
    ActType.REASSIGNMENT: _both,
    ActType.TRANSFER: _all_of(_both, _court),
    ActType.MATERIALS_REQUEST: _author,
    ActType.SUPPLEMENT: _judge,
    ActType.HEARING_ORDER: _parties,
    ActType.MINUTES: _parties_and_judge,
    **dict.fromkeys(DECISIONS, _parties),
    ActType.EXECUTION_REPORT: _all_of(_prosecution, _judge),
    ActType.LIFTING: _lifting_ordered,
    ActType.LIFTING_CONSENT: _parties_and_judge,
    ActType.LIFTING_REFUSAL: _author,
    ActType.EXTENSION: _parties,
    ActType.REPLACEMENT: _parties,
    ActType.REVIVAL: _parties,
    ActType.EXPIRY: _parties,
    ActType.APPEAL: _parties_and_judge,
    ActType.RESTORATION: _parties_to_appeal,
    ActType.APPEAL_WITHDRAWAL: _all_of(_parties, _judge, _appellate_judge),
    ActType.TRANSMISSION: _parties_to_appeal,
    ActType.APPEAL_ASSIGNMENT: _appellate_judge,
    ActType.APPEAL_RECUSAL: _all_of(_parties, _court_above),
    ActType.APPEAL_REASSIGNMENT: _parties,
    ActType.APPEAL_RULING: _all_of(_parties_to_appeal, _judge),
    ActType.EVENT: _event,
}
