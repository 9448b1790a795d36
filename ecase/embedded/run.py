"""``run -- COMMAND``: runs a command with both servers, in the foreground of the terminal."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial

from ecase.console import LaunchError
from ecase.embedded import servers
from ecase.embedded.folder import Paths
from ecase.embedded.process import dies_with_parent, kill_group
from ecase.embedded.reaper import Reaper
from ecase.embedded_addresses import OWNER, SUPERUSER


def run(paths: Paths, command: Sequence[str], *, superuser: bool = False) -> int:
    """Run ``command`` with DATABASE_URL and BROKER_URL set; its exit code, as a shell would report it.

    ``superuser`` is for tests, which modify tables behind the application's back and create roles.
    """
    reaper = Reaper()
    try:
        with servers.running(paths, reaper, partial(print, file=sys.stderr)) as ready:
            env = {**os.environ, **ready.env}
            if superuser and "DATABASE_URL" in ready.env:
                env["DATABASE_URL"] = env["DATABASE_URL"].replace(f"//{OWNER}@", f"//{SUPERUSER}@")
            return _foreground(command, env, reaper)
    finally:
        reaper.dismiss()


def _foreground(command: Sequence[str], env: Mapping[str, str], reaper: Reaper) -> int:
    """The command leads its own process group and has the terminal, so that Ctrl-C reaches it and not the launcher."""
    try:
        process = subprocess.Popen(
            command,
            env=dict(env),
            process_group=0,
            preexec_fn=dies_with_parent(signal.SIGTERM, reaper),  # noqa: PLW1509
        )
    except OSError as fault:
        raise LaunchError(f"{command[0]} cannot be started: {fault.strerror}.") from fault
    with _signals_passed_on(process.pid), _terminal_lent(process.pid):
        code = process.wait()
    kill_group(process.pid)
    reaper.forget(process.pid)
    return code if code >= 0 else 128 - code


@contextmanager
def _signals_passed_on(group: int) -> Iterator[None]:
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, lambda sent, _frame: kill_group(group, sent)) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _terminal_lent(group: int) -> Iterator[None]:
    if not (sys.stdin.isatty() and os.tcgetpgrp(sys.stdin.fileno()) == os.getpgrp()):
        yield
        return
    # A background process that uses the terminal is stopped by SIGTTOU: the launcher is one while the command runs.
    before = signal.signal(signal.SIGTTOU, signal.SIG_IGN)
    os.tcsetpgrp(sys.stdin.fileno(), group)
    try:
        yield
    finally:
        os.tcsetpgrp(sys.stdin.fileno(), os.getpgrp())
        signal.signal(signal.SIGTTOU, before)
