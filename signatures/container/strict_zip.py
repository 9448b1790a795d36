"""Strict reading and deterministic writing of ZIP archives.

Refused before anything is unpacked: names that leave the archive or occur twice, links, encryption, comments, bytes
before or after the archive, and more entries, bytes or compression than an evidence container has. Entries are read
one by one from the file; large ones are hashed as they are read and never held in memory.
"""

import hashlib
import io
import stat
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
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
EPOCH = (1980, 1, 1, 0, 0, 0)
END_RECORD, END_SIZE = b"PK\x05\x06", 22
# A ZIP64 locator before the end record could point to another directory.
LOCATOR, LOCATOR_SIZE = b"PK\x06\x07", 20
# A directory line: its header, a name in UTF-8, and extra fields (which the writer never makes).
MAX_LINE = 46 + 4 * MAX_NAME + 64
ENCRYPTED = 0x1
BAD_CHECKSUM = "Bad CRC-32 for file "
FIRST_PRINTABLE = 0x20
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
UNREADABLE = (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, EOFError, zlib.error, OSError)


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


class Archive:
    """An archive whose directory was checked. Reading a damaged entry raises ``ValueError``."""

    def __init__(self, packed: zipfile.ZipFile) -> None:
        self._packed = packed
        self._infos = {info.filename: info for info in packed.infolist()}

    @property
    def sizes(self) -> Mapping[str, int]:
        """The size of each entry by name, in the archive's order; reading stops at that size."""
        return {name: info.file_size for name, info in self._infos.items()}

    def read(self, name: str) -> Entry:
        """One entry with its content."""
        info = self._infos[name]
        return Entry(name, b"".join(self._chunks(info)), info.compress_type == zipfile.ZIP_STORED)

    def digest(self, name: str) -> Digested:
        """Size and digest of one entry; its content is not held."""
        digest, size = hashlib.sha256(), 0
        for chunk in self._chunks(self._infos[name]):
            digest.update(chunk)
            size += len(chunk)
        return Digested(size, digest.hexdigest())

    def _chunks(self, info: zipfile.ZipInfo) -> Iterator[bytes]:
        try:
            with self._packed.open(info) as stream:
                while chunk := stream.read(CHUNK):
                    yield chunk
        except UNREADABLE as fault:
            raise FaultError(Fault("zip-unreadable", reason=_reason(fault))) from fault


def _reason(error: Exception) -> Fault:
    """The library's error as a fault; a wrong checksum gets a code, so that it can be translated."""
    before, found, name = str(error).partition(BAD_CHECKSUM)
    return Fault("zip-crc", name=name) if found and not before else fault_of(error)


def write(entries: Iterable[Entry]) -> bytes:
    """An archive of the entries in the given order; the same entries give the same bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for entry in entries:
            info = zipfile.ZipInfo(_safe(entry.name), EPOCH)
            size = len(entry.data)
            # A reader refuses an entry that compresses beyond reason: it is stored uncompressed.
            stored = entry.stored or (size > SMALL and size > MAX_RATIO // 2 * len(zlib.compress(entry.data)))
            info.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
            info.external_attr = (stat.S_IFREG | 0o644) << 16
            archive.writestr(info, entry.data)
    return buffer.getvalue()


@contextmanager
def open_archive(
    file: BinaryIO, max_entries: int = MAX_ENTRIES, max_total_bytes: int = MAX_TOTAL_BYTES
) -> Iterator[Archive]:
    """Open an archive in a seekable file; ``ValueError`` says why it is refused."""
    check_ends(file, max_entries)
    try:
        packed = zipfile.ZipFile(file)
    except UNREADABLE as fault:
        raise FaultError(Fault("zip-unreadable", reason=_reason(fault))) from fault
    with packed:
        _check(packed.infolist(), max_entries, max_total_bytes)
        yield Archive(packed)


def read(data: bytes, max_entries: int = MAX_ENTRIES, max_total_bytes: int = MAX_TOTAL_BYTES) -> list[Entry]:
    """All entries of a small archive in order; ``ValueError`` says why it is refused."""
    with open_archive(io.BytesIO(data), max_entries, max_total_bytes) as archive:
        return [archive.read(name) for name in archive.sizes]


def check_ends(file: BinaryIO, max_entries: int) -> None:
    """Check that a directory exists, and its size, before the library reads it. Raises ``ValueError``."""
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    begins = file.read(4) == b"PK\x03\x04"
    file.seek(max(0, size - END_SIZE - LOCATOR_SIZE))
    tail = file.read()
    file.seek(0)
    end = tail[-END_SIZE:]
    if not begins or len(end) < END_SIZE or end[:4] != END_RECORD or tail[:4] == LOCATOR:
        raise FaultError(Fault("not-a-zip"))
    if int.from_bytes(end[10:12], "little") > max_entries or int.from_bytes(end[12:16], "little") > (
        max_entries * MAX_LINE
    ):
        raise FaultError(Fault("zip-too-large"))


def _check(infos: list[zipfile.ZipInfo], max_entries: int, max_total_bytes: int) -> None:
    names = [info.filename for info in infos]
    if len(infos) > max_entries or sum(info.file_size for info in infos) > max_total_bytes:
        raise FaultError(Fault("zip-too-large"))
    # Some file systems do not distinguish upper and lower case.
    if len({name.casefold() for name in names}) != len(names):
        raise FaultError(Fault("zip-name-twice"))
    if not infos or min(info.header_offset for info in infos) != 0:
        raise FaultError(Fault("zip-begins-elsewhere"))
    for info in infos:
        name, kind = _safe(info.filename), stat.S_IFMT(info.external_attr >> 16)
        if kind not in (0, stat.S_IFREG) or info.flag_bits & ENCRYPTED or info.compress_type not in METHODS:
            raise FaultError(Fault("zip-not-a-plain-file", name=name))
        # ``orig_filename`` is the name before the library cut it at a NUL.
        if info.orig_filename != info.filename or info.comment:
            raise FaultError(Fault("zip-hidden-name", name=name))
        if info.file_size > SMALL and info.file_size > MAX_RATIO * max(info.compress_size, 1):
            raise FaultError(Fault("zip-ratio", name=name))


def _safe(name: str) -> str:
    parts = name.split("/")
    plain = all(part not in ("", ".", "..") for part in parts)
    if not plain or len(name) > MAX_NAME or any(ord(char) < FIRST_PRINTABLE or char in '\\:*?"<>|' for char in name):
        raise FaultError(Fault("zip-unsafe-name", name=repr(name)))
    return name


def is_safe(name: str) -> bool:
    """Whether the name is allowed for an entry outside any folder."""
    try:
        return _safe(name) == name and "/" not in name
    except ValueError:
        return False
