"""Verification of the whole log: every chain, the tree over them, and every checkpoint, in the database and outside it.

Everything is read in one snapshot and as a stream, in constant memory. Each fault names its row.
"""

import heapq
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from itertools import chain as joined
from itertools import groupby
from operator import attrgetter, itemgetter
from typing import Any, NamedTuple

import orjson
from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from ecase.audit import checkpoints, gaps, keys
from ecase.audit.derivation import read_one_snapshot
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
    with read_one_snapshot():
        entries = _check_chains(faults)
        known = gaps.stated()
        tree = _Tree(faults, known)
        tree.run()
        with _stream(_UNSEQUENCED) as rows:
            faults.extend(Fault("unsequenced", chain, seq, row) for chain, seq, row in rows)
    return Result(entries, tree.edge.size, tree.compared, faults, tree.outside, tree.order.notes, known)


@contextmanager
def _stream(sql: str) -> Iterator[Iterator[tuple[Any, ...]]]:
    with connection.connection.cursor(name="audit_verification", binary=True) as cursor:
        cursor.execute(sql)
        # Many rows per call: iterating the cursor itself costs a third of the whole verification.
        yield joined.from_iterable(iter(partial(cursor.fetchmany, FETCH), []))


def _check_chains(faults: list[Fault]) -> int:
    """Check every chain from its first entry to its head; returns how many entries were read."""
    read = 0
    with _stream(_ENTRIES) as rows:
        for chain, entries in groupby(map(_Row._make, rows), key=itemgetter(0)):
            read += _check_chain(chain, entries, faults)
    with _stream(_EMPTY_CHAINS) as heads:
        for chain, seq in heads:
            faults.extend(_missing(chain, 1, seq + 1))
    return read


def _check_chain(chain: str, entries: Iterator[_Row], faults: list[Fault]) -> int:
    read, expected, last = 0, 1, NO_ENTRY
    head_seq, head_hash = 0, b""
    for row in entries:
        read += 1
        if row.seq != expected:
            faults.extend(_missing(chain, expected, row.seq))
        elif row.prev != last:
            faults.append(Fault("link", row.chain, row.seq, row.id))
        if code := _fault_of_content(row):
            faults.append(Fault(code, row.chain, row.seq, row.id))
        expected, last = row.seq + 1, row.hash
        head_seq, head_hash = row.head_seq or 0, row.head_hash or b""
    faults.extend(_missing(chain, expected, head_seq + 1))
    if head_seq < expected and (head_seq, head_hash) != (expected - 1, last):
        faults.append(Fault("head", chain, head_seq or None))
    return read


def _missing(chain: str, expected: int, until: int) -> Iterator[Fault]:
    named = range(expected, min(until, expected + MOST_MISSING))
    return (Fault("missing", chain, seq) for seq in named)


def _fault_of_content(row: _Row) -> str:
    """The code of what is wrong with an entry by itself; empty if nothing is."""
    if Record(row.prev, row.chain, row.seq, row.body).hash != row.hash:
        return "altered"
    try:
        content = orjson.loads(row.body)
    except ValueError:
        return "columns"
    stated = (row.chain, format_instant(row.at))
    fits = isinstance(content, dict) and (content.get("chain"), content.get("at")) == stated
    return "" if fits else "columns"


@dataclass
class _Order:
    """Checks that the tree has the order in which the sequencer takes entries: by transaction id, then row id.

    ``notes`` names entries whose time contradicts that order.
    """

    faults: list[Fault]
    notes: list[Fault] = field(default_factory=list)
    last: _Leaf | None = None
    before: _Leaf | None = None

    def follow(self, leaf: _Leaf) -> None:
        """Check the next leaf of the tree.

        Of two leaves out of order, the one is reported that does not fit the leaf before both: either the first was
        moved ahead, or the second was moved back.
        """
        last = self.last
        if last is None or leaf[:2] > last[:2]:
            if last and last.at - leaf.at > CLOCK_TOLERANCE:
                seconds = int((last.at - leaf.at).total_seconds())
                self.notes.append(replace(leaf.fault, code="clock", params={"seconds": seconds}))
            self.before, self.last = last, leaf
        elif self.before is None or leaf[:2] > self.before[:2]:
            self.faults.append(replace(last.fault, code="order"))
            self.last = leaf
        else:
            self.faults.append(replace(leaf.fault, code="order"))

    def end(self) -> None:
        """Only the newest entry may have an id beyond any transaction's; after a dump into a new server, all may."""
        with _stream("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint") as rows:
            [(horizon,)] = rows
        if self.last and self.before and self.last.xid >= horizon > self.before.xid:
            self.faults.append(replace(self.last.fault, code="order"))


