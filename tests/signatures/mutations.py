"""Mutated DER: bits flipped, ends cut off, elements removed, doubled, exchanged or moved."""

from collections.abc import Callable
from dataclasses import dataclass

from hypothesis import strategies as st

from signatures.asn1 import der

CONSTRUCTED = 0x20
Draw = Callable[[st.SearchStrategy], int]


@dataclass
class Node:
    """An element that can be changed, with those inside it."""

    tag: int
    content: bytes
    children: list["Node"] | None

    @classmethod
    def of(cls, element: der.Element) -> "Node":
        return cls(element.tag, element.content, _inside(element))

    def encode(self) -> bytes:
        content = self.content if self.children is None else b"".join(child.encode() for child in self.children)
        return der.encode(self.tag, content)

    def all(self) -> list["Node"]:
        return [self, *(node for child in self.children or () for node in child.all())]


def _inside(element: der.Element) -> list[Node] | None:
    if not element.tag & CONSTRUCTED:
        return None
    return [Node.of(child) for child in element.children()]


def tree(data: bytes) -> Node:
    return Node.of(der.element(data))


@st.composite
def mutated(draw, data: bytes) -> bytes:
    """``data`` with one to three changes, each of bytes or of structure."""
    for _ in range(draw(st.integers(1, 3))):
        change = draw(st.sampled_from([_flip, _cut, _overwrite, _remove, _double, _exchange, _retag, _graft]))
        data = change(draw, data)
    return data


def _place(draw: Draw, data: bytes) -> int:
    return draw(st.integers(0, max(0, len(data) - 1)))


def _flip(draw: Draw, data: bytes) -> bytes:
    place = _place(draw, data)
    return data[:place] + bytes([data[place] ^ 1 << draw(st.integers(0, 7))]) + data[place + 1 :]


def _cut(draw: Draw, data: bytes) -> bytes:
    return data[: max(1, _place(draw, data))]


def _overwrite(draw: Draw, data: bytes) -> bytes:
    place, patch = _place(draw, data), draw(st.binary(min_size=1, max_size=4))
    return data[:place] + patch + data[place + len(patch) :]


def _restructured(draw: Draw, data: bytes, change: Callable[[Draw, Node], None]) -> bytes:
    """The data with one constructed element changed; unchanged if it can no longer be parsed as a tree."""
    try:
        top = tree(data)
    except ValueError:
        return data
    parents = [node for node in top.all() if node.children]
    if parents:
        change(draw, parents[draw(st.integers(0, len(parents) - 1))])
    return top.encode()


def _index(draw: Draw, parent: Node) -> int:
    return draw(st.integers(0, len(parent.children) - 1))


def _remove(draw: Draw, data: bytes) -> bytes:
    return _restructured(draw, data, lambda draw, parent: parent.children.pop(_index(draw, parent)))


def _double(draw: Draw, data: bytes) -> bytes:
    return _restructured(
        draw,
        data,
        lambda draw, parent: parent.children.insert(_index(draw, parent), parent.children[_index(draw, parent)]),
    )


def _exchange(draw: Draw, data: bytes) -> bytes:
    def swap(draw: Draw, parent: Node) -> None:
        one, other, members = _index(draw, parent), _index(draw, parent), parent.children
        members[one], members[other] = members[other], members[one]

    return _restructured(draw, data, swap)


def _retag(draw: Draw, data: bytes) -> bytes:
    def change(draw: Draw, parent: Node) -> None:
        parent.children[_index(draw, parent)].tag = draw(
            st.sampled_from([0x02, 0x04, 0x05, 0x30, 0x31, 0xA0, 0xA1, 0x80])
        )

    return _restructured(draw, data, change)


def _graft(draw: Draw, data: bytes) -> bytes:
    """Replace any part with a copy of any other."""
    try:
        top = tree(data)
    except ValueError:
        return data
    nodes = top.all()
    source, target = (nodes[draw(st.integers(0, len(nodes) - 1))] for _ in range(2))
    copy = tree(source.encode())
    target.tag, target.content, target.children = copy.tag, copy.content, copy.children
    return top.encode()
