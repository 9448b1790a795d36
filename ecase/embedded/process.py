"""Starts processes that cannot outlive the launcher, and stops them so that they can clean up."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ecase.embedded.accounts import Account, credentials
from ecase.embedded.reaper import Reaper

PR_SET_PDEATHSIG = 1  # prctl(2)


@dataclass(frozen=True)
class Program:
    """What to run: ``stop_signal`` asks it to end, ``grace`` seconds later its whole group is killed."""

    name: str
    command: Sequence[str]
    env: Mapping[str, str]
    log: Path
    cwd: Path
    account: Account | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    grace: float = 15.0
    pass_fds: tuple[int, ...] = ()


class Child:
    """A running :class:`Program`, leader of its own session and process group."""

    def __init__(self, program: Program, reaper: Reaper) -> None:
        self.program = program
        self.started = time.monotonic()
        self._reaper = reaper
        with program.log.open("ab") as log:
            self._process = subprocess.Popen(
                program.command,
                cwd=program.cwd,
                env=dict(program.env),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                pass_fds=program.pass_fds,
                preexec_fn=dies_with_parent(program.stop_signal, reaper),  # noqa: PLW1509  the launcher has one thread
                **credentials(program.account),
            )
        self.pid = self._process.pid

    def exit_status(self) -> int | None:
        """None while it runs; else its exit code, negative for a signal."""
        return self._process.poll()

    def ask_to_stop(self) -> None:
        """Send the stop signal to the whole group and return at once."""
        if self.exit_status() is None:
            kill_group(self.pid, self.program.stop_signal)

    def stop(self) -> None:
        """Send the stop signal, wait for the grace period, then kill the rest of the group."""
        self.ask_to_stop()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(self.program.grace)
        kill_group(self.pid)
        self._process.wait()
        self._reaper.forget(self.pid)


def keep_old_log(log: Path) -> None:
    """Begin a new log and keep the previous one, so that a log covers one start."""
    with suppress(FileNotFoundError):
        log.rename(log.with_suffix(".log.1"))


def dies_with_parent(stop_signal: signal.Signals, reaper: Reaper | None = None) -> Callable[[], None]:
    """For ``preexec_fn``: on Linux the kernel sends ``stop_signal`` when the launcher is gone, even if killed.

    With a ``reaper``, for the leader of a group, the group's other processes end then too.
    """
    libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None
    parent = os.getpid()

    def begin() -> None:
        if reaper is not None:
            reaper.announce(stop_signal)
        if libc is None:
            return
        libc.prctl(PR_SET_PDEATHSIG, int(stop_signal), 0, 0, 0)
        if os.getppid() != parent:
            # The launcher ended before prctl was called.
            os.kill(os.getpid(), signal.SIGKILL)

    return begin


def kill_group(group: int, number: int = signal.SIGKILL) -> None:
    """Send a signal to a process group, if there still is one."""
    with suppress(ProcessLookupError):
        os.killpg(group, number)
