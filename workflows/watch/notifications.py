"""Recipients and content of the watch's messages: ids, instants and labels, never the materials."""

from collections.abc import Callable, Iterable, Iterator

from django.db.models import Q

from ecase.instants import format_instant
from ecase.officers.models import Officer, Organisation, Post, Role
from ecase.outbox import services as outbox
from workflows.deadlines.models import Deadline
from workflows.motions import admissions
from workflows.motions.models import Motion
from workflows.motions.rules import defence

Recipient = Officer | Organisation
# An officer, or those posts of an organisation that have one of the roles (none: all of them).
Addressee = tuple[Recipient, tuple[str, ...]]


def responsible(motion: Motion, role: str) -> Iterator[Addressee]:
    """Who has to act for a role that the catalogue names: the officers themselves if the motion names them."""
    yield from _WHO.get(role, _author)(motion)


def above(motion: Motion, superior: str) -> Iterator[Addressee]:
    """The recipients of an escalation (``statute.schema.Superior``)."""
    yield from _ABOVE[superior](motion)


def tell(motion: Motion, topic: str, wanted: Iterable[Addressee], facts: dict[str, str]) -> None:
    """Send one message to each of ``wanted`` who may know of the motion."""
    payload = {
        "motion": str(motion.pk),
        "kind": motion.kind,
        "case": motion.case.number,
        "number": motion.number or "",
        **facts,
    }
    told = _permitted(motion, dict(wanted))
    if told:
        outbox.send_all(topic, key=str(motion.pk), to=told, payload=payload)


def facts_of(deadline: Deadline) -> dict[str, str]:
    """A deadline as messages carry it. ``due_at`` is the true instant, however late the message is."""
    return {"term": deadline.term, "role": deadline.role, "due_at": format_instant(deadline.due_at)}


def _permitted(motion: Motion, wanted: dict[Recipient, tuple[str, ...]]) -> list[Addressee]:
    """For a secret motion, only officers who are named on it and hold such a post, each by name."""
    if not motion.secret:
        return list(wanted.items())
    officers = [officer for recipient, roles in wanted.items() for officer in _officers(recipient, roles)]
    return [(officer, ()) for officer in admissions.recipients(motion, officers)]


def _officers(recipient: Recipient, roles: tuple[str, ...]) -> list[Officer]:
    if isinstance(recipient, Officer):
        return [recipient]
    posts = Post.objects.current().filter(Q(role__in=roles) if roles else Q(), organisation=recipient)
    return [post.officer for post in posts.select_related("officer")]


def _author(motion: Motion) -> Iterator[Addressee]:
    yield motion.author.officer, ()


def _head_of_unit(motion: Motion) -> Iterator[Addressee]:
    yield motion.organisation, (Role.HEAD_OF_UNIT,)


def _prosecutor(motion: Motion) -> Iterator[Addressee]:
    """The office whose consent is asked, else the one that supervises the case."""
    yield motion.consenting or motion.prosecution, (Role.PROSECUTOR,)


def _supervising_prosecutor(motion: Motion) -> Iterator[Addressee]:
    yield motion.prosecution, (Role.PROSECUTOR,)


def _judge(motion: Motion) -> Iterator[Addressee]:
    """The judge; without one, those of the court who can provide one."""
    yield (motion.judge, ()) if motion.judge else (motion.court, (Role.JUDGE, Role.CLERK, Role.COURT_CHAIR))


def _court_chair(motion: Motion) -> Iterator[Addressee]:
    yield motion.court, (Role.COURT_CHAIR,)


def _appellate_judge(motion: Motion) -> Iterator[Addressee]:
    """The appellate judge; without one, those of the court above who can provide one."""
    if motion.appellate_judge:
        yield motion.appellate_judge, ()
    elif motion.appellate_court:
        yield motion.appellate_court, (Role.JUDGE, Role.CLERK, Role.COURT_CHAIR)


def _appellate_chair(motion: Motion) -> Iterator[Addressee]:
    if motion.appellate_court:
        yield motion.appellate_court, (Role.COURT_CHAIR,)


def _clerk(motion: Motion) -> Iterator[Addressee]:
    yield motion.court, (Role.CLERK,)


def _defenders(motion: Motion) -> Iterator[Addressee]:
    for officer in defence.counsel_of_subject(motion):
        yield officer, ()


def _facility(motion: Motion) -> Iterator[Addressee]:
    """The places of custody of the investigation body, or of its parent body."""
    bodies = [motion.organisation_id, motion.organisation.parent_id]
    for place in Organisation.objects.filter(kind=Organisation.Kind.FACILITY, parent__in=filter(None, bodies)):
        yield place, ()


Who = Callable[[Motion], Iterator[Addressee]]
_WHO: dict[str, Who] = {
    "investigator": _author,
    "head_of_unit": _head_of_unit,
    "prosecutor": _prosecutor,
    "judge": _judge,
    "appellate_judge": _appellate_judge,
    "court_chair": _court_chair,
    "clerk": _clerk,
    "defender": _defenders,
    "facility": _facility,
}
_ABOVE: dict[str, Who] = {
    "head_of_unit": _head_of_unit,
    "supervising_prosecutor": _supervising_prosecutor,
    "court_chair": _court_chair,
    "appellate_chair": _appellate_chair,
}
