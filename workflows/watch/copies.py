"""Duties for copies: acknowledgements by addressees' systems, and reminders of outstanding copies."""

from datetime import datetime
from uuid import UUID

from workflows.copies import services as copies
from workflows.copies.models import Copy
from workflows.motions.models import Motion
from workflows.motions.notifications import roles_told
from workflows.watch.batch import row_by_row
from workflows.watch.notifications import responsible, tell

RELATED = ("case", "author__officer", "court")


@row_by_row(lambda _now: copies.answered_copies())
def take_answers(copy: UUID, _now: datetime) -> bool:
    """Acknowledge the copies whose message the addressee's own system has accepted."""
    return bool(copies.take_answers(only=copy))


@row_by_row(lambda now: Copy.objects.to_remind(now).order_by("remind_at"), key="motion")
def remind_of_copies(motion_id: UUID, now: datetime) -> bool:
    """Remind of copies not acknowledged in time, or waiting for service by hand: once, by motion.

    Addressees with an account; for the other copies, the author and the court's clerks, who serve by hand.
    """
    claimed = copies.claim_overdue(now, only=motion_id)
    if not claimed:
        return False
    motion = Motion.objects.select_related(*RELATED).get(pk=motion_id)
    wanted = [(copy.recipient, roles_told(copy.recipient)) for copy in claimed if copy.how and copy.recipient]
    if not all(copy.how for copy in claimed):
        wanted += [*responsible(motion, "investigator"), *responsible(motion, "clerk")]
    tell(motion, "copy.overdue", wanted, {"copies": str(len(claimed))})
    return True
