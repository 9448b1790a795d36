"""A PDF that acts: scripts, programs to launch, files inside. Evidence has to be still, so it is not accepted.

The whole file is searched for the names of such objects (ISO 32000-1: 7.3.5 names, 12.6.4 actions, 7.11.4 embedded
files), escaped or not, and so is every object stream (7.5.7) after decompression. An encrypted file, and an object
stream that cannot be unpacked, cannot be searched and is refused as well. ``/OpenAction`` and ``/AA`` alone are
accepted, since office programs write them to say on which page to open; what they would have to call to do harm is not.

What this does not find: harm to a viewer by a malformed image or font. An antivirus at the storage is for that.
"""

import mmap
import re
import zlib
from collections.abc import Iterator
from typing import IO

MAX_UNPACKED = 64 * 1024 * 1024
MAX_OBJECT_STREAMS = 5_000
PIECE = 16 * 1024
OBJECT_STREAM = "ObjStm"
ACTIVE = ("JavaScript", "Launch", "EmbeddedFile", "EmbeddedFiles", "RichMedia", "SubmitForm", "ImportData", "XFA")
ENCRYPTED = "Encrypt"
# A dictionary that announces an object stream is short; the keyword that begins its bytes is near.
DICTIONARY_LENGTH = 4096

Searchable = bytes | mmap.mmap


class NotSearchable(Exception):
    """The file hides part of its objects from a search."""


def active_content(file: IO[bytes]) -> list[str]:
    """The names of active objects in a PDF, sorted; ``["Encrypt"]`` or ``["ObjStm"]`` if it cannot be searched."""
    file.seek(0)
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        if ENCRYPTED_NAME.search(data):
            return [ENCRYPTED]
        try:
            return sorted(_found(data).union(*map(_found, _object_streams(data))))
        except NotSearchable:
            return [OBJECT_STREAM]


def _found(data: Searchable) -> set[str]:
    return {_plain(match[1]) for match in ACTIVE_NAMES.finditer(data)}


def _plain(name: bytes) -> str:
    return re.sub(rb"#([0-9A-Fa-f]{2})", lambda code: bytes.fromhex(code[1].decode()), name).decode()


def _object_streams(data: Searchable) -> Iterator[bytes]:
    left = MAX_UNPACKED
    for count, match in enumerate(OBJECT_STREAM_NAME.finditer(data)):
        begins = STREAM.search(data, match.end(), match.end() + DICTIONARY_LENGTH)
        if begins is None or count == MAX_OBJECT_STREAMS:
            raise NotSearchable
        unpacked = _inflated(data, begins.end(), left)
        left -= len(unpacked)
        yield unpacked


def _inflated(data: Searchable, start: int, limit: int) -> bytes:
    """The bytes of the zlib stream at ``start``, fewer than ``limit``; read in pieces, since its end is not known."""
    inflater, parts, size = zlib.decompressobj(), [], 0
    for position in range(start, len(data), PIECE):
        piece = data[position : position + PIECE]
        parts.append(_step(inflater, piece, limit - size))
        size += len(parts[-1])
        if inflater.eof:
            return b"".join(parts)
    raise NotSearchable


def _step(inflater: "zlib._Decompress", piece: bytes, limit: int) -> bytes:
    if limit <= 0:
        raise NotSearchable
    try:
        unpacked = inflater.decompress(piece, limit)
    except zlib.error as fault:
        raise NotSearchable from fault
    if inflater.unconsumed_tail:
        raise NotSearchable
    return unpacked


def _name(*names: str) -> re.Pattern[bytes]:
    """A pattern for names in which any character may be written as ``#`` and two hexadecimal digits."""
    spelled = (b"".join(_spellings(character) for character in name) for name in sorted(names, reverse=True))
    return re.compile(rb"/(" + rb"|".join(spelled) + rb")(?=[\x00\s/\[\]<>()%]|\Z)")


def _spellings(character: str) -> bytes:
    return rf"(?:{character}|#(?i:{ord(character):02x}))".encode()


ACTIVE_NAMES = _name(*ACTIVE)
ENCRYPTED_NAME = _name(ENCRYPTED)
OBJECT_STREAM_NAME = _name(OBJECT_STREAM)
STREAM = re.compile(rb"stream\r?\n")
