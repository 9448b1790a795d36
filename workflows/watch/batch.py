"""How duties take their work: row by row, each in its own transaction, each only if no other watch has it.

A claim and its effects are committed together. One row at a time, because two transactions that hold the log's chains
of several cases in different orders would block each other, and because after days of downtime reports then keep the
order in which they came due. A row that fails is put aside (``watch.faults``); a duty that has worked for
``TURN_SECONDS`` continues in the next round.
"""

import time
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from workflows.motions.locking import lock
from workflows.motions.models import Motion, MotionQuerySet
from workflows.watch import faults
from workflows.watch.models import RowAside

BATCH = 50
TURN_SECONDS = 0.2
# When this many rows fail in succession and none succeeds, the cause is elsewhere.
FAILURES_IN_A_ROW = 5

_CURSORS: dict[str, UUID] = {}

Duty = Callable[[datetime], int]
Waiting = Callable[[datetime], QuerySet[Any, Any]]


def row_by_row(
    waiting: Waiting, *, key: str = "pk", rotating: bool = False
) -> Callable[[Callable[[UUID, datetime], bool]], Duty]:
    """Make a duty of a function that handles one row: it gets each ``key`` of ``waiting(now)`` that is not put aside.

    The function returns whether it changed anything. ``rotating`` is for rows that may wait for long (:func:`in_turn`).
    """

    def declare(handle: Callable[[UUID, datetime], bool]) -> Duty:
        name = handle.__name__

        @wraps(handle)
        def duty(now: datetime) -> int:
            rows = in_turn(name, waiting(now), now) if rotating else first_of(name, waiting(now), now, key)
            return each(name, rows, lambda row: handle(row, now))

        return duty

    return declare


def motion_by_motion(
    waiting: Callable[[datetime], MotionQuerySet], *, rotating: bool = False
) -> Callable[[Callable[[Motion, datetime], bool]], Duty]:
    """As :func:`row_by_row`, for motions: each is handled locked, if it is still waiting and not locked elsewhere."""

    def declare(handle: Callable[[Motion, datetime], bool]) -> Duty:
        @row_by_row(waiting, rotating=rotating)
        @wraps(handle)
        def duty(row: UUID, now: datetime) -> bool:
            motion = lock_waiting(waiting(now), row)
            return motion is not None and handle(motion, now)

        return duty

    return declare


def lock_waiting(waiting: MotionQuerySet, pk: UUID) -> Motion | None:
    """The motion, locked, if it is still among ``waiting`` and not locked elsewhere."""
    rows = waiting.order_by().filter(pk=pk)
    free = rows.select_for_update(of=("self",), skip_locked=True).first()
    return lock(free) if free is not None else None


def first_of(duty: str, waiting: QuerySet[Any, Any], now: datetime, key: str = "pk") -> list[UUID]:
    """The keys of the first batch of ``waiting`` rows, without those that are put aside."""
    rows = waiting.exclude(**{f"{key}__in": faults.aside(duty, now)})
    return list(dict.fromkeys(rows.values_list(key, flat=True)[:BATCH]))


def in_turn(duty: str, waiting: QuerySet[Any, Any], now: datetime) -> list[UUID]:
    """The keys of a batch of rows that may wait for long, so that each gets its turn.

    They are ordered by key, starting after the row at which this process stopped.
    """
    rows = waiting.exclude(pk__in=faults.aside(duty, now)).order_by("pk").values_list("pk", flat=True)
    last = _CURSORS.get(duty)
    found = list(rows.filter(pk__gt=last)[:BATCH] if last else rows[:BATCH])
    if last and len(found) < BATCH:
        found += rows.filter(pk__lte=last)[: BATCH - len(found)]
    if found:
        # Assumes that all are handled; if the turn ends earlier, `each` records how far it came.
        _CURSORS[duty] = found[-1]
    return found


def each(duty: str, rows: list[UUID], handle: Callable[[UUID], bool]) -> int:
    """Let ``handle`` process the rows one by one, for a turn; returns how many it reported as changed.

    Each row has a transaction of its own. Raises :class:`faults.RowsFail` if several fail in succession,
    :class:`faults.DatabaseAway` if no work is possible.
    """
    end, failed_before = time.monotonic() + TURN_SECONDS, faults.known(duty, rows) if rows else {}
    done = fine = failed = 0
    for row in rows:
        _CURSORS[duty] = row
        fault = _try(row, handle)
        if isinstance(fault, Exception):
            failed += 1
            faults.put_row_aside(duty, row, failed_before.get(row, 0) + 1, fault)
            if failed >= FAILURES_IN_A_ROW and not fine:
                raise faults.RowsFail(f"{failed} rows failed in a row, the last one by {fault}") from fault
        else:
            fine, done = fine + 1, done + fault
            if row in failed_before:
                RowAside.objects.filter(duty=duty, row=row).delete()
        if time.monotonic() > end:
            break
    return done


def _try(row: UUID, handle: Callable[[UUID], bool]) -> bool | Exception:
    """The result of ``handle`` for a row, or its exception, with nothing of the row changed."""
    try:
        with transaction.atomic():
            return handle(row)
    except Exception as fault:  # noqa: BLE001 - whatever a row does, the rows behind it go on
        faults.refuse_without_database(fault)
        return fault
