"""Duties around copies: what addressees' systems have answered, and whom to remind of what still waits."""

from collections.abc import Iterator
from datetime import datetime

from django.db import transaction

from workflows.copies import services as copies
from workflows.copies.models import Copy
from workflows.motions.doing.announcements import roles_told
from workflows.motions.models import Motion
from workflows.watch.rounds import BATCH, drained
from workflows.watch.telling import Addressee, responsible, tell

RELATED = ("case", "author__officer", "court")


def take_answers(now: datetime) -> int:
    """Acknowledge the copies whose message the addressee's own system has accepted."""
    return copies.take_answers(BATCH)


def remind_of_copies(now: datetime) -> int:
    """Tell of copies that nobody has acknowledged in time, or that wait to be served by hand: once, by motion."""
    return drained(lambda: _remind_of_one(now))


@transaction.atomic
def _remind_of_one(now: datetime) -> bool:
    claimed = copies.claim_overdue(now)
    if claimed:
        motion = Motion.objects.select_related(*RELATED).get(pk=claimed[0].motion_id)
        tell(motion, "copy.overdue", _reminded(motion, claimed), {"copies": str(len(claimed))})
    return bool(claimed)


def _reminded(motion: Motion, claimed: list[Copy]) -> Iterator[Addressee]:
    """Addressees in the service; for the rest, the author and the clerks of the court, who serve by hand."""
    for one in claimed:
        if one.how and one.recipient:
            yield one.recipient, roles_told(one.recipient)
    if not all(one.how for one in claimed):
        yield from responsible(motion, "investigator")
        yield from responsible(motion, "clerk")
