"""Verification of the whole log: every chain, the tree over them, and every checkpoint, in the database and outside it.

Everything is read in one snapshot and as a stream, in constant memory. Each fault names its row.
"""

import heapq
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from itertools import chain as joined
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

import orjson
from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from ecase.audit import checkpoints, gaps, keys
from ecase.audit.gaps import Gap
from ecase.audit.models import Checkpoint
from ecase.audit.services import NO_ENTRY
from ecase.instants import format_instant
from signatures.tlog import transparency
from signatures.tlog.transparency import Address, CompactRange, Record, leaf_hash

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
    "half": gettext_noop("%(source)s holds half a checkpoint, as a power cut leaves it, which nothing explains."),
    "gap": gettext_noop("%(source)s does not hold the lost checkpoints that the statement of %(at)s names."),
    "truncated": gettext_noop("%(source)s holds a checkpoint of %(size)s entries; the log has only %(entries)s."),
    "unstored": gettext_noop("%(source)s holds a checkpoint of %(size)s entries that the database no longer has."),
    "order": gettext_noop("The entry's transaction id is not the one in whose order it was taken into the tree."),
    "clock": gettext_noop("The entry's time is %(seconds)s seconds before that of the entry before it in the tree."),
}
# Concurrent transactions write times slightly out of order; a larger difference means that a clock was set back.
CLOCK_TOLERANCE = timedelta(seconds=60)
# How many entries of one gap in a chain are listed individually.
MOST_MISSING = 1_000

_ENTRIES = """
    SELECT entry.chain, entry.seq, entry.id, entry.prev, entry.hash, entry.body, entry.at, head.seq, head.hash
    FROM audit_entry entry LEFT JOIN audit_chain head ON head.name = entry.chain ORDER BY entry.chain, entry.seq
"""
_EMPTY_CHAINS = """
    SELECT name, seq FROM audit_chain head
    WHERE NOT EXISTS (SELECT 1 FROM audit_entry entry WHERE entry.chain = head.name) ORDER BY name
"""
# Inner nodes follow the leaf that completes them, in the order of writing.
_NODES = """
    SELECT node.level, node.position, node.hash, node.entry_id,
        entry.hash, entry.chain, entry.seq, entry.at, entry.xid::text::bigint
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
    """A fault and its row: ``chain`` and ``seq`` as logged, ``id`` as stored."""

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
    """The outcome: entries and leaves read, checkpoints compared, and every fault.

    ``outside`` counts the checkpoints read outside the database. ``notes`` are not faults: entries whose time
    contradicts the tree's order. ``gaps`` are losses by a restore that a person has recorded: not faults, but always
    reported.
    """

    entries: int
    leaves: int
    checkpoints: int
    faults: list[Fault]
    outside: int = 0
    notes: list[Fault] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not self.faults

    @property
    def is_witnessed(self) -> bool:
        """Whether anything outside the database was compared. A log without entries needs no witness."""
        return not self.entries or self.outside > 0


class _Row(NamedTuple):
    chain: str
    seq: int
    id: int
    prev: bytes
    hash: bytes
    body: bytes
    at: datetime
    head_seq: int | None
    head_hash: bytes | None


class _Leaf(NamedTuple):
    """The position of a leaf's entry in the tree's order, and how a fault names it."""

    xid: int
    id: int
    at: datetime
    fault: Fault


class _Signed(NamedTuple):
    size: int
    root: bytes
    source: str
    is_outside: bool = False
    origin: str = ""


def verify() -> Result:
    """Verify the whole log; needs only the public half of the log's key."""
    faults: list[Fault] = []
    outermost = not connection.in_atomic_block
    with transaction.atomic():
        if outermost:
            _one_snapshot()
        entries = _Chains(faults).run()
        known = gaps.stated()
        tree = _Tree(faults, known)
        tree.run()
        faults.extend(Fault("unsequenced", chain, seq, row) for chain, seq, row in _query(_UNSEQUENCED))
    return Result(entries, tree.edge.size, tree.compared, faults, tree.outside, tree.order.notes, known)


def _one_snapshot() -> None:
    """Read a single snapshot, since appends continue meanwhile. Must be a transaction's first statement."""
    with connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")


