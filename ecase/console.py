"""What the person at the terminal sees: one line a step, with its time, and one sentence when something fails."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

WIDTH = 46


class Trouble(Exception):
    """The text is one sentence for the person at the terminal; no traceback is shown."""


class Told(Exception):
    """The same, but another process has printed the sentence already."""


def say(line: str) -> None:
    """A line for the person at the terminal, at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


@contextmanager
def timed(title: str) -> Iterator[None]:
    """Print ``title`` now and, when the block is done, how long it took."""
    sys.stdout.write(f"  {title} ".ljust(WIDTH, "."))
    sys.stdout.flush()
    start = time.monotonic()
    try:
        yield
    except BaseException:
        say(" failed")
        raise
    say(f"{time.monotonic() - start:6.1f} s")
