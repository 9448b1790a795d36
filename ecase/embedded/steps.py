"""Set-up steps: one command each, one line each on the screen, with its time."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from ecase.embedded.children import dies_with_parent
from ecase.embedded.trouble import Trouble

WIDTH = 46


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


def command(title: str, arguments: Sequence[str], env: Mapping[str, str], cwd: Path, log: Path) -> str:
    """Run a step to its end and return what it printed; :class:`Trouble` when it fails.

    The trouble has the last line of what was printed; all of it goes to ``log``.
    """
    with timed(title):
        done = subprocess.run(
            arguments,
            env=dict(env),
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            preexec_fn=dies_with_parent(signal.SIGTERM),
        )
        if done.returncode != 0:
            log.write_text(f"{done.stdout}\n{done.stderr}")
            raise Trouble(f"{title}: {_sentence(done.stderr or done.stdout)} (see {log})")
        return done.stdout


def _sentence(output: str) -> str:
    """The last line of an error, without the exception's class and our own name before it."""
    lines = [line.strip() for line in output.strip().splitlines() if line.strip()] or ["it failed without a word"]
    head, colon, rest = lines[-1].partition(": ")
    is_class = head == "ecase" or "." in head or head.endswith(("Error", "Exception"))
    return rest if colon and is_class and " " not in head else lines[-1]
