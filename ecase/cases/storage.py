"""Files under the SHA-256 of their bytes, in Django's default storage: written once, completely or not at all."""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile, TemporaryDirectory
from typing import IO, Protocol

from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage

CHUNK = 256 * 1024
FOLDER = "documents"
INCOMING = "incoming"
ALTERED = "altered"


class Readable(Protocol):
    """An upload, an open file or a request's body: anything that returns at most ``size`` bytes per read."""

    def read(self, size: int, /) -> bytes: ...


class TooLarge(Exception):
    """The stream exceeds the limit."""


@dataclass
class Spooled:
    """A temporary file with the content of a stream."""

    file: IO[bytes]
    sha256: str
    size: int


class _Movable(File):
    """A file that a file system storage moves into place instead of copying it (``os.rename`` is atomic)."""

    def temporary_file_path(self) -> str:
        return str(self.name)


class Received:
    """A file that was received in pieces and lies in the storage's folder already: it is moved and not copied."""

    def __init__(self, path: Path) -> None:
        self.path = path


def place_of_incoming(name: str) -> Path:
    """Where a file of that name is received in pieces."""
    return _incoming() / name


@contextmanager
def spooled(stream: Readable | Received, limit: int) -> Iterator[Spooled]:
    """Copy ``stream`` to a temporary file while hashing it; raises :class:`TooLarge` after ``limit`` bytes.

    What was received in pieces is hashed where it lies; if it is not stored, it stays there.
    """
    if isinstance(stream, Received):
        yield from _in_place(stream, limit)
        return
    with NamedTemporaryFile(dir=_incoming(), delete=False) as file:
        try:
            digest, size = hashlib.sha256(), 0
            while chunk := stream.read(CHUNK):
                size += len(chunk)
                if size > limit:
                    raise TooLarge
                digest.update(chunk)
                file.write(chunk)
            file.flush()
            yield Spooled(file, digest.hexdigest(), size)
        finally:
            Path(file.name).unlink(missing_ok=True)


def _in_place(received: Received, limit: int) -> Iterator[Spooled]:
    with received.path.open("r+b") as file:
        digest, size = hashlib.sha256(), 0
        while chunk := file.read(CHUNK):
            size += len(chunk)
            if size > limit:
                raise TooLarge
            digest.update(chunk)
        yield Spooled(file, digest.hexdigest(), size)


@contextmanager
def workspace() -> Iterator[Path]:
    """A folder for working copies, deleted afterwards."""
    with TemporaryDirectory(dir=_incoming()) as folder:
        yield Path(folder)


def open_hashed(sha256: str) -> tuple[str, File]:
    """The digest of what is stored under ``sha256``, and the file, at its beginning; ``FileNotFoundError`` if none."""
    file = default_storage.open(path_of(sha256), "rb")
    digest = hashlib.sha256()
    try:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
        file.seek(0)
    except BaseException:
        file.close()
        raise
    return digest.hexdigest(), file


def stored_digest(sha256: str) -> str:
    """The SHA-256 of the bytes stored under ``sha256``, equal to it unless they were altered; empty if none."""
    try:
        found, file = open_hashed(sha256)
    except FileNotFoundError:
        return ""
    file.close()
    return found


def set_aside(sha256: str) -> None:
    """Move altered bytes out of the way and keep them for an investigation."""
    name = path_of(sha256)
    with default_storage.open(name, "rb") as file:
        default_storage.save(f"{ALTERED}/{sha256}", file)
    default_storage.delete(name)


def keep(spool: Spooled) -> None:
    """Move the spooled bytes to their place unless they are there already."""
    name = path_of(spool.sha256)
    if not default_storage.exists(name):
        os.fsync(spool.file.fileno())
        saved = default_storage.save(name, _Movable(spool.file))
        if saved != name:
            # Another process has just stored the same bytes, and the storage chose another name for these.
            default_storage.delete(saved)


def path_of(sha256: str) -> str:
    """``documents/ab/cd/abcd...``: no folder holds more than a few hundred entries."""
    return f"{FOLDER}/{sha256[:2]}/{sha256[2:4]}/{sha256}"


def _incoming() -> Path:
    """A folder on the storage's own file system, so that a move is a rename."""
    folder = Path(settings.MEDIA_ROOT) / INCOMING
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder
