"""Watches in processes of their own, on the tests' database, log and files."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from django.conf import settings
from django.db import connection

from tests import servers

VARIABLES = {
    "MEDIA_ROOT": "ECASE_MEDIA",
    "LOG_KEY_FILE": "ECASE_LOG_KEY",
    "CHECKPOINT_DIR": "ECASE_CHECKPOINT_DIR",
    "TRUST_DIR": "ECASE_TRUST_DIR",
}


def environment() -> dict[str, str]:
    """What a process of its own needs to work on the tests' database, log and files."""
    paths = {variable: str(getattr(settings, name)) for name, variable in VARIABLES.items()}
    url = servers.address(connection.settings_dict)
    return {**os.environ, **paths, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "ecase.settings"}


class Watching:
    """``manage.py watch`` as long as the block lasts; killed at its end if it has not been before."""

    def __enter__(self) -> Self:
        command = [sys.executable, "manage.py", "watch", "--interval", "0.1"]
        self.process = subprocess.Popen(command, cwd=settings.BASE_DIR, env=environment())
        return self

    def kill(self) -> None:
        """SIGKILL, at whatever instruction it is."""
        self.process.kill()
        self.process.wait()

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()


# Forks a watch for every line that it reads, and tells its process id; the kernel reaps those that end.
FORKER = """
import os, signal, sys
import django
django.setup()
from django.core.management import call_command, load_command_class
load_command_class("workflows.watch", "watch")
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
for _line in sys.stdin:
    if pid := os.fork():
        print(pid, flush=True)
    else:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        call_command("watch", interval=0.1)
"""


@dataclass(frozen=True)
class Forked:
    """A watch that this process did not start itself."""

    pid: int

    def kill(self) -> None:
        """SIGKILL, at whatever instruction it is; returns when it is gone."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
            while True:
                os.kill(self.pid, 0)
                time.sleep(0.005)


class Watches:
    """Starts many watches: each is a process of its own, forked from one that has imported the program already."""

    def __init__(self, forker: "subprocess.Popen[str]") -> None:
        self._forker = forker

    @contextmanager
    def another(self) -> Iterator[Forked]:
        """A watch as long as the block lasts; killed at its end if it has not been before."""
        assert self._forker.stdin
        assert self._forker.stdout
        self._forker.stdin.write("\n")
        self._forker.stdin.flush()
        watch = Forked(int(self._forker.stdout.readline()))
        try:
            yield watch
        finally:
            watch.kill()


@contextmanager
def forked_watches() -> Iterator[Watches]:
    """Watches on the tests' database, log and files as they are now."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    command = [sys.executable, "-c", FORKER]
    with subprocess.Popen(command, cwd=settings.BASE_DIR, env=environment(), text=True, **pipes) as forker:
        yield Watches(forker)
