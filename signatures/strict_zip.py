"""ZIP archives read with distrust and written the same way every time.

Refused before anything is unpacked: names that leave the archive or occur twice, links, encryption, comments, bytes
before or after the archive, more entries, bytes or compression than an evidence container ever has.
"""

import io
import stat
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass

MAX_ENTRIES = 1000
MAX_TOTAL_BYTES = 512 * 1024 * 1024
MAX_RATIO = 200
MAX_NAME = 255
SMALL = 4096
EPOCH = (1980, 1, 1, 0, 0, 0)
END_RECORD, END_SIZE = b"PK\x05\x06", 22
ENCRYPTED = 0x1
FIRST_PRINTABLE = 0x20
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


@dataclass(frozen=True)
class Entry:
    """One file of an archive."""

    name: str
    data: bytes
    stored: bool = False


def write(entries: Iterable[Entry]) -> bytes:
    """An archive of the entries in their order; the same bytes for the same entries."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for entry in entries:
            info = zipfile.ZipInfo(_safe(entry.name), EPOCH)
            info.compress_type = zipfile.ZIP_STORED if entry.stored else zipfile.ZIP_DEFLATED
            info.external_attr = (stat.S_IFREG | 0o644) << 16
            archive.writestr(info, entry.data)
    return buffer.getvalue()


def read(data: bytes) -> list[Entry]:
    """All entries in their order; ``ValueError`` says what is wrong with the archive."""
    if not data.startswith(b"PK\x03\x04") or data[-END_SIZE : -END_SIZE + 4] != END_RECORD:
        raise ValueError("not a ZIP archive, or bytes before or after it")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            infos = archive.infolist()
            _check(infos)
            return [Entry(one.filename, archive.read(one), one.compress_type == zipfile.ZIP_STORED) for one in infos]
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, EOFError, zlib.error) as fault:
        raise ValueError(f"the archive cannot be read: {fault}") from fault


def _check(infos: list[zipfile.ZipInfo]) -> None:
    names = [info.filename for info in infos]
    if len(infos) > MAX_ENTRIES or sum(info.file_size for info in infos) > MAX_TOTAL_BYTES:
        raise ValueError("the archive is too large")
    # Some systems unpack to file systems that do not tell case apart.
    if len({name.casefold() for name in names}) != len(names):
        raise ValueError("two entries have one name")
    if not infos or min(info.header_offset for info in infos) != 0:
        raise ValueError("the archive is empty or does not begin with its first entry")
    for info in infos:
        _check_entry(info)


def _check_entry(info: zipfile.ZipInfo) -> None:
    name, kind = _safe(info.filename), stat.S_IFMT(info.external_attr >> 16)
    if kind not in (0, stat.S_IFREG) or info.flag_bits & ENCRYPTED or info.compress_type not in METHODS:
        raise ValueError(f"{name}: not a plain file")
    # What was named in the archive itself, before the reader cut it at a NUL.
    if info.orig_filename != info.filename or info.comment:
        raise ValueError(f"{name}: a hidden name or a comment")
    if info.file_size > SMALL and info.file_size > MAX_RATIO * max(info.compress_size, 1):
        raise ValueError(f"{name}: compressed beyond reason")


def _safe(name: str) -> str:
    parts = name.split("/")
    plain = all(part not in ("", ".", "..") for part in parts)
    if not plain or len(name) > MAX_NAME or any(ord(char) < FIRST_PRINTABLE or char in '\\:*?"<>|' for char in name):
        raise ValueError(f"{name!r} is not a name for an entry")
    return name


def is_safe(name: str) -> bool:
    """Whether a file of that name can be an entry without folder."""
    try:
        return _safe(name) == name and "/" not in name
    except ValueError:
        return False
