"""Checks a file of boxes (ISO/IEC 14496-12): a film or sound in MP4, or a picture in HEIC.

Boxes are walked, not their contents: the time does not grow with the length of a film. A film that takes its data from
another file is refused.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO

from ecase.untrusted import archives, images
from ecase.untrusted.findings import ARCHIVE, CUT, DAMAGED, OTHER_FILE, Faulty, Finding

MP4, HEIC = "mp4", "heic"
PICTURES = frozenset({b"heic", b"heix", b"heim", b"heis", b"mif1"})
FILMS = frozenset(
    {
        b"isom",
        b"iso2",
        b"iso3",
        b"iso4",
        b"iso5",
        b"iso6",
        b"iso8",
        b"mp41",
        b"mp42",
        b"avc1",
        b"dash",
        b"M4V ",
        b"M4A ",
    }
    | {b"3gp4", b"3gp5", b"3gp6", b"MSNV"}
)
# Boxes that hold others on the way to the places where data is taken from.
_HOLDERS = frozenset({b"moov", b"trak", b"mdia", b"minf", b"dinf"})
MAX_BOXES, MAX_DEPTH = 100_000, 8
SMALL, LARGE = struct.Struct(">I4s"), struct.Struct(">Q")
FLAGS, REFERENCES = struct.Struct(">I"), struct.Struct(">2I")
SELF_CONTAINED, MAX_REFERENCES = 1, 1_000


@dataclass(frozen=True)
class Box:
    """Its type, where its contents begin, and where it ends."""

    kind: bytes
    begin: int
    end: int


def examine(path: Path) -> tuple[str, list[Finding]]:
    """``heic``, ``mp4`` or empty for a file of boxes of another brand; and the objections to it."""
    with path.open("rb") as file:
        size = path.stat().st_size
        first = next(_boxes(file, 0, size), None)
        form = _brand(file, first) if first else ""
        if form == HEIC:
            return HEIC, list(images.examine(path, images.HEIC))
        if form != MP4:
            return "", []
        findings = [Finding(ARCHIVE)] if archives.is_archive(path) else []
        kinds: set[bytes] = set()
        left = [MAX_BOXES]
        if not _walk(file, Box(b"", 0, size), 0, kinds, left):
            findings.append(Finding(OTHER_FILE))
        if not {b"moov", b"trak"} <= kinds:
            raise Faulty(CUT)
        return MP4, findings


def _brand(file: IO[bytes], box: Box) -> str:
    """By the main brand, or by a compatible one."""
    file.seek(box.begin)
    content = file.read(min(box.end - box.begin, 256))
    brands = {content[:4], *(content[at : at + 4] for at in range(8, len(content) - 3, 4))}
    if content[:4] in PICTURES:
        return HEIC
    return MP4 if brands & FILMS else ""


def _walk(file: IO[bytes], within: Box, depth: int, kinds: set[bytes], left: list[int]) -> bool:
    """Whether all data is in the file itself; collects the kinds of boxes."""
    inside = True
    for box in _boxes(file, within.begin, within.end):
        left[0] -= 1
        if left[0] < 0 or depth > MAX_DEPTH:
            raise Faulty(DAMAGED)
        kinds.add(box.kind)
        if box.kind in _HOLDERS:
            inside = _walk(file, box, depth + 1, kinds, left) and inside
        elif box.kind == b"dref":
            inside = _refers_to_itself(file, box) and inside
    return inside


def _refers_to_itself(file: IO[bytes], box: Box) -> bool:
    """Whether every entry of a ``dref`` box says that the data is in this file (8.7.2)."""
    file.seek(box.begin)
    try:
        _version, count = REFERENCES.unpack(file.read(REFERENCES.size))
        entries = list(islice(_boxes(file, box.begin + REFERENCES.size, box.end), MAX_REFERENCES + 1))
        if max(count, len(entries)) > MAX_REFERENCES:
            raise Faulty(DAMAGED)
        for entry in entries:
            file.seek(entry.begin)
            if not FLAGS.unpack(file.read(FLAGS.size))[0] & SELF_CONTAINED:
                return False
    except struct.error as fault:
        raise Faulty(DAMAGED) from fault
    return True


def _boxes(file: IO[bytes], begin: int, end: int) -> Iterator[Box]:
    """The boxes between two places; a box that reaches beyond its end is cut off or damaged."""
    at = begin
    while at < end:
        file.seek(at)
        head = file.read(SMALL.size)
        if len(head) < SMALL.size:
            raise Faulty(CUT)
        size, kind = SMALL.unpack(head)
        start = at + SMALL.size
        if size == 1:
            more = file.read(LARGE.size)
            if len(more) < LARGE.size:
                raise Faulty(CUT)
            size, start = LARGE.unpack(more)[0], start + LARGE.size
        elif size == 0:
            size = end - at
        if size < start - at:
            raise Faulty(DAMAGED)
        if at + size > end:
            raise Faulty(CUT)
        yield Box(kind, start, at + size)
        at += size
