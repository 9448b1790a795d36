"""How duties take their work: row by row, each in a transaction of its own, each only if nobody else is at it.

A claim and its effects stand or fall together. One row at a time, since two transactions that hold the log's chains of
several cases in different orders would block each other, and since what is reported after days of downtime is then
reported in the order in which it came due.
"""

from collections.abc import Callable
from uuid import UUID

from django.db import transaction

from workflows.motions.doing.locking import lock
from workflows.motions.models import Motion, MotionQuerySet

BATCH = 50
# For motions that may have to wait for long: in any other order those that cannot go on would keep the others waiting.
ANY_ORDER = "?"


def drained(one: Callable[[], bool]) -> int:
    """How many times ``one`` found something to do: at most a batch, so that no duty keeps the next one waiting."""
    return next((done for done in range(BATCH) if not one()), BATCH)


def each(waiting: MotionQuerySet, act: Callable[[Motion], bool]) -> int:
    """Let ``act`` handle up to a batch of ``waiting``, in its order. Returns of how many it said that it did something.

    ``act`` gets the motion locked, if it still is among ``waiting``; another watch may be at it.
    """
    return sum(_alone(waiting, pk, act) for pk in list(waiting.values_list("pk", flat=True)[:BATCH]))


@transaction.atomic
def _alone(waiting: MotionQuerySet, pk: UUID, act: Callable[[Motion], bool]) -> bool:
    rows = waiting.order_by().filter(pk=pk)
    free = rows.select_for_update(of=("self",), skip_locked=True).first()
    return free is not None and act(lock(free))
