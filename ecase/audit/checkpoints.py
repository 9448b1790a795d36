"""Checkpoints outside the database, so that whoever rolls the log back or rewrites it is found out.

``ECASE_CHECKPOINT_DIR`` is best a mount of another machine. One file a day holds every checkpoint of that day, one
after the other, and ``latest`` the newest.
"""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings

from ecase.audit import keys
from ecase.audit.models import Checkpoint
from signatures import transparency

LATEST = "latest"
_SUFFIX = ".checkpoints"


class Unreadable(Exception):
    """A checkpoint file does not hold what this log has signed."""


def folder() -> Path:
    """Where the checkpoints go."""
    return Path(settings.CHECKPOINT_DIR)


def publish() -> None:
    """Write the newest checkpoint out, unless that has been done. Called after its commit, so it never runs ahead."""
    newest = Checkpoint.objects.first()
    if newest is None or newest.size <= published_size():
        return
    folder().mkdir(parents=True, exist_ok=True)
    day = folder() / f"{newest.at.astimezone(UTC):%Y-%m-%d}{_SUFFIX}"
    with day.open("a") as file:
        file.write(newest.note + "\n")
        file.flush()
        os.fsync(file.fileno())
    _replace(folder() / LATEST, newest.note)


def _replace(path: Path, text: str) -> None:
    fresh = path.with_suffix(".new")
    fresh.write_text(text)
    fresh.replace(path)


def published_size() -> int:
    """How many entries the newest published checkpoint is of; 0 while there is none."""
    path = folder() / LATEST
    if not path.exists():
        return 0
    try:
        return transparency.Checkpoint.open(path.read_text(), keys.verifiers()).size
    except (ValueError, UnicodeDecodeError) as fault:
        raise Unreadable(f"{path}: {fault}") from fault


def published() -> Iterator[tuple[str, str]]:
    """Every published checkpoint as (file name, note), in the order of writing."""
    for path in sorted(folder().glob(f"*{_SUFFIX}")):
        # Notes have exactly one empty line inside, and are followed by one.
        parts = path.read_text(errors="replace").split("\n\n")
        for text, signatures in zip(parts[0::2], parts[1::2], strict=False):
            yield path.name, f"{text}\n\n{signatures}\n"


def sign(size: int, root: bytes, at: datetime) -> Checkpoint:
    """A signed checkpoint, stored."""
    signer = keys.signer()
    note = signer.sign(str(transparency.Checkpoint(signer.name, size, root)))
    return Checkpoint.objects.create(size=size, root=root, note=note, at=at)
