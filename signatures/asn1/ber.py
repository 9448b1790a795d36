"""Turns BER (X.690, 8.1) into the same values with definite, shortest lengths, for what may be written in either."""

from dataclasses import dataclass

from signatures.asn1 import der
from signatures.report.faults import Fault, FaultError

CONSTRUCTED, CONSTRUCTED_OCTETS = 0x20, der.OCTET_STRING | 0x20
END_OF_CONTENTS = b"\x00\x00"
# A timestamp token with its certificates has some hundreds of elements.
MAX_DEPTH, MAX_ELEMENTS = 24, 8192


def with_shortest_lengths(data: bytes) -> bytes:
    """One element with definite, shortest lengths and strings in one part. Sets are not sorted. ``FaultError``."""
    reader = _Reader(data)
    found = reader.element(0)
    if reader.place != len(data):
        raise FaultError(Fault("der-not-one-element", found=2))
    return found


@dataclass
class _Reader:
    """Reads elements one after another from ``place``; at most ``left`` more."""

    data: bytes
    place: int = 0
    left: int = MAX_ELEMENTS

    def element(self, depth: int) -> bytes:
        """The next element, encoded anew."""
        self.left -= 1
        if depth > MAX_DEPTH or self.left < 0:
            raise FaultError(Fault("ber-nested-too-deeply"))
        tag, first = self._take(1)[0], self._take(1)[0]
        if tag & der.HIGH_TAG == der.HIGH_TAG:
            raise FaultError(Fault("der-high-tag"))
        indefinite = first == der.LONG_LENGTH
        size = first
        if first > der.LONG_LENGTH:
            size = int.from_bytes(self._take(first & ~der.LONG_LENGTH), "big")
        if not tag & CONSTRUCTED:
            if indefinite:
                raise FaultError(Fault("der-indefinite-length"))
            return der.encode(tag, self._take(size))
        end = None if indefinite else self.place + size
        return self._joined(tag, list(self._parts(end, depth)))

    def _parts(self, end: int | None, depth: int) -> list[bytes]:
        """The elements up to ``end``, or to the mark that ends an indefinite length."""
        found = []
        while self.place != end:
            if end is None and self.data[self.place : self.place + 2] == END_OF_CONTENTS:
                self.place += 2
                break
            found.append(self.element(depth + 1))
            if end is not None and self.place > end:
                raise FaultError(Fault("der-element-cut-off"))
        return found

    def _joined(self, tag: int, parts: list[bytes]) -> bytes:
        if tag != CONSTRUCTED_OCTETS:
            return der.encode(tag, *parts)
        if any(part[0] != der.OCTET_STRING for part in parts):
            raise FaultError(Fault("ber-string-of-others"))
        return der.encode(der.OCTET_STRING, *(der.element(part).content for part in parts))

    def _take(self, size: int) -> bytes:
        taken = self.data[self.place : self.place + size]
        if len(taken) != size:
            raise FaultError(Fault("der-element-cut-off"))
        self.place += size
        return taken
