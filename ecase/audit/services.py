"""Public interface of the audit log: append an entry, prove it, and read checkpoints."""

import re
import uuid
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from ecase.audit import checkpoints, clocks, tree
from ecase.audit.models import CHAIN_LENGTH, Checkpoint, Entry
from ecase.http import only_where_sent
from ecase.instants import format_instant
from ecase.problems import Problem, TryLater
from signatures.canonical import canonical
from signatures.tlog.transparency import HASH_BYTES, Proof, chain_label, consistency_ranges, inclusion_ranges

NO_ENTRY = bytes(HASH_BYTES)
_CHAIN = re.compile(r"[a-z_]+(:[0-9A-Za-z._-]+)?\Z")
_EVENT = re.compile(r"[a-z_]+\.[a-z_]+\Z")

# One round trip: the head's row is locked, extended and hashed, and the entry written. A chain's first entry makes the
# head; of two that begin a chain at once, the second waits and continues the first.
_APPEND = """
    WITH head AS (
        INSERT INTO audit_chain AS head (name, seq, prev, hash)
        VALUES (%(chain)s, 1, %(none)s, sha256(%(none)s || %(label)s || int8send(1) || %(body)s))
        ON CONFLICT (name) DO UPDATE SET
            seq = head.seq + 1,
            prev = head.hash,
            hash = sha256(head.hash || %(label)s || int8send(head.seq + 1) || %(body)s)
        RETURNING seq, prev, hash
    )
    INSERT INTO audit_entry (chain, seq, prev, hash, body, at)
    SELECT %(chain)s, seq, prev, hash, %(body)s, %(at)s FROM head
    RETURNING id, seq, prev, hash, xid, clock_timestamp()
"""


class NotYetInTree(Exception):
    """The entry is committed, but the sequencer has not added it yet: try again in a moment."""


def require_continued() -> None:
    """Raise ``TryLater`` while the log does not continue what it has signed, as after a restore to an earlier moment.

    Acts accepted then might be lost by the operator's next decision. No query: the sequencer leaves a mark in the
    folder.
    """
    if checkpoints.is_stopped():
        message = _("The service was restored to an earlier moment. Acts are accepted again once that is on record.")
        raise TryLater(Problem("log-stopped", message))


def append(
    event: str, *, chain: str, actor: dict[str, Any], subject: dict[str, str], data: dict[str, Any] | None = None
) -> Entry:
    """Write one entry in the caller's transaction: both are committed, or neither.

    ``event`` is ``thing.happened``; ``chain`` is ``motion:<uuid>``, ``officer:<uuid>`` or ``system``, a chain whose
    entries all have the same readers; ``actor`` names who (``Post.as_actor()``, or ``{"service": installation}``);
    ``subject`` names the things concerned by id; ``data`` is JSON without floats. Raises :class:`ValueError` for
    anything else, ``ClockDiffers`` if a wrong clock would date the entry. One statement; the chain stays locked until
    the end of the transaction. A refused attempt is appended after its rollback.
    """
    at = timezone.now()
    body = _body(event, chain, at, actor, subject, data)
    given: dict[str, Any] = {"chain": chain, "label": chain_label(chain), "body": body, "none": NO_ENTRY, "at": at}
    with connection.cursor() as cursor:
        cursor.execute(_APPEND, given)
        row = cursor.fetchone()
    entry_id, seq, prev, digest, xid, database_now = row
    clocks.require(at, database_now)
    entry = Entry(id=entry_id, chain=chain, seq=seq, at=at, body=body, prev=prev, hash=digest, xid=int(xid))
    entry._state.adding = False  # noqa: SLF001 - the row exists
    return entry


def service_actor() -> dict[str, str]:
    """The actor of entries that the service itself causes, without an officer."""
    return {"service": settings.INSTALLATION_ID}


# Logs who opened what, on a chain of the reader's own; no entry if the answer has no body.
read = only_where_sent(append)


def own_chain(officer: uuid.UUID, thing: object) -> str:
    """The chain for what one officer did with one thing (an id) that concerns nobody else: readings, refused attempts.

    The name reveals neither: a reader who may not see the thing finds no gap in the officer's other chains.
    """
    return f"own:{uuid.uuid5(officer, str(thing))}"


def _body(
    event: str, chain: str, at: datetime, actor: dict[str, Any], subject: dict[str, str], data: dict[str, Any] | None
) -> bytes:
    if not _EVENT.match(event):
        raise ValueError(f"an event is named thing.happened, not {event!r}")
    if not _CHAIN.match(chain) or len(chain) > CHAIN_LENGTH:
        raise ValueError(f"{chain!r} is not the name of a chain")
    if not actor:
        raise ValueError("an entry says who acted")
    return canonical(
        {
            "event": event,
            "chain": chain,
            "at": format_instant(at),
            "actor": actor,
            "subject": subject,
            "data": data or {},
        }
    )


def checkpoint() -> str:
    """The newest signed checkpoint: a C2SP signed note. Raises :class:`NotYetInTree` if there is none."""
    newest = Checkpoint.objects.first()
    if newest is None:
        raise NotYetInTree("the log has not signed a checkpoint yet")
    return newest.note


def signed_size() -> int:
    """How many entries the newest checkpoint covers; 0 if there is none."""
    newest = Checkpoint.objects.first()
    return newest.size if newest else 0


def proof(entry: Entry, *, bare: bool = False) -> str:
    """The entry's inclusion in the newest checkpoint: a ``c2sp.org/tlog-proof@v1`` text, verifiable offline.

    Its ``extra`` line carries the record, whose SHA-256 is the leaf (``transparency.proven_record``); or, if ``bare``,
    only that SHA-256, for readers who may not see the entry.
    """
    newest = Checkpoint.objects.first()
    index = tree.position_of(entry)
    if newest is None or index is None or index >= newest.size:
        raise NotYetInTree(f"entry {entry.pk} is not in the log's tree yet")
    extra = bytes(entry.hash) if bare else bytes(entry.record)
    hashes = tree.proof(inclusion_ranges(index, newest.size))
    return str(Proof(index, tuple(hashes), newest.note, extra))


def consistency(old: int, size: int) -> list[bytes]:
    """The hashes (RFC 9162, 2.1.4) that prove that the log of ``size`` entries begins with its first ``old``."""
    return tree.proof(consistency_ranges(old, size))
