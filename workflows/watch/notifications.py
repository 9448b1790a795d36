"""Recipients and content of the watch's messages: ids, instants and labels, never the materials."""

from collections.abc import Callable, Iterable

from django.db.models import Q

from ecase.instants import format_instant
from ecase.officers.models import Officer, Organisation, Post, Role
from ecase.outbox import services as outbox
from workflows.copies.addressees import places_of_custody
from workflows.deadlines.models import Deadline
from workflows.motions import admissions
from workflows.motions.models import Motion
from workflows.motions.rules import defence

Recipient = Officer | Organisation
# An officer, or those posts of an organisation that have one of the roles (none: all of them).
Addressee = tuple[Recipient, tuple[str, ...]]


def responsible(motion: Motion, role: str) -> list[Addressee]:
    """Who has to act for a role that the catalogue names: the officers themselves if the motion names them."""
    return _BY_ROLE.get(role, _BY_ROLE["investigator"])(motion)


def tell(
    motion: Motion,
    topic: str,
    wanted: Iterable[Addressee],
    facts: dict[str, str],
    systems: Iterable[Organisation] = (),
) -> None:
    """Send one message to each of ``wanted`` who may know of the motion, and to the endpoints of ``systems``."""
    payload = {
        "motion": str(motion.pk),
        "kind": motion.kind,
        "case": motion.case.number,
        "number": motion.number or "",
        **facts,
    }
    if permitted := _permitted(motion, dict(wanted)):
        bodies = [] if motion.secret else list(systems)
        outbox.send_all(topic, key=str(motion.pk), to=permitted, payload=payload, systems=bodies)


def facts_of(deadline: Deadline) -> dict[str, str]:
    """A deadline as messages carry it. ``due_at`` is the true instant, however late the message is."""
    return {"term": deadline.term, "role": deadline.role, "due_at": format_instant(deadline.due_at)}


def _permitted(motion: Motion, wanted: dict[Recipient, tuple[str, ...]]) -> list[Addressee]:
    """For a secret motion, only officers who are named on it and hold such a post, each by name."""
    if not motion.secret:
        return list(wanted.items())
    officers = list[Officer]()
    for recipient, roles in wanted.items():
        if isinstance(recipient, Officer):
            officers.append(recipient)
        else:
            posts = Post.objects.current().filter(Q(role__in=roles) if roles else Q(), organisation=recipient)
            officers += [post.officer for post in posts.select_related("officer")]
    return [(officer, ()) for officer in admissions.recipients(motion, officers)]


# Who can provide a judge for a motion of the court that has none.
PROVIDE_A_JUDGE = (Role.JUDGE, Role.CLERK, Role.COURT_CHAIR)
Find = Callable[[Motion], list[Addressee]]
# The recipients of an escalation (``statute.schema.Superior``).
SUPERIORS: dict[str, Find] = {
    "head_of_unit": lambda motion: [(motion.organisation, (Role.HEAD_OF_UNIT,))],
    "supervising_prosecutor": lambda motion: [(motion.prosecution, (Role.PROSECUTOR,))],
    "court_chair": lambda motion: [(motion.court, (Role.COURT_CHAIR,))],
    "appellate_chair": lambda motion: [(court, (Role.COURT_CHAIR,)) for court in [motion.appellate_court] if court],
}
_BY_ROLE: dict[str, Find] = {
    "investigator": lambda motion: [(motion.author.officer, ())],
    "head_of_unit": SUPERIORS["head_of_unit"],
    # The office whose consent is asked, else the one that supervises the case.
    "prosecutor": lambda motion: [(motion.consenting or motion.prosecution, (Role.PROSECUTOR,))],
    "judge": lambda motion: [(motion.judge, ()) if motion.judge else (motion.court, PROVIDE_A_JUDGE)],
    # Without one, those of the court above who can provide one.
    "appellate_judge": lambda motion: (
        [(motion.appellate_judge, ())]
        if motion.appellate_judge
        else [(court, PROVIDE_A_JUDGE) for court in [motion.appellate_court] if court]
    ),
    "court_chair": SUPERIORS["court_chair"],
    "clerk": lambda motion: [(motion.court, (Role.CLERK,))],
    "defender": lambda motion: [(officer, ()) for officer in defence.counsel_of_subject(motion)],
    "facility": lambda motion: [(place, ()) for place in places_of_custody(motion)],
}
