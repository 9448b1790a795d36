"""The measured database and web server: created for the run and removed after it."""

import os
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from ecase.embedded import ports
from ecase.embedded_addresses import database_url

BASE = Path(__file__).parents[1]
# As `make demo` runs it (ecase/embedded/demo.py).
GRANIAN = ["granian", "--interface", "asginl", "--host", "127.0.0.1", "--no-ws", "--http", "1"]
WORKERS, THREADS = 2, 2
READY_WITHIN = 60.0  # seconds


@dataclass(frozen=True)
class Databases:
    """The server of ``DATABASE_URL``, on which the run creates its own databases."""

    url: str

    @classmethod
    def configured(cls) -> "Databases":
        """``DATABASE_URL``, or the embedded server of this folder."""
        return cls(os.environ.get("DATABASE_URL") or database_url(BASE))

    def address(self, name: str) -> str:
        """The URL of database ``name`` on the same server."""
        return urlunsplit(urlsplit(self.url)._replace(path=f"/{name}"))

    def run(self, *statements: sql.Composed) -> None:
        """Run statements outside any transaction."""
        with psycopg.connect(self.url.replace("postgres://", "postgresql://", 1), autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)

    def drop(self, name: str) -> None:
        """Drop database ``name`` if it exists, even while clients are connected."""
        self.run(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def create(self, name: str, template: str = "template1") -> None:
        """A fresh database ``name``, empty or a copy of ``template``."""
        self.drop(name)
        create = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        self.run(create.format(sql.Identifier(name), sql.Identifier(template)))

    def version(self) -> str:
        """The server's version, such as ``PostgreSQL 18.6``."""
        with psycopg.connect(self.url.replace("postgres://", "postgresql://", 1)) as connection:
            row = connection.execute("SHOW server_version").fetchone()
        return f"PostgreSQL {row[0].split()[0]}" if row else ""


@dataclass(frozen=True)
class Web:
    port: int
    process: subprocess.Popen[bytes]

    def peak_memory(self) -> float:
        """The largest resident size of any worker, in MB (VmHWM of /proc)."""
        return max(map(_peak, self._workers())) / 1024

    def cpu(self) -> float:
        """The workers' CPU seconds so far."""
        ticks = os.sysconf("SC_CLK_TCK")
        fields = (Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid in self._workers())
        return sum(int(field[11]) + int(field[12]) for field in fields) / ticks

    def _workers(self) -> list[int]:
        path = Path(f"/proc/{self.process.pid}/task")
        found = [int(pid) for task in path.iterdir() for pid in (task / "children").read_text().split()]
        return [pid for pid in found if b"resource_tracker" not in Path(f"/proc/{pid}/cmdline").read_bytes()]


def _peak(pid: int) -> int:
    found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    return int(found.group(1)) if found else 0


@contextmanager
def web(env: dict[str, str], log: Path) -> Iterator[Web]:
    """Granian with two workers, ready to answer."""
    port = ports.first_free(8200)
    command = [sys.executable, "-m", *GRANIAN, "--port", str(port), "--workers", str(WORKERS)]
    command += ["ecase.asgi:application"]
    env = {**env, "ECASE_WEB_THREADS": str(THREADS)}
    with log.open("wb") as output:
        process = subprocess.Popen(command, env=env, cwd=BASE, stdout=output, stderr=output)
    try:
        _await(port, process, log)
        yield Web(port, process)
    finally:
        process.terminate()
        process.wait(30)


def _await(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + READY_WITHIN
    while not _answers(port):
        if process.poll() is not None or time.monotonic() > end:
            raise SystemExit(f"The web server did not start: {log.read_text(errors='replace')[-2000:]}")
        time.sleep(0.1)


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v1/health/live/", timeout=5):
            return True
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
