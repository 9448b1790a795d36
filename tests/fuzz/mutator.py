"""Changed bytes for every target: DER by its structure, everything by its octets. Repeatable from a seed."""

import random
from collections.abc import Callable

from tests.signatures.mutations import Node, tree

INTERESTING = (
    *(b"\x00", b"\xff", b"\x30\x80", b"\x84\xff\xff\xff\xff", b"\x05\x00", b"\xc0\x80"),
    *(b"-1", b"NaN", b"{", b"\n"),
)
TAGS = (0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x0C, 0x17, 0x18, 0x30, 0x31, 0x80, 0xA0, 0xA1, 0xA3)
MOST = 300_000


def mutated(source: random.Random, seeds: list[bytes]) -> bytes:
    """One of the seeds with one to four changes."""
    data = source.choice(seeds)
    for _ in range(source.randint(1, 4)):
        data = source.choice(_CHANGES)(source, data)[:MOST]
    return data


def _place(source: random.Random, data: bytes) -> int:
    return source.randrange(len(data)) if data else 0


def _flip(source: random.Random, data: bytes) -> bytes:
    place = _place(source, data)
    changed = bytes([data[place] ^ 1 << source.randrange(8)]) if data else b""
    return data[:place] + changed + data[place + 1 :]


def _cut(source: random.Random, data: bytes) -> bytes:
    return data[: _place(source, data)]


def _overwrite(source: random.Random, data: bytes) -> bytes:
    place, patch = _place(source, data), source.choice((source.randbytes(2), *INTERESTING))
    return data[:place] + patch + data[place + len(patch) :]


def _insert(source: random.Random, data: bytes) -> bytes:
    place, other = _place(source, data), _place(source, data)
    patch = source.choice((data[other : other + source.randint(1, 64)], *INTERESTING))
    return data[:place] + patch + data[place:]


def _leave_out(source: random.Random, data: bytes) -> bytes:
    place = _place(source, data)
    return data[:place] + data[place + source.randint(1, 16) :]


def _restructure(source: random.Random, data: bytes) -> bytes:
    """A change of the tree that leaves all lengths right; nothing if this is not DER."""
    try:
        top = tree(data)
    except ValueError:
        return data
    source.choice(_TREE_CHANGES)(source, top.all())
    return top.encode()


def _remove(source: random.Random, nodes: list[Node]) -> None:
    parents = [node for node in nodes if node.children]
    if parents:
        members = source.choice(parents).children or []
        members.pop(source.randrange(len(members)))


def _double(source: random.Random, nodes: list[Node]) -> None:
    parents = [node for node in nodes if node.children]
    if parents:
        members = source.choice(parents).children or []
        members.insert(source.randrange(len(members)), source.choice(members))


def _retag(source: random.Random, nodes: list[Node]) -> None:
    source.choice(nodes).tag = source.choice(TAGS)


def _graft(source: random.Random, nodes: list[Node]) -> None:
    """A copy of any part in the place of any other."""
    copy, target = tree(source.choice(nodes).encode()), source.choice(nodes)
    target.tag, target.content, target.children = copy.tag, copy.content, copy.children


def _refill(source: random.Random, nodes: list[Node]) -> None:
    """Another content of a leaf, of another length."""
    leaves = [node for node in nodes if node.children is None]
    if leaves:
        leaf = source.choice(leaves)
        leaf.content = source.choice((b"", leaf.content * 2, b"\xff" * 9, b"\x00" + leaf.content, source.randbytes(70)))


_CHANGES: tuple[Callable[[random.Random, bytes], bytes], ...] = (
    _flip,
    _cut,
    _overwrite,
    _insert,
    _leave_out,
    *[_restructure] * 6,
)
_TREE_CHANGES: tuple[Callable[[random.Random, list[Node]], None], ...] = (_remove, _double, _retag, _graft, _refill)