class _Tree:
    """The stored tree, rebuilt from its leaves, and compared with the entries and with every checkpoint."""

    def __init__(self, faults: list[Fault], known: list[Gap]) -> None:
        self.faults = faults
        self.edge = CompactRange()
        self.due: dict[Address, bytes] = {}
        self.compared = self.outside = 0
        self.order = _Order(faults)
        self.spoiled: set[int] = set()
        signed = heapq.merge(_stored(faults, self.spoiled), _published(faults, known))
        self.signed = groupby(signed, key=attrgetter("size"))
        self.next = next(self.signed, None)

    def run(self) -> None:
        with _stream(_NODES) as nodes:
            for level, position, digest, entry_id, entry_hash, chain, seq, at, xid in nodes:
                if level:
                    if self.due.pop((level, position), None) != digest:
                        self._report_nodes([(level, position)])
                elif position == self.edge.size:
                    fault = Fault("leaf", chain or "", seq, entry_id)
                    self._add_leaf(digest, fault, entry_hash)
                    if entry_hash is not None:
                        self.order.follow(_Leaf(xid, entry_id, at, fault))
                else:
                    break
        self.order.end()
        self._compare()
        self._report_nodes(self.due)
        longer = joined([self.next] if self.next else [], self.signed)
        for signed in joined.from_iterable(group for _size, group in longer):
            self._report_checkpoint("truncated", signed)

    def _add_leaf(self, digest: bytes, fault: Fault, entry_hash: bytes | None) -> None:
        self._report_nodes(self.due)
        self._compare()
        if entry_hash is None:
            self.faults.append(Fault("lost", id=fault.id))
        elif leaf_hash(entry_hash) != digest:
            self.faults.append(fault)
        address = (0, self.edge.size)
        self.due = dict(self.edge.append(digest))
        del self.due[address]

    def _report_nodes(self, addresses: Iterable[Address]) -> None:
        for level, position in addresses:
            self.faults.append(Fault("node", params={"level": level, "position": position}))

    def _compare(self) -> None:
        """Compare every checkpoint of the current tree size; each published one has to be stored as well."""
        while self.next and self.next[0] <= self.edge.size:
            size, group = self.next
            only_outside, is_stored = None, False
            for signed in group:
                if (size, signed.root) != (self.edge.size, self.edge.root()):
                    self._report_checkpoint("checkpoint", signed)
                self.compared += 1
                self.outside += signed.is_outside
                is_stored |= not signed.is_outside
                only_outside = signed if signed.is_outside else only_outside
            if only_outside and not is_stored and size not in self.spoiled:
                self._report_checkpoint("unstored", only_outside)
            self.next = next(self.signed, None)

    def _report_checkpoint(self, code: str, signed: _Signed) -> None:
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
        opened = []
        for source, note in notes:
            if checkpoints.is_whole(note):
                signed = _open(source, note, faults)
                if signed and not explained.covers(note, signed.origin, signed.size):
                    opened.append(signed._replace(is_outside=True))
            elif not explained.covers_half(note):
                faults.append(Fault("half", params={"source": source}))
        yield from sorted(opened)
    params = [{"source": str(checkpoints.folder()), "at": gap.at} for gap in explained.gone()]
    faults.extend(Fault("gap", params=given) for given in params)


def _open(source: str, note: str, faults: list[Fault]) -> _Signed | None:
    try:
        checkpoint = transparency.Checkpoint.open(note, keys.verifiers())
    except ValueError as fault:
        faults.append(Fault("signature", params={"source": source, "detail": str(fault)}))
        return None
    return _Signed(checkpoint.size, checkpoint.root, source, origin=checkpoint.origin)
