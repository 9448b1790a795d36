"""Notifications of an act: messages through the outbox, in the act's own transaction."""

from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from operator import attrgetter

from ecase.instants import format_instant
from ecase.officers.models import Officer, Organisation, Post, Role
from ecase.outbox import services as outbox
from workflows.motions import admissions
from workflows.motions.models import WITH_AUTHOR, Act, Motion
from workflows.motions.queries import INVESTIGATES
from workflows.motions.rules import defence, events, kind_rules
from workflows.motions.states import ActType

Recipient = Officer | Organisation
Recipients = Callable[[Motion], Iterable[Recipient]]


def notify(motion: Motion, act: Act, recipients: Recipients, owed: Iterable[Recipient] = ()) -> None:
    """Send ``motion.<act type>`` to everyone concerned by this act but its author, with the recipients of copies.

    The systems of all bodies that may see the motion get it too. Messages contain ids only, no content of the case.
    """
    own = act.author.officer_id if act.author else None
    wanted = [each for each in dict.fromkeys(chain(recipients(motion), owed)) if each.pk != own]
    reached = [(recipient, roles_told(recipient)) for recipient in admissions.recipients(motion, wanted)]
    bodies = bodies_that_see(motion)
    if not (reached or bodies):
        return
    payload = {
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
    outbox.send_together(f"motion.{act.type}", key=str(motion.pk), to=reached, payload=payload, systems=bodies)


def bodies_that_see(motion: Motion) -> list[Organisation]:
    """The bodies of which some post may open the motion (``MotionQuerySet.visible_to``) by the body that it is in.

    None for a secret motion, which only named officers see. The rows are not read: each body holds its id alone.
    """
    if motion.secret:
        return []
    role, has_reached = motion.author.role, bool(motion.submitted_at) and motion.state not in WITH_AUTHOR
    seeing = {
        motion.organisation_id if role in INVESTIGATES else None,
        motion.case.organisation_id if motion.defence else None,
        motion.prosecution_id if has_reached or role == Role.PROSECUTOR else None,
        motion.consenting_id if has_reached else None,
        motion.court_id if motion.registered_at else None,
        motion.appellate_court_id,
    }
    return [Organisation(pk=pk) for pk in sorted(filter(None, seeing))]


def roles_told(recipient: Recipient) -> tuple[str, ...]:
    """The roles notified in an organisation: heads of unit; prosecutors; judges, clerks and chair of a court."""
    return _ROLES.get(recipient.kind, ()) if isinstance(recipient, Organisation) else ()


_ROLES: dict[str, tuple[str, ...]] = {
    Organisation.Kind.INVESTIGATION: (Role.HEAD_OF_UNIT,),
    Organisation.Kind.INQUIRY: (Role.HEAD_OF_UNIT,),
    Organisation.Kind.PROSECUTION: (Role.PROSECUTOR,),
    Organisation.Kind.COURT: (Role.JUDGE, Role.CLERK, Role.COURT_CHAIR),
}


def named(attribute: str) -> Recipients:
    """The officer or body that the motion names in ``attribute``; nobody if it names none."""
    read = attrgetter(attribute)
    return lambda motion: filter(None, [read(motion)])


def all_of(*groups: Recipients) -> Recipients:
    """The recipients of all groups."""
    return lambda motion: chain.from_iterable(group(motion) for group in groups)


# For acts that notify nobody.
NOBODY = all_of()
author = named("author.officer")
judge = named("judge")
court = named("court")
appellate_judge = named("appellate_judge")
court_above = named("appellate_court")
counsel: Recipients = defence.counsel_of_subject


def executors(motion: Motion) -> Iterator[Recipient]:
    """The executors of a granted decision other than its author: the investigators of the case."""
    if kind_rules.was_granted(motion) and kind_rules.executor_role(motion) != motion.author.role:
        posts = Post.objects.current().filter(role=Role.INVESTIGATOR, organisation=motion.case.organisation_id)
        team = motion.case.team.filter(officer__in=posts.values("officer"))
        yield from Officer.objects.filter(pk__in=team.values("officer"))


def executor(motion: Motion) -> Iterator[Recipient]:
    """The executor of the decision: its author, or in his place the investigators of the case."""
    if kind_rules.executor_role(motion) == motion.author.role:
        yield motion.author.officer
    else:
        yield from executors(motion)


def admitted(motion: Motion) -> Iterator[Recipient]:
    """The officer whom the last act admits to a secret motion."""
    if motion.last_act:
        yield from Officer.objects.filter(iin=motion.last_act.payload["iin"])


def prosecution(motion: Motion) -> Iterator[Recipient]:
    """The office that supervises the case, if the kind involves it, and the office whose consent is asked."""
    if kind_rules.prosecutor_reads(motion) or motion.prosecution_id == motion.organisation_id:
        yield motion.prosecution
    if motion.consenting:
        yield motion.consenting


def appellants(motion: Motion) -> Iterator[Recipient]:
    """Counsel who have appealed: they are notified of the result, whoever their clients are."""
    made = motion.acts.filter(type=ActType.APPEAL, author__role=Role.DEFENDER)
    yield from Officer.objects.filter(pk__in=made.values("author__officer"))


def whom_the_event_concerns(motion: Motion) -> Iterator[Recipient]:
    """The recipients that the catalogue names for the event recorded by the last act."""
    if motion.last_act:
        for role in events.event_of(motion.last_act).tells:
            yield from _OF_EVENT[role](motion)


# Investigator and prosecutor: a result goes to both at once.
author_and_prosecution = all_of(author, prosecution)
parties = all_of(author_and_prosecution, executors, counsel)
parties_and_judge = all_of(parties, judge)
parties_to_appeal = all_of(parties, appellants)
_OF_EVENT: dict[str, Recipients] = {"author": author, "prosecutor": prosecution, "judge": judge, "defence": counsel}
