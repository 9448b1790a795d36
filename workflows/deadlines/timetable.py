"""The open deadlines of a motion that is locked: read once, changed in memory, written together.

In a ``transactions.written_together`` block, ``motion.open_deadlines`` holds them from the first question on; outside
of a block nothing is kept. Code that reads or changes the rows in the database in between calls :func:`forget` first.
"""

from collections.abc import Iterable

from ecase.statements import HotQuery
from ecase.transactions import is_collecting, write_collected, write_together
from workflows.deadlines.models import Deadline, State
from workflows.deadlines.ports import TimedMotion

_CHANGES = ("state", "met_at", "voided_at", "voided_because", "remind_at", "escalate_at")


def open_deadlines(motion: TimedMotion) -> list[Deadline]:
    """The deadlines that run, or were missed and wait for their act."""
    if is_collecting() and motion.open_deadlines is not None:
        return motion.open_deadlines
    motion.open_deadlines = _OPEN.rows(motion=motion.pk)
    return motion.open_deadlines


_OPEN: HotQuery[Deadline] = HotQuery(
    lambda motion: Deadline.objects.filter(motion=motion, met_at=None, state__in=[State.RUNNING, State.MISSED])
)


def running(motion: TimedMotion) -> list[Deadline]:
    """Those that run."""
    return [deadline for deadline in open_deadlines(motion) if deadline.state == State.RUNNING]


def add(motion: TimedMotion, deadline: Deadline) -> None:
    """Add a deadline that begins."""
    if motion.open_deadlines is not None:
        motion.open_deadlines.append(deadline)
    write_together(_write, deadline)


def changed(motion: TimedMotion, deadlines: Iterable[Deadline]) -> None:
    """Write the changed deadlines; those that are met or void are no longer open."""
    ended = list(deadlines)
    for deadline in ended:
        write_together(_write, deadline)
    if motion.open_deadlines is not None:
        motion.open_deadlines = [deadline for deadline in motion.open_deadlines if deadline not in ended]


def forget(motion: TimedMotion) -> None:
    """Write what is collected; the deadlines are read again when they are next asked for."""
    write_collected()
    motion.open_deadlines = None


def _write(deadlines: list[Deadline]) -> None:
    """One statement: what has ended is changed before what begins is added, as a term runs only once."""
    rows = sorted(deadlines, key=lambda deadline: deadline._state.adding)  # noqa: SLF001 - whether the row exists
    Deadline.objects.bulk_create(rows, update_conflicts=True, unique_fields=["id"], update_fields=_CHANGES)
