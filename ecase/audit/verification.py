"""Verification of the whole log: every chain, the tree over them, and every checkpoint, in the database and outside it.

Everything is read in one snapshot and as a stream, in memory that does not grow with the log. Each fault names the row.
"""

import heapq
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from itertools import chain as joined
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

import orjson
from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from ecase.audit import checkpoints, keys
from ecase.audit.models import Chain, Checkpoint
from ecase.audit.services import NO_ENTRY, instant
from signatures import transparency
from signatures.transparency import Address, CompactRange, Record, leaf_hash

FETCH = 5_000

MESSAGES = {
    "altered": gettext_noop("The entry was altered: its content does not have the hash that was stored."),
    "link": gettext_noop("The entry does not continue the one before it: that one was replaced."),
    "missing": gettext_noop("The entry is missing."),
    "columns": gettext_noop("The entry's columns do not say what its hashed content says."),
    "head": gettext_noop("The chain's head is not its last entry."),
    "leaf": gettext_noop("The log's tree holds another hash for this entry: the entry was replaced."),
    "lost": gettext_noop("The tree holds an entry that is no longer there."),
    "unsequenced": gettext_noop("The entry is older than the tree's last one, and is not in the tree."),
    "node": gettext_noop("The tree's node %(level)s/%(position)s is wrong or missing."),
    "checkpoint": gettext_noop("The checkpoint of %(size)s entries (%(source)s) was signed over another log."),
    "signature": gettext_noop("The checkpoint in %(source)s is not signed by this log: %(detail)s"),
    "truncated": gettext_noop("%(source)s holds a checkpoint of %(size)s entries; the log has only %(entries)s."),
}

_ENTRIES = "SELECT chain, seq, id, prev, hash, body, at FROM audit_entry ORDER BY chain, seq"
# Inner nodes follow the leaf that completes them, as they were written.
_NODES = """
    SELECT node.level, node.position, node.hash, node.entry_id, entry.hash, entry.chain, entry.seq
    FROM audit_node node LEFT JOIN audit_entry entry ON entry.id = node.entry_id
    ORDER BY (node.position + 1) << node.level, node.level
"""
_UNSEQUENCED = """
    SELECT entry.chain, entry.seq, entry.id FROM audit_entry entry
    WHERE NOT EXISTS (SELECT 1 FROM audit_node node WHERE node.entry_id = entry.id)
    AND (entry.xid, entry.id) < (
        SELECT last.xid, last.id FROM audit_node node JOIN audit_entry last ON last.id = node.entry_id
        WHERE node.level = 0 ORDER BY node.position DESC LIMIT 1
    )
"""


@dataclass(frozen=True)
class Fault:
    """What does not hold, and in which row: ``chain`` and ``seq`` as logged, ``id`` as stored."""

    code: str
    chain: str = ""
    seq: int | None = None
    id: int | None = None
    params: dict[str, Any] = field(default_factory=dict, hash=False)

    @property
    def message(self) -> str:
        """A sentence in the active language."""
        return _(MESSAGES[self.code]) % self.params

    def __str__(self) -> str:
        row = [("chain", self.chain or None), ("seq", self.seq), ("id", self.id)]
        where = " ".join(f"{name}={value}" for name, value in row if value is not None)
        return f"{where}: {self.message}" if where else self.message


@dataclass(frozen=True)
class Result:
    """The outcome: entries and leaves that were read, the checkpoints that were compared, and every fault."""

    entries: int
    leaves: int
    checkpoints: int
    faults: list[Fault]

    @property
    def ok(self) -> bool:
        return not self.faults


class _Row(NamedTuple):
    chain: str
    seq: int
    id: int
    prev: bytes
    hash: bytes
    body: bytes
    at: datetime


class _Signed(NamedTuple):
    size: int
    root: bytes
    source: str


def verify() -> Result:
    """Check the whole log; needs the log's key only for its public half."""
    faults: list[Fault] = []
    outermost = not connection.in_atomic_block
    with transaction.atomic():
        if outermost:
            _one_snapshot()
        entries = _Chains(faults).run()
        tree = _Tree(faults)
        tree.run()
        faults.extend(Fault("unsequenced", chain, seq, row) for chain, seq, row in _query(_UNSEQUENCED))
    return Result(entries, tree.edge.size, tree.compared, faults)


def _one_snapshot() -> None:
    """Appends go on meanwhile: read as of one instant. Must be a transaction's first statement."""
    with connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")


@contextmanager
def _stream(sql: str) -> Iterator[Iterator[tuple[Any, ...]]]:
    with connection.connection.cursor(name="audit_verification", binary=True) as cursor:
        cursor.execute(sql)
        # Many rows a call: iterating the cursor itself costs a third of the whole check.
        yield joined.from_iterable(iter(partial(cursor.fetchmany, FETCH), []))


def _query(sql: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())


