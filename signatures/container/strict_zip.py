"""Strict reading and deterministic writing of ZIP archives: an archive is read only if it is as :func:`write` makes it.

Different tools find the entries of an archive in different places: in its directory, in the headers before each entry,
in a second directory, under a second name. So an archive has one content for all of them only if its structure leaves
no choice: entries without gaps from its first byte to its directory, the directory up to the end record, and every
header byte for byte what the writer writes for that name, size and checksum. Only compressed data may differ, since
versions of zlib compress differently: a stream ends where its compressed size says.

Sizes are checked before anything is unpacked. Entries are read one by one from the file; large ones are hashed as they
are read and never held in memory.
"""

import hashlib
import io
import stat
import struct
import unicodedata
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO

from signatures.report.faults import Fault, FaultError, fault_of

MAX_ENTRIES = 1000
MAX_TOTAL_BYTES = 64 * 1024 * 1024
MAX_RATIO = 200
MAX_NAME = 255
SMALL = 4096
CHUNK = 256 * 1024
# Sizes and offsets from here on have another meaning: they are in ZIP64.
MAX_UINT32 = 2**32 - 1
STORED, DEFLATED = 0, 8
RAW_DEFLATE = -15
UTF8_NAME, ENCRYPTED = 0x800, 0x1
# What PKWARE's APPNOTE calls versions 2.0 and "UNIX"; 1980-01-01, midnight; a regular file that all may read.
VERSION, UNIX, DATE, TIME = 20, 3, 0x21, 0
REGULAR = (stat.S_IFREG | 0o644) << 16
LOCAL, LINE, END = struct.Struct("<4s5H3I2H"), struct.Struct("<4s6H3I5H2I"), struct.Struct("<4s4H2IH")
LOCAL_HEADER, DIRECTORY_LINE, END_RECORD = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
# A ZIP64 locator before the end record could point to another directory.
LOCATOR, LOCATOR_SIZE = b"PK\x06\x07", 20
# A directory line: its header, a name in UTF-8, and extra fields (which the writer never makes).
MAX_LINE = LINE.size + 4 * MAX_NAME + 64
# Characters that are not seen or that reorder others, as in `ecase.cases.names`.
INVISIBLE = ("C", "Zl", "Zp")


@dataclass(frozen=True)
class Entry:
    """One file of an archive."""

    name: str
    data: bytes
    stored: bool = False


@dataclass(frozen=True)
class Digested:
    """An entry that was read once and not held: its size in bytes and its SHA-256 in hexadecimal."""

    size: int
    sha256: str

    @classmethod
    def of(cls, data: bytes) -> "Digested":
        return cls(len(data), hashlib.sha256(data).hexdigest())


@dataclass(frozen=True)
class Member:
    """What the directory says of an entry that the writer can vary; ``header`` and ``line`` are all of its metadata."""

    name: str
    method: int
    crc: int
    packed: int
    size: int
    offset: int

    def header(self) -> bytes:
        """The local header, which precedes the entry's data."""
        name = self.name.encode()
        return LOCAL.pack(LOCAL_HEADER, *self._shared(), len(name), 0) + name

    def line(self) -> bytes:
        """The entry's line in the directory."""
        made_by, name = VERSION | UNIX << 8, self.name.encode()
        tail = (len(name), 0, 0, 0, 0, REGULAR, self.offset)
        return LINE.pack(DIRECTORY_LINE, made_by, *self._shared(), *tail) + name

    def _shared(self) -> tuple[int, ...]:
        flags = 0 if self.name.isascii() else UTF8_NAME
        return VERSION, flags, self.method, TIME, DATE, self.crc, self.packed, self.size


