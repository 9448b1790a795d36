"""Queries on the stored tree: its right edge, and the hashes of proofs. One query each, whatever the log's size."""

from collections.abc import Iterable

from django.db import connection

from ecase.audit.models import Entry, Node
from signatures.tlog.transparency import Address, CompactRange, Range, cover, proof_hashes

_NODES = """
    SELECT node.level, node.position, node.hash FROM audit_node node
    JOIN unnest(%s::smallint[], %s::bigint[]) AS wanted(level, position) USING (level, position)
"""


class TreeBroken(Exception):
    """The stored tree lacks a node that it must have."""


def position_of(entry: Entry) -> int | None:
    """The entry's index in the tree; ``None`` if it has not been added yet."""
    return Node.objects.filter(entry=entry).values_list("position", flat=True).first()


def size() -> int:
    """How many entries are in the tree."""
    last = Node.objects.filter(level=0).order_by("-position").values_list("position", flat=True).first()
    return 0 if last is None else last + 1


def edge(leaves: int) -> CompactRange:
    """The right edge of the tree of the first ``leaves`` entries."""
    addresses = cover(0, leaves)
    hashes = _hashes(addresses)
    return CompactRange(leaves, [hashes[address] for address in addresses])


def proof(ranges: list[Range]) -> list[bytes]:
    """The hashes of an inclusion or consistency proof (RFC 9162, 2.1.3 and 2.1.4) over these ranges of leaves."""
    hashes = _hashes([address for span in ranges for address in cover(*span)])
    return proof_hashes(ranges, hashes.__getitem__)


def _hashes(addresses: Iterable[Address]) -> dict[Address, bytes]:
    wanted = list(addresses)
    with connection.cursor() as cursor:
        cursor.execute(_NODES, [[level for level, _ in wanted], [position for _, position in wanted]])
        found = {(level, position): bytes(digest) for level, position, digest in cursor.fetchall()}
    missing = [address for address in wanted if address not in found]
    if missing:
        raise TreeBroken(f"the log's tree lacks the nodes {missing}")
    return found
