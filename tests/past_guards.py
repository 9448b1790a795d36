"""Rows written past the database's guards: as an attacker would who owns the tables, or to let time pass for a test."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from ecase.audit.models import Chain, Entry
from ecase.audit.services import NO_ENTRY
from signatures.canonical import canonical
from signatures.tlog.transparency import Record
from workflows.deadlines.models import Deadline
from workflows.motions import columns
from workflows.motions.models import Act, Motion


@contextmanager
def past_guards() -> Iterator[CursorWrapper]:
    """A superuser's cursor, with every trigger and foreign key off until the end of the block."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        yield cursor
        cursor.execute("SET LOCAL session_replication_role = origin")


def move(motion: Motion, **changed: Any) -> None:
    """Let a motion's row say this, and the log's entry of its last act with it, as if it had been so from then on.

    The entry keeps its old hash: for tests that do not verify the log, or that call :func:`rehash` after it.
    """
    with past_guards() as cursor:
        Motion.objects.filter(pk=motion.pk).update(**changed)
        fresh = Motion.objects.get(pk=motion.pk)
        act = Act.objects.select_related("entry").filter(pk=fresh.last_act_id).first()
        if act is None:
            return
        content = json.loads(bytes(act.entry.body))
        content["data"][columns.SETS] = columns.values_of_row(fresh)
        cursor.execute("UPDATE audit_entry SET body = %s WHERE id = %s", [canonical(content), act.entry_id])


def rehash(chain: str) -> None:
    """Let every entry of a chain, and its head, follow from the bodies that are there: whole, as if written so.

    Nodes of the log's tree keep their old hashes: for tests that seal the log later or not at all.
    """
    before = last = NO_ENTRY
    with past_guards():
        for entry in Entry.objects.filter(chain=chain).order_by("seq"):
            before, last = last, Record(last, chain, entry.seq, bytes(entry.body)).hash
            Entry.objects.filter(pk=entry.pk).update(prev=before, hash=last)
        Chain.objects.filter(name=chain).update(prev=before, hash=last)


def move_deadlines(rows: Any, **changed: Any) -> None:
    """Let deadlines (a queryset of them) say this."""
    with past_guards():
        Deadline.objects.filter(pk__in=list(rows.values_list("pk", flat=True))).update(**changed)