@dataclass(frozen=True)
class Archive:
    """An archive whose structure was checked. Reading a damaged entry raises ``ValueError``."""

    _file: BinaryIO
    _members: Mapping[str, Member]

    @property
    def sizes(self) -> Mapping[str, int]:
        """The size of each entry by name, in the archive's order; reading stops at that size."""
        return {name: member.size for name, member in self._members.items()}

    def read(self, name: str) -> Entry:
        """One entry with its content."""
        member = self._members[name]
        return Entry(name, b"".join(self._chunks(member)), member.method == STORED)

    def digest(self, name: str) -> Digested:
        """Size and digest of one entry; its content is not held."""
        digest, size = hashlib.sha256(), 0
        for chunk in self._chunks(self._members[name]):
            digest.update(chunk)
            size += len(chunk)
        return Digested(size, digest.hexdigest())

    def _chunks(self, member: Member) -> Iterator[bytes]:
        """The content piece by piece. ``FaultError`` unless it ends exactly at its sizes and has its checksum."""
        crc = size = 0
        for chunk in _unpacked(self._file, member):
            crc, size = zlib.crc32(chunk, crc), size + len(chunk)
            if size > member.size:
                break
            yield chunk
        if size != member.size:
            raise FaultError(Fault("zip-stream-length", name=member.name))
        if crc != member.crc:
            raise FaultError(Fault("zip-unreadable", reason=Fault("zip-crc", name=member.name)))


def _unpacked(file: BinaryIO, member: Member) -> Iterator[bytes]:
    file.seek(member.offset + len(member.header()))
    inflater, left = zlib.decompressobj(RAW_DEFLATE), member.packed
    try:
        while left:
            taken = file.read(min(CHUNK, left))
            if not taken:
                raise FaultError(Fault("zip-stream-length", name=member.name))
            left -= len(taken)
            while taken and member.method == DEFLATED:
                yield inflater.decompress(taken, CHUNK)
                taken = inflater.unconsumed_tail
            if taken:
                yield taken
    except zlib.error as fault:
        raise FaultError(Fault("zip-unreadable", reason=fault_of(fault))) from fault
    if member.method == DEFLATED:
        yield inflater.flush()
        if not inflater.eof or inflater.unused_data:
            raise FaultError(Fault("zip-stream-length", name=member.name))


