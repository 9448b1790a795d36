"""Locks a motion's row for an act."""

from django.db.models import Subquery
from django.utils import timezone

from ecase.audit import clocks
from workflows.motions import columns, signed
from workflows.motions.models import UNREAD, Motion

KEPT = ("case", "catalogue", "author", "organisation", "prosecution", "court")


def lock(motion: Motion) -> Motion:
    """The motion's row, locked until the transaction ends, with its last act.

    Related rows that the lock does not protect (case, author, bodies) and that ``motion`` already has are not read
    again: planning a query of ten tables takes PostgreSQL longer than all its other work for an act. The same statement
    reads the time: raises ``ClockDiffers`` before anything is dated by a wrong clock; and the signed columns: raises
    ``RowAltered`` for a row that differs from them.
    """
    before = timezone.now()
    rows = Motion.objects.select_for_update(of=("self",)).select_related("last_act").defer(*UNREAD)
    asked = signed.loaded(rows).annotate(database_now=clocks.Now(), log_at=Subquery(clocks.newest_at()))
    locked = asked.get(pk=motion.pk)
    clocks.require(before, locked.database_now, locked.log_at)
    signed.require(locked)
    locked.on_record = columns.values_of_row(locked)
    for name in KEPT:
        loaded = name in motion._state.fields_cache  # noqa: SLF001 - whether to ask costs a query otherwise
        if loaded and getattr(locked, f"{name}_id") == getattr(motion, f"{name}_id"):
            setattr(locked, name, getattr(motion, name))
    return locked
