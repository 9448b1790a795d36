"""Secret motions: the officers admitted to them, and the recipients allowed for their messages."""

from collections.abc import Iterable
from datetime import datetime

from ecase.officers.models import Officer, Organisation, Post, Role
from workflows.motions.models import Admission, Motion

Recipient = Officer | Organisation


def admit(motion: Motion, officer: Officer, by: Post | None, at: datetime) -> list[Officer]:
    """Admit the officer to a secret motion; no effect on other motions. Returns those newly admitted."""
    if not motion.secret:
        return []
    given = {"admitted_by": by, "admitted_at": at}
    _admission, is_new = Admission.objects.get_or_create(motion=motion, officer=officer, defaults=given)
    return [officer] if is_new else []


def admit_office(motion: Motion, office: Organisation | None, at: datetime) -> list[Officer]:
    """Admit the current prosecutors of the office whose consent to a secret motion is asked.

    Returns those newly admitted.
    """
    if not motion.secret or office is None:
        return []
    posts = Post.objects.current(at).filter(organisation=office, role=Role.PROSECUTOR).select_related("officer")
    return [officer for post in posts for officer in admit(motion, post.officer, None, at)]


def recipients(motion: Motion, wanted: Iterable[Recipient]) -> list[Recipient]:
    """Those of ``wanted`` whom a message may reach: of a secret motion only admitted officers, each by name."""
    found = list(wanted)
    if not motion.secret:
        return found
    reached: list[Recipient] = []
    for officer in Officer.objects.filter(pk__in=motion.admissions.values("officer")):
        posts = Post.objects.current().filter(officer=officer)
        if any(
            officer.pk == recipient.pk
            if isinstance(recipient, Officer)
            else posts.filter(organisation=recipient).exists()
            for recipient in found
        ):
            reached.append(officer)
    return reached
