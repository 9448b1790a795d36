"""Client of the confined reader: one reader for each process of the service, started on first use.

An exploited library affects only a process that was forked for this file. One file is read at a time.
"""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ecase.untrusted.findings import LIMITS, Finding

# Seconds of processor time and of time for a request, and how long another request waits for its turn.
CPU, WAIT, TURN = 20, 40, 60
# Seconds for all files of one print together.
PRINT = 60
END = b"end\n"
_HOME = Path(__file__).parents[2]


class Busy(Exception):
    """Too many files are being read at this moment."""


@dataclass(frozen=True)
class Examined:
    """The type of a file (``docx`` for ``zip``; empty: none of the known), and the objections to it."""

    form: str
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class Part:
    """A PDF to be joined, with its title in the outline, if any."""

    path: Path
    title: str = ""


def examine(path: Path, form: str) -> Examined:
    """Read the file at ``path``, which presents itself as ``form`` (``forms.STRUCTURED``).

    A file that crashes its reader or exceeds its limits has the finding ``limits``. Raises :class:`Busy`.
    """
    answers = _reader.ask({"task": "examine", "form": form, "path": str(path)})
    if not answers:
        return Examined(form, (Finding(LIMITS),))
    return Examined(answers[0]["form"], tuple(Finding(**finding) for finding in answers[0]["findings"]))


def prepare(paths: Sequence[Path]) -> list[str]:
    """Rewrite each PDF in place for :func:`join`; for each a code of ``findings`` if that is not possible.

    Each has its own process; after ``PRINT`` seconds for all, the remaining ones are ``limits``. Raises :class:`Busy`.
    """
    ends, codes = time.monotonic() + PRINT, []
    for path in paths:
        answers = _reader.ask({"task": "prepare", "path": str(path)}) if time.monotonic() < ends else []
        codes.append(str(answers[0]["code"]) if answers else LIMITS)
    return codes


def join(parts: Sequence[Part], target: Path) -> bool:
    """Write prepared PDFs one after the other to ``target``; False if that exceeds the limits."""
    listed = [[part.title, str(part.path)] for part in parts]
    return bool(_reader.ask({"task": "join", "parts": listed, "target": str(target)}))


@dataclass
class _Reader:
    """The reader's process, and the lock that lets one thread at a time use it."""

    _lock: threading.Lock = field(default_factory=threading.Lock)
    _process: subprocess.Popen[bytes] | None = None
    _owner: int = 0

    def ask(self, request: dict[str, Any]) -> list[dict[str, Any]]:
        """The lines that the process forked for ``request`` wrote before it ended or was killed."""
        if not self._lock.acquire(timeout=TURN):
            raise Busy
        try:
            return list(filter(None, map(_parsed, self._lines(json.dumps(request).encode() + b"\n"))))
        except OSError as fault:
            if self._process is not None and self._owner == os.getpid():
                self._process.kill()
                self._process.wait()
            self._process = None
            raise Busy from fault
        finally:
            self._lock.release()

    def _lines(self, request: bytes) -> Iterator[bytes]:
        process = self._running()
        if process.stdin is None or process.stdout is None:
            raise OSError("the reader has no pipes")
        process.stdin.write(request)
        process.stdin.flush()
        # The forked process ends within its limits; the last line comes from the reader itself.
        for line in iter(process.stdout.readline, END):
            if not line.endswith(b"\n"):
                raise OSError("the reader has ended")
            yield line

    def _running(self) -> subprocess.Popen[bytes]:
        """The process, started again if it has ended or belongs to the parent of a forked process."""
        if self._process is None or self._owner != os.getpid() or self._process.poll() is not None:
            command = [sys.executable, "-m", "ecase.untrusted", str(CPU), str(WAIT)]
            self._process = subprocess.Popen(
                command, cwd=_HOME, env={}, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
            )
            self._owner = os.getpid()
        return self._process


def _parsed(line: bytes) -> dict[str, Any] | None:
    """None for a line that its process did not write completely."""
    try:
        answer = json.loads(line)
    except ValueError:
        return None
    return answer if isinstance(answer, dict) else None


_reader = _Reader()