def write(entries: Iterable[Entry]) -> bytes:
    """An archive of the entries in the given order; the same entries give the same bytes with the same zlib."""
    buffer, members = io.BytesIO(), []
    for entry in entries:
        size, deflater = len(entry.data), zlib.compressobj(wbits=RAW_DEFLATE)
        packed = entry.data if entry.stored else deflater.compress(entry.data) + deflater.flush()
        # A reader refuses an entry that compresses beyond reason: it is stored uncompressed.
        stored = entry.stored or (size > SMALL and size > MAX_RATIO // 2 * len(packed))
        packed, method = (entry.data, STORED) if stored else (packed, DEFLATED)
        member = Member(_safe(entry.name), method, zlib.crc32(entry.data), len(packed), size, buffer.tell())
        if max(size, member.offset) >= MAX_UINT32:
            raise FaultError(Fault("zip-too-large"))
        buffer.write(member.header() + packed)
        members.append(member)
    ending = _ending(members, buffer.tell())
    buffer.write(ending)
    return buffer.getvalue()


def _ending(members: list[Member], offset: int) -> bytes:
    """The directory, which begins at ``offset``, and the end record."""
    directory = b"".join(member.line() for member in members)
    return directory + END.pack(END_RECORD, 0, 0, len(members), len(members), len(directory), offset, 0)


@contextmanager
def open_archive(
    file: BinaryIO,
    max_entries: int = MAX_ENTRIES,
    max_total_bytes: int = MAX_TOTAL_BYTES,
    limit: Callable[[Mapping[str, int]], Fault | None] = lambda _sizes: None,
) -> Iterator[Archive]:
    """Open an archive in a seekable file; ``ValueError`` says why it is refused. ``limit`` judges sizes by name."""
    check_ends(file, max_entries)
    members = _read_directory(file, max_entries, max_total_bytes)
    if fault := limit({member.name: member.size for member in members}):
        raise FaultError(fault)
    _check_structure(file, members)
    yield Archive(file, {member.name: member for member in members})


def read(data: bytes, max_entries: int = MAX_ENTRIES, max_total_bytes: int = MAX_TOTAL_BYTES) -> list[Entry]:
    """All entries of a small archive in order; ``ValueError`` says why it is refused."""
    with open_archive(io.BytesIO(data), max_entries, max_total_bytes) as archive:
        return [archive.read(name) for name in archive.sizes]


def check_ends(file: BinaryIO, max_entries: int) -> None:
    """Check that a directory exists, and its size, before it is read. Raises ``ValueError``."""
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    begins = file.read(4) == LOCAL_HEADER
    file.seek(max(0, size - END.size - LOCATOR_SIZE))
    tail = file.read()
    file.seek(0)
    end = tail[-END.size :]
    if not begins or len(end) < END.size or end[:4] != END_RECORD or tail[:4] == LOCATOR:
        raise FaultError(Fault("not-a-zip"))
    *_, count, directory, _offset, _comment = END.unpack(end)
    if count > max_entries or directory > max_entries * MAX_LINE:
        raise FaultError(Fault("zip-too-large"))


def _read_directory(file: BinaryIO, max_entries: int, max_total_bytes: int) -> list[Member]:
    """The directory's lines; ``FaultError`` for what no archive of ours has in it."""
    size = file.seek(0, io.SEEK_END)
    file.seek(size - END.size)
    *_, count, length, offset, _comment = END.unpack(file.read(END.size))
    if offset + length + END.size != size:
        raise FaultError(Fault("not-a-zip"))
    file.seek(offset)
    directory, members, total = file.read(length), [], 0
    while directory:
        member, directory = _read_line(directory)
        members.append(member)
        total += member.size
        if len(members) > max_entries or total > max_total_bytes:
            raise FaultError(Fault("zip-too-large"))
    # Some file systems do not distinguish upper and lower case.
    if len({member.name.casefold() for member in members}) != len(members):
        raise FaultError(Fault("zip-name-twice"))
    if len(members) != count:
        raise FaultError(Fault("not-a-zip"))
    for member in members:
        if member.size > SMALL and member.size > MAX_RATIO * max(member.packed, 1):
            raise FaultError(Fault("zip-ratio", name=member.name))
    return members


def _read_line(directory: bytes) -> tuple[Member, bytes]:
    """The first line of a directory and the lines after it."""
    if len(directory) < LINE.size or directory[:4] != DIRECTORY_LINE:
        raise FaultError(Fault("not-a-zip"))
    fields = LINE.unpack_from(directory)
    flags, method, mode, offset = (fields[place] for place in (3, 4, 15, 16))
    crc, packed, size, named, extra, comment = fields[7:13]
    after = LINE.size + named
    member = Member(_name(directory[LINE.size : after], flags), method, crc, packed, size, offset)
    kind = stat.S_IFMT(mode >> 16)
    if kind not in (0, stat.S_IFREG) or flags & ENCRYPTED or method not in (STORED, DEFLATED):
        raise FaultError(Fault("zip-not-a-plain-file", name=member.name))
    if comment:
        raise FaultError(Fault("zip-hidden-name", name=member.name))
    return member, directory[after + extra :]


def _name(encoded: bytes, flags: int) -> str:
    try:
        return _safe(encoded.decode("utf-8" if flags & UTF8_NAME else "cp437"))
    except UnicodeDecodeError as fault:
        raise FaultError(Fault("zip-unsafe-name", name=repr(encoded))) from fault


def _check_structure(file: BinaryIO, members: list[Member]) -> None:
    """Compare everything but the data with what :func:`write` writes for the same entries."""
    if not members or members[0].offset != 0:
        raise FaultError(Fault("zip-begins-elsewhere"))
    place = 0
    for member in members:
        file.seek(place)
        header = member.header()
        whole = member.method == DEFLATED or member.packed == member.size
        if member.offset != place or file.read(len(header)) != header or not whole:
            raise FaultError(Fault("zip-not-as-written", name=member.name))
        place += len(header) + member.packed
    # Where the last entry ends the directory begins.
    file.seek(place)
    ending = _ending(members, place)
    if file.read(len(ending) + 1) != ending:
        raise FaultError(Fault("zip-not-as-written", name=Fault("zip-directory")))


def _safe(name: str) -> str:
    parts = name.split("/")
    plain = all(part and part[-1] not in ". " for part in parts)
    hidden = any(char in '\\:*?"<>|' or unicodedata.category(char).startswith(INVISIBLE) for char in name)
    if not plain or hidden or len(name) > MAX_NAME:
        raise FaultError(Fault("zip-unsafe-name", name=repr(name)))
    return name


def is_safe(name: str) -> bool:
    """Whether the name is allowed for an entry outside any folder."""
    try:
        return _safe(name) == name and "/" not in name
    except ValueError:
        return False
