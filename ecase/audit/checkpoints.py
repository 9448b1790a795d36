"""Checkpoints published outside the database, so that a rollback or rewrite of the log is detected.

``ECASE_CHECKPOINT_DIR`` should be a mount of another machine. One file per day holds all checkpoints of that day in
order, and ``latest`` the newest. A power cut may leave half a note at the end of a file, or a broken ``latest``:
reading continues at the next line that names the log, and the newest whole note counts.
"""

import logging
import os
import re
import threading
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path

from django.conf import settings

from ecase.audit import keys
from ecase.audit.models import Checkpoint
from signatures.tlog import transparency

logger = logging.getLogger(__name__)

LATEST = "latest"
# This file exists while the database does not continue what was signed; every act checks for it.
STOPPED = "stopped"
_SUFFIX = ".checkpoints"
# Ed25519 with the key's id: 68 bytes as base64 (c2sp.org/signed-note).
_SIGNATURE = re.compile(f"{transparency.SIGNATURE_MARK}[^ ]+ [A-Za-z0-9+/]{{91}}=\n")
# Bytes read from the end of a day's file to find its newest note, and the length of the longest note.
TAIL = 64 * 1024
MAX_NOTE = 4096


def folder() -> Path:
    """The folder of the checkpoints."""
    return Path(settings.CHECKPOINT_DIR)


def publish() -> None:
    """Write the newest checkpoint out, unless that has been done. Called after its commit, so it is never ahead."""
    newest, origin = Checkpoint.objects.first(), keys.origin()
    if newest is None or newest.origin != origin:
        return
    latest = _latest()
    if latest and latest.origin == origin and newest.size <= latest.size:
        return
    folder().mkdir(parents=True, exist_ok=True)
    _append(folder() / f"{newest.at.astimezone(UTC):%Y-%m-%d}{_SUFFIX}", newest.note + "\n")
    # Replaced atomically, also if the power fails: the bytes are flushed to the disk before the file is renamed.
    fresh = folder() / f"{LATEST}.{os.getpid()}-{threading.get_ident()}.new"
    with fresh.open("w") as file:
        file.write(newest.note)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(folder() / LATEST)
    _sync(folder())


def published() -> transparency.Checkpoint | None:
    """The newest whole checkpoint in the folder: ``latest``, or the last of the day files while that is broken."""
    if latest := _latest():
        return latest
    for path in sorted(folder().glob(f"*{_SUFFIX}"), reverse=True):
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - TAIL))
            lines = file.read().decode(errors="replace").splitlines(keepends=True)
        whole = list(filter(None, map(open_note, _split(lines, keys.origins()))))
        if whole:
            return max(whole, key=lambda found: (keys.split_origin(found.origin)[1], found.size))
    return None


def published_size() -> int:
    """The size in entries of the newest published checkpoint of this log's current origin; 0 if there is none."""
    newest = published()
    return newest.size if newest and newest.origin == keys.origin() else 0


def notes(*, newest_first: bool = False) -> Iterator[tuple[str, str]]:
    """Every published checkpoint as (file name, note); half notes unchanged.

    In the order of writing; with ``newest_first`` the days are in reverse, each in the order of writing.
    """
    origins = keys.origins()
    for path in sorted(folder().glob(f"*{_SUFFIX}"), reverse=newest_first):
        with path.open(errors="replace", newline="\n") as file:
            yield from ((path.name, note) for note in _split(file, origins))


def is_stopped() -> bool:
    """Whether the log is stopped because it does not continue what it has signed (``manage.py audit resume``)."""
    return (folder() / STOPPED).exists()


def mark_stopped(*, stopped: bool) -> None:
    """Stop the log for every process that sees the folder, or end the stop."""
    mark = folder() / STOPPED
    if stopped:
        mark.parent.mkdir(parents=True, exist_ok=True)
        mark.touch()
    else:
        mark.unlink(missing_ok=True)


def is_whole(note: str) -> bool:
    """Whether a note has a complete signature line, valid or not: a note cut off by a power failure has none."""
    text, separator, signatures = note.partition("\n\n")
    return bool(text and separator and _SIGNATURE.match(signatures))


def sign(size: int, root: bytes, at: datetime) -> Checkpoint:
    """Sign and store a checkpoint."""
    signer = keys.signer()
    note = signer.sign(str(transparency.Checkpoint(signer.name, size, root)))
    return Checkpoint.objects.create(size=size, root=root, note=note, at=at)


# -- reading ------------------------------------------------------------------------------------------------------


def _latest() -> transparency.Checkpoint | None:
    path = folder() / LATEST
    if not path.exists():
        return None
    found = open_note(path.read_text(errors="replace"))
    if found is None:
        logger.critical("%s is broken, as after a power cut: the newest whole note of the day files counts", path)
    return found


def open_note(note: str) -> transparency.Checkpoint | None:
    """The checkpoint of a note that this log has signed; None for any other text."""
    try:
        return transparency.Checkpoint.open(note, keys.verifiers())
    except ValueError:
        return None


def _split(lines: Iterable[str], origins: set[str]) -> Iterator[str]:
    """The notes, without the empty lines between them.

    A note begins at a line with the log's name, and ends at the empty line after its signatures, or earlier.
    """
    note = ""
    for line in chain(lines, [""]):
        is_behind = line == "\n" and "\n\n" in note
        if is_behind or not line or line.removesuffix("\n") in origins or len(note) > MAX_NOTE:
            if note.strip():
                yield note.rstrip("\n") + "\n" if note.endswith("\n") else note
            note = ""
        note = (note + line).lstrip("\n")


# -- writing ------------------------------------------------------------------------------------------------------


def _append(path: Path, text: str) -> None:
    """Append on a new line, even if the file breaks off in the middle of one."""
    fresh = not path.exists()
    with path.open("a+b") as file:
        if file.tell():
            file.seek(-1, os.SEEK_END)
            text = text if file.read(1) == b"\n" else f"\n\n{text}"
        file.write(text.encode())
        file.flush()
        os.fsync(file.fileno())
    if fresh:
        _sync(path.parent)


def _sync(directory: Path) -> None:
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
