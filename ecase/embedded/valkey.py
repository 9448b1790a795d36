"""The embedded Valkey: Celery's broker on a Unix socket. It stores nothing: durable data is in PostgreSQL."""

import socket
import time
from pathlib import Path

from ecase.console import LaunchError
from ecase.embedded import programs
from ecase.embedded.folder import Paths
from ecase.embedded.postgres import ENVIRONMENT, last_words
from ecase.embedded.process import Child, Program

READY_WITHIN = 15.0  # seconds


def program(paths: Paths, pass_fds: tuple[int, ...] = ()) -> Program:
    """How to run the server of this clone."""
    path = paths.runtime_dir / "valkey.sock"
    listening = ["--port", "0", "--unixsocket", str(path), "--unixsocketperm", "770"]
    forgetting = ["--save", "", "--appendonly", "no", "--maxmemory-policy", "noeviction"]
    return Program(
        name="valkey",
        command=[str(programs.valkey_server(paths)), *listening, *forgetting, "--dir", str(paths.runtime_dir)],
        env=ENVIRONMENT,
        log=paths.state_dir / "valkey.log",
        cwd=paths.runtime_dir,
        account=paths.account,
        pass_fds=pass_fds,
    )


def wait_until_ready(child: Child, paths: Paths) -> None:
    """Return when the server answers; raises :class:`LaunchError` with its last log line if it does not."""
    end = time.monotonic() + READY_WITHIN
    while not _answers(paths.runtime_dir / "valkey.sock"):
        if child.exit_status() is not None:
            raise LaunchError(f"Valkey did not start: {last_words(child.program.log)}")
        if time.monotonic() > end:
            raise LaunchError(f"Valkey was not ready within {READY_WITHIN:.0f} seconds: see {child.program.log}.")
        time.sleep(0.02)


def _answers(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(1)
        try:
            connection.connect(str(path))
            connection.sendall(b"PING\r\n")
            return connection.recv(16).startswith(b"+PONG")
        except OSError:
            return False
