"""The sequencer: after commit, it adds every entry to the tree exactly once, and signs the new tree.

Entries are taken in the order ``(xid, id)``, and only below the oldest transaction that is still running
(``pg_snapshot_xmin``): the sequencer waits for everything that may still commit before them, so no entry is missed. A
long transaction delays entries and loses none. Any number of processes may call :func:`run_once`; an advisory lock
admits one.
"""

import time

from django.db import connection, transaction
from django.utils import timezone

from ecase.audit import checkpoints, keys, tree
from ecase.audit.models import Checkpoint, Node
from signatures.tlog.transparency import CompactRange, leaf_hash

BATCH = 10_000
# Seconds between two polls.
POLL = 0.05
# The advisory lock's key: "ecaselog" as a number.
LEADER = int.from_bytes(b"ecaselog", "big") & 0x7FFF_FFFF_FFFF_FFFF

_WATERMARK = """
    SELECT entry.xid::text, entry.id FROM audit_node node JOIN audit_entry entry ON entry.id = node.entry_id
    WHERE node.level = 0 ORDER BY node.position DESC LIMIT 1
"""
_PENDING = """
    SELECT id, hash FROM audit_entry
    WHERE (xid, id) > (%s::xid8, %s) AND xid < pg_snapshot_xmin(pg_current_snapshot())
    ORDER BY xid, id LIMIT %s
"""
_COPY = "COPY audit_node (level, position, hash, entry_id) FROM STDIN"


class LogInconsistent(Exception):
    """The database does not continue what the log has signed. Nothing is signed until a person has investigated."""


def run_once(batch: int | None = None) -> int:
    """Add committed entries to the tree; returns how many. The newest checkpoint is published afterwards.

    Raises :class:`LogInconsistent` if the database has been rolled back or rewritten.
    """
    batch = batch or BATCH
    _refuse_rollback()
    total = taken = _take_in(batch)
    while taken == batch:
        taken = _take_in(batch)
        total += taken
    checkpoints.publish()
    return total


def settle(seconds: float = 10.0) -> None:
    """Run until everything committed before the call is in the tree, for exports that need a proof at once.

    Waits for transactions that are running already, in any database of the server. Raises :class:`TimeoutError`.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(id) FROM audit_entry")
        last = cursor.fetchone()[0]
    deadline = time.monotonic() + seconds
    run_once()
    while last is not None and not Node.objects.filter(entry=last).exists():
        if time.monotonic() > deadline:
            raise TimeoutError("a transaction that is still running keeps entries out of the log's tree")
        time.sleep(POLL)
        run_once()


def _refuse_rollback() -> None:
    """Stop the log until a person resumes it, if the newest published checkpoint is beyond the database's."""
    outside, newest, origin = checkpoints.published(), Checkpoint.objects.first(), keys.origin()
    known, fault = newest.size if newest else 0, ""
    if outside and keys.split_origin(outside.origin)[1] > keys.split_origin(origin)[1]:
        fault = f"{checkpoints.folder()} holds checkpoints of {outside.origin}: the log's key is older"
    elif outside and outside.origin == origin and outside.size > known:
        fault = (
            f"{checkpoints.folder()} holds a checkpoint of {outside.size} entries, the database has {known}: it was "
            "restored or rolled back (`manage.py audit resume --after-restore`), or the folder belongs to another log"
        )
    checkpoints.mark_stopped(stopped=bool(fault))
    if fault:
        raise LogInconsistent(fault)


@transaction.atomic
def _take_in(batch: int) -> int:
    """Add the next entries to the tree and sign it; returns how many, 0 while another process does so.

    The tree is compared with its newest checkpoint first: a log must not sign two histories.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LEADER])
        if not cursor.fetchone()[0]:
            return 0
    edge, newest = tree.edge(tree.size()), Checkpoint.objects.first()
    signed = (newest.size, bytes(newest.root)) if newest else (0, CompactRange().root())
    if signed != (edge.size, edge.root()):
        raise LogInconsistent(f"the tree of {edge.size} entries is not the one of the checkpoint of {signed[0]}")
    pending = _pending(batch)
    rows = [
        (level, position, node, None if level else entry_id)
        for entry_id, digest in pending
        for (level, position), node in edge.append(leaf_hash(digest))
    ]
    if rows:
        with connection.cursor() as cursor, cursor.copy(_COPY) as copy:
            for row in rows:
                copy.write_row(row)
        checkpoints.sign(edge.size, edge.root(), timezone.now())
    return len(pending)


def _pending(batch: int) -> list[tuple[int, bytes]]:
    with connection.cursor() as cursor:
        cursor.execute(_WATERMARK)
        xid, entry_id = cursor.fetchone() or ("0", 0)
        cursor.execute("SELECT pg_snapshot_xmax(pg_current_snapshot()) > %s::xid8", [xid])
        if not cursor.fetchone()[0]:
            raise LogInconsistent(
                f"transaction ids are behind the log's ({xid}), as after loading a dump into a new server: "
                "raise them with pg_resetwal, or restore a physical backup"
            )
        cursor.execute(_PENDING, [xid, entry_id, batch])
        return [(row_id, bytes(digest)) for row_id, digest in cursor.fetchall()]
