"""Verification of anybody's evidence container, for the portal and for REST.

No sign-in is needed, so the cost is limited. A fixed number of verifications run at once on this machine, each in its
own process with limits of memory and time (``signatures.cli.sandbox``). The rate of requests from one address is
counted by ``ecase.limits`` under ``verify``, for portal and REST together.
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
from signatures.container import strict_zip
from signatures.report.faults import Fault, fault_of

COPY_BYTES = 256 * 1024
AGAIN_SECONDS = 5


class Busy(Refused):
    """The maximum number of containers is being verified at this moment."""

    slug, status, title = "try-later", 503, _("Not possible at this moment")
    headers: Mapping[str, str] = MappingProxyType({"Retry-After": str(AGAIN_SECONDS)})


class NotAContainer(Invalid):
    """The upload is no evidence container, or is too large; ``why`` states the reason."""

    def __init__(self, why: Fault) -> None:
        super().__init__(Problem("not-a-container", _("This is not an evidence container of ecase."), "file"))
        self.why = why


def admit() -> None:
    """Refuse the request before the body is read if no place is free. Raises :class:`Busy`."""
    with _place():
        pass


def examine(file: UploadedFile, now: datetime) -> dict[str, Any]:
    """The verdict on a container by this installation's trust, as :meth:`offline.Verdict.as_dict` returns it.

    Nothing is stored. Raises :class:`Busy`, :class:`NotAContainer`, or ``Invalid`` if it exceeds the limits of cost.
    """
    try:
        # Refuses what is plainly no container without starting a process.
        strict_zip.check_ends(cast(BinaryIO, file), settings.CONTAINER_LIMITS.entries)
    except ValueError as fault:
        raise NotAContainer(fault_of(fault)) from fault
    with _place() as lock, tempfile.TemporaryDirectory(prefix="ecase-verify-") as made:
        room = Path(made)
        folder.write(room / "trust", folder.trust())
        outcome = _run(_path(file, room), room, now, lock)
    if "fault" in outcome:
        raise NotAContainer(Fault.of(outcome["fault"]))
    verdict: dict[str, Any] = outcome["verdict"]
    return verdict


def _path(file: UploadedFile, room: Path) -> Path:
    """The path of the container; one that is held in memory is written to a file."""
    known = getattr(file, "temporary_file_path", None)
    if known is not None:
        return Path(known())
    path = room / "container"
    with path.open("wb") as target:
        for chunk in file.chunks(COPY_BYTES):
            target.write(chunk)
    return path


def _run(container: Path, room: Path, now: datetime, lock: IO[bytes]) -> dict[str, Any]:
    """The output of the process. It inherits the lock, so that its place is taken until it has ended."""
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
    """One of the places of this machine, taken as long as any process holds the lock on its file."""
    home = Path(settings.VAR_DIR) / "verify"
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    for number in range(settings.VERIFY_AT_ONCE):
        lock = (home / f"place-{number}").open("ab")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            continue
        with lock:
            yield lock
        return
    raise Busy(Problem("busy", _("Other containers are being checked. Try again in a few seconds.")))
