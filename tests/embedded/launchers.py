"""A launcher as a test's subprocess, and the processes below it."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parents[2]
PATIENCE = 120.0  # seconds


@dataclass(frozen=True)
class Site:
    """A data folder, the code that uses it, and how to call Python there."""

    var_dir: Path
    base_dir: Path = BASE_DIR
    prefix: tuple[str, ...] = ()
    python: str = sys.executable
    env: Mapping[str, str] = field(default_factory=dict)

    def environ(self) -> dict[str, str]:
        """The environment of a newcomer's shell: no server is configured."""
        ours = ("DATABASE_URL", "BROKER_URL", "DJANGO_SETTINGS_MODULE", "ECASE_", "PYTEST_")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
        return {**kept, "ECASE_VAR": str(self.var_dir), **self.env}

    def ask(self, expression: str) -> str:
        """Evaluate an expression over ``place`` in the site's own code and account."""
        names = "from ecase.embedded import programs; from ecase.embedded.__main__ import BASE_DIR, Paths"
        code = f"{names}; place = Paths.of(BASE_DIR); print({expression})"
        return self.call("-c", code).stdout.strip()

    def call(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run Python there to its end."""
        return subprocess.run(
            [*self.prefix, self.python, *arguments],
            cwd=self.base_dir, env=self.environ(), capture_output=True, text=True, check=False, timeout=300,
        )  # fmt: skip

    def launch(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run the launcher to its end."""
        return self.call("-m", "ecase.embedded", *arguments)

    def sweep(self) -> None:
        """Remove what lies outside of the test's own folder."""
        for expression in ("place.runtime_dir", "place.data_dir"):
            folder = self.ask(expression)
            if folder:
                shutil.rmtree(folder, ignore_errors=True)


@dataclass(frozen=True)
class Process:
    """A process that cannot be mistaken for a later one with the same number."""

    pid: int
    started: str

    def runs(self) -> bool:
        facts = _stat(self.pid)
        return facts is not None and facts[0] not in "ZX" and facts[-1] == self.started

    def parent(self) -> int | None:
        facts = _stat(self.pid)
        return int(facts[1]) if facts else None

    def uid(self) -> int | None:
        with suppress(FileNotFoundError):
            return Path(f"/proc/{self.pid}").stat().st_uid
        return None

    def command(self) -> str:
        """Its arguments, separated by spaces; empty when it has ended."""
        with suppress(FileNotFoundError, ProcessLookupError):
            return Path(f"/proc/{self.pid}/cmdline").read_text().replace("\0", " ")
        return ""


class Launcher:
    """``python -m ecase.embedded ...`` in a session of its own."""

    def __init__(self, site: Site, arguments: Sequence[str]) -> None:
        self.site = site
        self._process = subprocess.Popen(
            [*site.prefix, site.python, "-m", "ecase.embedded", *arguments],
            cwd=site.base_dir, env=site.environ(), text=True, start_new_session=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        self.pid = self._process.pid

    def line(self) -> str:
        """The next line of standard output."""
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()

    def lines_until(self, text: str) -> list[str]:
        """Read up to and with the line that contains ``text``."""
        lines = [self.line()]
        while text not in lines[-1]:
            if not lines[-1] and self._process.poll() is not None:
                raise AssertionError(f"ended before {text!r}: {lines} {self._process.stderr.read()}")  # type: ignore[union-attr]
            lines.append(self.line())
        return lines

    def family(self) -> set[Process]:
        """The launcher and every process below it, now."""
        return {process for pid in {self.pid, *_descendants(self.pid)} if (process := _process(pid))}

    def send(self, number: signal.Signals, *, to_group: bool = False) -> None:
        (os.killpg if to_group else os.kill)(self.pid, number)

    def finish(self) -> tuple[int, str, str]:
        """Wait for its end: exit code, the rest of standard output, standard error."""
        out, err = self._process.communicate(timeout=PATIENCE)
        return self._process.returncode, out, err

    def end(self) -> None:
        """End it, whatever it is doing."""
        family = self.family()
        with suppress(ProcessLookupError):
            self.send(signal.SIGTERM)
        self._process.communicate(timeout=PATIENCE)
        wait_for(lambda: not any(process.runs() for process in family))


def wait_for(condition: Callable[[], bool], patience: float = PATIENCE) -> None:
    """Poll until it is so; fail when it does not become so."""
    end = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)


def _descendants(pid: int) -> set[int]:
    below: set[int] = set()
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):
            below |= {int(child) for child in task.read_text().split()}
    return below.union(*(_descendants(child) for child in below))


def _process(pid: int) -> Process | None:
    facts = _stat(pid)
    return Process(pid, facts[-1]) if facts else None


def _stat(pid: int) -> list[str] | None:
    """Fields 3 (state) to 22 (start time) of proc_pid_stat(5)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()[:20]
    except (FileNotFoundError, ProcessLookupError):
        return None
