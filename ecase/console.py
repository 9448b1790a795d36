"""Output on the terminal: one line per step, with its time, and one sentence on failure."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

WIDTH = 46


class LaunchError(Exception):
    """The text is one sentence for the operator; no traceback is shown."""


class AlreadyReported(Exception):
    """As :class:`LaunchError`, but another process has already printed the sentence."""


def say(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


@contextmanager
def timed(title: str) -> Iterator[None]:
    """Print ``title`` now, and the duration when the block is done."""
    sys.stdout.write(f"  {title} ".ljust(WIDTH, "."))
    sys.stdout.flush()
    start = time.monotonic()
    try:
        yield
    except BaseException:
        say(" failed")
        raise
    say(f"{time.monotonic() - start:6.1f} s")
