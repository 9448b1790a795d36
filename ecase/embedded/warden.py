"""The one who stays behind. A tiny process that ends every process group that a killed launcher left.

The launcher writes ``+<group> <signal>`` for each child that it starts and ``-<group>`` for each that has ended. When
the pipe closes, the launcher is gone: what is still listed is asked to end, then killed. This catches grandchildren,
which the kernel's parent-death signal does not reach.
"""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from typing import TextIO

GRACE = 8.0  # seconds between asking and killing


class Warden:
    """The launcher's end of the pipe."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", __file__], stdin=subprocess.PIPE, start_new_session=True, cwd="/", text=True
        )

    def watch(self, group: int, stop_signal: signal.Signals) -> None:
        """From now on ``group`` shall not outlive the launcher."""
        self._tell(f"+{group} {int(stop_signal)}")

    def forget(self, group: int) -> None:
        """``group`` has ended."""
        self._tell(f"-{group}")

    def dismiss(self) -> None:
        """Close the pipe and wait for the process to end."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        self._process.wait()

    def _tell(self, line: str) -> None:
        if self._process.stdin is not None:
            self._process.stdin.write(f"{line}\n")
            self._process.stdin.flush()


def _listen(pipe: TextIO) -> dict[int, int]:
    """Keep the list until the pipe closes; what is left of it, as group -> stop signal."""
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