class _Chains:
    """Every chain from its first entry to its head."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = faults
        self.heads = {head.name: (head.seq, bytes(head.hash)) for head in Chain.objects.iterator()}

    def run(self) -> int:
        read = 0
        with _stream(_ENTRIES) as rows:
            for chain, entries in groupby(map(_Row._make, rows), key=itemgetter(0)):
                read += self._chain(chain, entries)
        for chain, (seq, _digest) in self.heads.items():
            self._missing(chain, 1, seq + 1)
        return read

    def _chain(self, chain: str, entries: Iterator[_Row]) -> int:
        read, expected, last = 0, 1, NO_ENTRY
        for row in entries:
            read += 1
            if row.seq != expected:
                self._missing(chain, expected, row.seq)
            if row.prev != last and row.seq == expected:
                self._fault("link", row)
            self._content(row)
            expected, last = row.seq + 1, row.hash
        self._head(chain, expected, last)
        return read

    def _content(self, row: _Row) -> None:
        if Record(row.prev, row.chain, row.seq, row.body).hash != row.hash:
            self._fault("altered", row)
        elif not _columns_fit(row):
            self._fault("columns", row)

    def _head(self, chain: str, expected: int, last: bytes) -> None:
        seq, digest = self.heads.pop(chain, (0, b""))
        self._missing(chain, expected, seq + 1)
        if seq < expected and (seq, digest) != (expected - 1, last):
            self.faults.append(Fault("head", chain, seq or None))

    def _missing(self, chain: str, expected: int, until: int) -> None:
        self.faults.extend(Fault("missing", chain, seq) for seq in range(expected, until))

    def _fault(self, code: str, row: _Row) -> None:
        self.faults.append(Fault(code, row.chain, row.seq, row.id))


def _columns_fit(row: _Row) -> bool:
    try:
        content = orjson.loads(row.body)
    except ValueError:
        return False
    return isinstance(content, dict) and (content.get("chain"), content.get("at")) == (row.chain, instant(row.at))


class _Tree:
    """The stored tree, built anew from its leaves, and compared with the entries and with every checkpoint."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = faults
        self.edge = CompactRange()
        self.due: dict[Address, bytes] = {}
        self.compared = 0
        self.signed = heapq.merge(_stored(faults), sorted(_published(faults)))
        self.next = next(self.signed, None)

    def run(self) -> None:
        with _stream(_NODES) as nodes:
            for level, position, digest, entry_id, entry_hash, chain, seq in nodes:
                if level:
                    self._inner((level, position), digest)
                elif position == self.edge.size:
                    self._leaf(digest, Fault("leaf", chain or "", seq, entry_id), entry_hash)
                else:
                    break
        self._compare()
        self._nothing_due()
        self._truncated()

    def _leaf(self, digest: bytes, fault: Fault, entry_hash: bytes | None) -> None:
        self._nothing_due()
        self._compare()
        if entry_hash is None:
            self.faults.append(Fault("lost", id=fault.id))
        elif leaf_hash(entry_hash) != digest:
            self.faults.append(fault)
        address = (0, self.edge.size)
        self.due = dict(self.edge.append(digest))
        del self.due[address]

    def _inner(self, address: Address, digest: bytes) -> None:
        if self.due.pop(address, None) != digest:
            self._wrong_node(address)

    def _nothing_due(self) -> None:
        for address in self.due:
            self._wrong_node(address)
        self.due = {}

    def _wrong_node(self, address: Address) -> None:
        self.faults.append(Fault("node", params={"level": address[0], "position": address[1]}))

    def _compare(self) -> None:
        """Every checkpoint of the tree as it is now; they come ordered by size."""
        while self.next and self.next.size <= self.edge.size:
            if (self.next.size, self.next.root) != (self.edge.size, self.edge.root()):
                self._checkpoint_fault("checkpoint", self.next)
            self.compared += 1
            self.next = next(self.signed, None)

    def _truncated(self) -> None:
        """Whatever was signed of a longer log than there is."""
        while self.next:
            self._checkpoint_fault("truncated", self.next)
            self.next = next(self.signed, None)

    def _checkpoint_fault(self, code: str, signed: _Signed) -> None:
        params = {"size": signed.size, "source": signed.source, "entries": self.edge.size}
        self.faults.append(Fault(code, params=params))


def _stored(faults: list[Fault]) -> Iterator[_Signed]:
    for checkpoint in Checkpoint.objects.order_by("size").iterator(chunk_size=FETCH):
        source = f"audit_checkpoint {checkpoint.size}"
        signed = _open(source, checkpoint.note, faults)
        if signed and (signed.size, signed.root) == (checkpoint.size, bytes(checkpoint.root)):
            yield signed
        elif signed:
            detail = _("its columns differ from its note")
            faults.append(Fault("signature", params={"source": source, "detail": detail}))


def _published(faults: list[Fault]) -> Iterator[_Signed]:
    for source, note in checkpoints.published():
        signed = _open(source, note, faults)
        if signed:
            yield signed


def _open(source: str, note: str, faults: list[Fault]) -> _Signed | None:
    try:
        checkpoint = transparency.Checkpoint.open(note, keys.verifiers())
    except ValueError as fault:
        faults.append(Fault("signature", params={"source": source, "detail": str(fault)}))
        return None
    return _Signed(checkpoint.size, checkpoint.root, source)
