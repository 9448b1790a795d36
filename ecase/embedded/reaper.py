"""Supervisor that ends the process groups that a killed launcher left.

Each child writes ``+<group> <signal>`` before it becomes its program, and the launcher ``-<group>`` for each that has
ended. When the pipe closes, the launcher is gone: the groups still listed are asked to end, then killed. This reaches
grandchildren, which the kernel's parent-death signal does not.
"""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from typing import TextIO

GRACE = 8.0  # seconds between asking and killing


class Reaper:
    """The launcher's end of the pipe."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", __file__], stdin=subprocess.PIPE, start_new_session=True, cwd="/", text=True
        )

    def announce(self, stop_signal: signal.Signals) -> None:
        """Called in the child, between fork and exec: registers its group, which must not outlive the launcher.

        The child itself registers, since the launcher could be killed before it does. The pipe stays open until the
        exec, so the reaper reads this even if the launcher is already gone.
        """
        if self._process.stdin is not None:
            os.write(self._process.stdin.fileno(), f"+{os.getpid()} {int(stop_signal)}\n".encode())

    def forget(self, group: int) -> None:
        """Unregister ``group``, which has ended."""
        if self._process.stdin is not None:
            self._process.stdin.write(f"-{group}\n")
            self._process.stdin.flush()

    def dismiss(self) -> None:
        """Close the pipe and wait for the process to end."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        self._process.wait()


def _listen(pipe: TextIO) -> dict[int, int]:
    """Keep the list until the pipe closes; returns the groups left, as group -> stop signal."""
    groups: dict[int, int] = {}
    for line in pipe:
        group, _, number = line[1:].partition(" ")
        if line.startswith("+"):
            groups[int(group)] = int(number)
        else:
            groups.pop(int(group), None)
    return groups


def _alive(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _end(groups: dict[int, int]) -> None:
    for group, number in groups.items():
        with suppress(ProcessLookupError):
            os.killpg(group, number)
    end = time.monotonic() + GRACE
    while any(map(_alive, groups)) and time.monotonic() < end:
        time.sleep(0.05)
    for group in groups:
        with suppress(ProcessLookupError):
            os.killpg(group, signal.SIGKILL)


if __name__ == "__main__":
    for _number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(_number, signal.SIG_IGN)
    _end(_listen(sys.stdin))