@contextmanager
def _stream(sql: str) -> Iterator[Iterator[tuple[Any, ...]]]:
    with connection.connection.cursor(name="audit_verification", binary=True) as cursor:
        cursor.execute(sql)
        # Many rows per call: iterating the cursor itself costs a third of the whole verification.
        yield joined.from_iterable(iter(partial(cursor.fetchmany, FETCH), []))


def _query(sql: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())


class _Chains:
    """Checks every chain from its first entry to its head."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = faults

    def run(self) -> int:
        read = 0
        with _stream(_ENTRIES) as rows:
            for chain, entries in groupby(map(_Row._make, rows), key=itemgetter(0)):
                read += self._chain(chain, entries)
        with _stream(_EMPTY_CHAINS) as heads:
            for chain, seq in heads:
                self._missing(chain, 1, seq + 1)
        return read

    def _chain(self, chain: str, entries: Iterator[_Row]) -> int:
        read, expected, last = 0, 1, NO_ENTRY
        head: tuple[int, bytes] = (0, b"")
        for row in entries:
            read += 1
            if row.seq != expected:
                self._missing(chain, expected, row.seq)
            if row.prev != last and row.seq == expected:
                self._fault("link", row)
            self._content(row)
            expected, last = row.seq + 1, row.hash
            head = (row.head_seq or 0, row.head_hash or b"")
        self._head(chain, head, expected, last)
        return read

    def _content(self, row: _Row) -> None:
        if Record(row.prev, row.chain, row.seq, row.body).hash != row.hash:
            self._fault("altered", row)
        elif not _columns_fit(row):
            self._fault("columns", row)

    def _head(self, chain: str, head: tuple[int, bytes], expected: int, last: bytes) -> None:
        seq, digest = head
        self._missing(chain, expected, seq + 1)
        if seq < expected and (seq, digest) != (expected - 1, last):
            self.faults.append(Fault("head", chain, seq or None))

    def _missing(self, chain: str, expected: int, until: int) -> None:
        named = range(expected, min(until, expected + MOST_MISSING))
        self.faults.extend(Fault("missing", chain, seq) for seq in named)

    def _fault(self, code: str, row: _Row) -> None:
        self.faults.append(Fault(code, row.chain, row.seq, row.id))


def _columns_fit(row: _Row) -> bool:
    try:
        content = orjson.loads(row.body)
    except ValueError:
        return False
    stated = (row.chain, format_instant(row.at))
    return isinstance(content, dict) and (content.get("chain"), content.get("at")) == stated


class _Order:
    """Checks that the tree has the order in which the sequencer takes entries: by transaction id, then row id.

    ``notes`` names entries whose time contradicts that order.
    """

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = faults
        self.notes: list[Fault] = []
        self.last: _Leaf | None = None
        self.before: _Leaf | None = None

    def follow(self, leaf: _Leaf) -> None:
        """Check the next leaf of the tree."""
        if self.last and leaf[:2] <= self.last[:2]:
            self._one_of(self.last, leaf)
        else:
            self._time(leaf)
            self.before, self.last = self.last, leaf

    def end(self) -> None:
        """Only the newest entry may have an id beyond any transaction's; after a dump into a new server, all may."""
        (horizon,) = _query("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint")[0]
        if self.last and self.before and self.last.xid >= horizon > self.before.xid:
            self._out_of_order(self.last)

    def _one_of(self, last: _Leaf, leaf: _Leaf) -> None:
        """Of two leaves out of order, report the one that does not fit the leaf before both.

        Either the first was moved ahead, or the second was moved back.
        """
        if self.before is None or leaf[:2] > self.before[:2]:
            self._out_of_order(last)
            self.last = leaf
        else:
            self._out_of_order(leaf)

    def _out_of_order(self, leaf: _Leaf) -> None:
        self.faults.append(replace(leaf.fault, code="order"))

    def _time(self, leaf: _Leaf) -> None:
        if self.last and self.last.at - leaf.at > CLOCK_TOLERANCE:
            seconds = int((self.last.at - leaf.at).total_seconds())
            self.notes.append(replace(leaf.fault, code="clock", params={"seconds": seconds}))


