"""The embedded Valkey: Celery's broker on a Unix socket. It stores nothing: durable data is in PostgreSQL."""

import socket
import time
from pathlib import Path

from ecase.console import Trouble
from ecase.embedded import programs
from ecase.embedded.folder import Place
from ecase.embedded.postgres import environment, last_words
from ecase.embedded.process import Child, Program

READY_WITHIN = 15.0  # seconds


def program(place: Place, pass_fds: tuple[int, ...] = ()) -> Program:
    """How to run the server of this place."""
    path = place.runtime_dir / "valkey.sock"
    listening = ["--port", "0", "--unixsocket", str(path), "--unixsocketperm", "770"]
    forgetting = ["--save", "", "--appendonly", "no", "--maxmemory-policy", "noeviction"]
    return Program(
        name="valkey",
        command=[str(programs.valkey_server(place)), *listening, *forgetting, "--dir", str(place.runtime_dir)],
        env=environment(),
        log=place.state_dir / "valkey.log",
        cwd=place.runtime_dir,
        account=place.account,
        pass_fds=pass_fds,
    )


def wait_until_ready(child: Child, place: Place) -> None:
    """Return when the server answers; raises :class:`Trouble` with its last log line if it does not."""
    end = time.monotonic() + READY_WITHIN
    while not _answers(place.runtime_dir / "valkey.sock"):
        if child.exit_status() is not None:
            raise Trouble(f"Valkey did not start: {last_words(child.program.log)}")
        if time.monotonic() > end:
            raise Trouble(f"Valkey was not ready within {READY_WITHIN:.0f} seconds: see {child.program.log}.")
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
