"""Verifying a stranger's evidence container, for the page and for REST.

Anybody may ask, without signing in; so what it costs is bounded. So many verifications run at once on this machine, and
each runs in a process of its own that has limits of memory and time (``signatures.cli.sandbox``). How often an address
may ask is counted by ``ecase.limits`` under ``verify``, for both doors.
"""

import dataclasses
import fcntl
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import IO, Any, BinaryIO, cast

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from ecase.problems import Invalid, Problem, Refused
from ecase.trust import folder
from signatures.cli import sandbox
from signatures.container import offline, strict_zip
from signatures.report.fault import Fault, fault_of

COPY_BYTES = 256 * 1024
AGAIN_SECONDS = 5


class Busy(Refused):
    """As many containers as may be are being verified at this moment."""

    slug, status, title = "try-later", 503, _("Not possible at this moment")
    headers: Mapping[str, str] = MappingProxyType({"Retry-After": str(AGAIN_SECONDS)})


class NotAContainer(Invalid):
    """What was sent is no evidence container, or is too large; ``why`` says what of it."""

    def __init__(self, why: Fault) -> None:
        super().__init__(Problem("not-a-container", _("This is not an evidence container of ecase."), "file"))
        self.why = why


def upload_limit() -> int:
    """How many bytes a container may have: those that the limits of its entries come to."""
    return settings.CONTAINER_LIMITS.archive_bytes


def admit() -> None:
    """Before the body is read: refuse everybody while no place is free. Raises :class:`Busy`."""
    with _place():
        pass


def examine(file: UploadedFile, now: datetime) -> dict[str, Any]:
    """The verdict on a container by this installation's trust, as :meth:`offline.Verdict.as_dict` gives it.

    Nothing of it is kept. Raises :class:`Busy`, :class:`NotAContainer`, or ``Invalid`` for one that costs too much.
    """
    _check_form(file)
    with _place() as lock, tempfile.TemporaryDirectory(prefix="ecase-verify-") as made:
        room = Path(made)
        _write_trust(room / "trust", folder.trust())
        outcome = _run(_path(file, room), room, now, lock)
    if "fault" in outcome:
        raise NotAContainer(Fault.of(outcome["fault"]))
    verdict: dict[str, Any] = outcome["verdict"]
    return verdict


def _check_form(file: UploadedFile) -> None:
    """What is plainly no container is refused without a process."""
    try:
        strict_zip.check_ends(cast(BinaryIO, file), settings.CONTAINER_LIMITS.entries)
    except ValueError as fault:
        raise NotAContainer(fault_of(fault)) from fault


def _path(file: UploadedFile, room: Path) -> Path:
    """Where the container lies; one that is held in memory is written down."""
    known = getattr(file, "temporary_file_path", None)
    if known is not None:
        return Path(known())
    path = room / "container"
    with path.open("wb") as target:
        for chunk in file.chunks(COPY_BYTES):
            target.write(chunk)
    return path


def _write_trust(place: Path, trust: offline.Trust) -> None:
    for name, data in folder.files(trust):
        path = place / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def _run(container: Path, room: Path, now: datetime, lock: IO[bytes]) -> dict[str, Any]:
    """The outcome of the process; it has the lock as well, so that its place is taken until it has ended."""
    out = room / "outcome"
    command = [sys.executable, "-m", sandbox.__name__, str(container), str(room / "trust"), str(out)]
    bounds = json.dumps(dataclasses.asdict(settings.CONTAINER_LIMITS))
    process = subprocess.Popen(
        [*command, "--at", now.isoformat(), "--limits", bounds],
        cwd=settings.BASE_DIR,
        env={"PATH": os.environ.get("PATH", ""), "PYTHONDONTWRITEBYTECODE": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        pass_fds=(lock.fileno(),),
    )
    try:
        code = process.wait(sandbox.WALL_SECONDS)
    except subprocess.TimeoutExpired:
        code = None
    finally:
        process.kill()
        process.wait()
    if code != 0:
        raise Invalid(
            Problem("costs-too-much", _("To check this file takes more than is done here. Check it offline."), "file")
        )
    outcome: dict[str, Any] = json.loads(out.read_text(encoding="utf-8"))
    return outcome


@contextmanager
def _place() -> Iterator[IO[bytes]]:
    """One of the places of this machine, for as long as the lock on its file is held by anybody."""
    for number in range(settings.VERIFY_AT_ONCE):
        lock = (_home() / f"place-{number}").open("ab")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            continue
        with lock:
            yield lock
        return
    raise Busy(Problem("busy", _("Other containers are being checked. Try again in a few seconds.")))


def _home() -> Path:
    home = Path(settings.VAR_DIR) / "verify"
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    return home