class _Tree:
    """The stored tree, rebuilt from its leaves, and compared with the entries and with every checkpoint."""

    def __init__(self, faults: list[Fault], known: list[Gap]) -> None:
        self.faults = faults
        self.edge = CompactRange()
        self.due: dict[Address, bytes] = {}
        self.compared = self.outside = 0
        self.order = _Order(faults)
        self.spoiled: set[int] = set()
        self.signed = heapq.merge(_stored(faults, self.spoiled), _published(faults, known))
        self.next = next(self.signed, None)

    def run(self) -> None:
        with _stream(_NODES) as nodes:
            for level, position, digest, entry_id, entry_hash, chain, seq, at, xid in nodes:
                if level:
                    self._inner((level, position), digest)
                elif position == self.edge.size:
                    fault = Fault("leaf", chain or "", seq, entry_id)
                    self._leaf(digest, fault, entry_hash)
                    if entry_hash is not None:
                        self.order.follow(_Leaf(xid, entry_id, at, fault))
                else:
                    break
        self.order.end()
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
        """Compare every checkpoint of the current tree size; checkpoints are ordered by size."""
        while self.next and self.next.size <= self.edge.size:
            self._compare_those_of(self.next.size)

    def _compare_those_of(self, size: int) -> None:
        """Compare every checkpoint of this size: each published one has to be stored as well."""
        only_outside: _Signed | None = None
        is_stored = False
        while self.next and self.next.size == size:
            if (size, self.next.root) != (self.edge.size, self.edge.root()):
                self._checkpoint_fault("checkpoint", self.next)
            self.compared += 1
            self.outside += self.next.is_outside
            is_stored |= not self.next.is_outside
            only_outside = self.next if self.next.is_outside else only_outside
            self.next = next(self.signed, None)
        if only_outside and not is_stored and size not in self.spoiled:
            self._checkpoint_fault("unstored", only_outside)

    def _truncated(self) -> None:
        """Report every checkpoint that was signed for a longer log."""
        while self.next:
            self._checkpoint_fault("truncated", self.next)
            self.next = next(self.signed, None)

    def _checkpoint_fault(self, code: str, signed: _Signed) -> None:
        params = {"size": signed.size, "source": signed.source, "entries": self.edge.size}
        self.faults.append(Fault(code, params=params))


def _stored(faults: list[Fault], spoiled: set[int]) -> Iterator[_Signed]:
    """The database's checkpoints; malformed ones are added to ``faults``, and their sizes to ``spoiled``."""
    for checkpoint in Checkpoint.objects.order_by("size").iterator(chunk_size=FETCH):
        source = f"audit_checkpoint {checkpoint.size}"
        signed = _open(source, checkpoint.note, faults)
        if signed and (signed.size, signed.root) == (checkpoint.size, bytes(checkpoint.root)):
            yield signed
            continue
        spoiled.add(checkpoint.size)
        if signed:
            detail = _("its columns differ from its note")
            faults.append(Fault("signature", params={"source": source, "detail": detail}))


def _published(faults: list[Fault], known: list[Gap]) -> Iterator[_Signed]:
    """The published checkpoints, by day and then ascending, without the lost ones that a statement explains.

    Memory holds those of one day, and the lost ones.
    """
    explained = gaps.Explanation(known)
    for _source, notes in groupby(checkpoints.notes(), key=itemgetter(0)):
        opened = (_outside(source, note, explained, faults) for source, note in notes)
        yield from sorted(signed._replace(is_outside=True) for signed in opened if signed)
    params = [{"source": str(checkpoints.folder()), "at": gap.at} for gap in explained.gone()]
    faults.extend(Fault("gap", params=given) for given in params)


def _outside(source: str, note: str, explained: gaps.Explanation, faults: list[Fault]) -> _Signed | None:
    if not checkpoints.is_whole(note):
        if not explained.covers_half(note):
            faults.append(Fault("half", params={"source": source}))
        return None
    signed = _open(source, note, faults)
    return None if signed and explained.covers(note, signed.origin, signed.size) else signed


def _open(source: str, note: str, faults: list[Fault]) -> _Signed | None:
    try:
        checkpoint = transparency.Checkpoint.open(note, keys.verifiers())
    except ValueError as fault:
        faults.append(Fault("signature", params={"source": source, "detail": str(fault)}))
        return None
    return _Signed(checkpoint.size, checkpoint.root, source, origin=checkpoint.origin)
