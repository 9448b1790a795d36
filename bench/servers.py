"""The measured databases and web servers: created for the run and removed after it; CPU and memory from /proc."""

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
GRANIAN = ["granian", "--host", "127.0.0.1", "--no-ws", "--http", "1"]
WORKERS, THREADS = 2, 2
READY_WITHIN = 60.0  # seconds
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Application:
    """What granian serves, and the program that fills its database, both run in ``folder``.

    The peer is WSGI; the service is WSGI too, with its own threads behind granian's ASGI.
    """

    target: str
    options: tuple[str, ...]
    seed: str
    is_migrated: bool = True
    folder: Path = BASE


ECASE = Application("ecase.asgi:application", ("--interface", "asginl"), "bench.seed")
PEER = Application(
    "bench.peer.wsgi:application",
    ("--interface", "wsgi", "--blocking-threads", str(THREADS)),
    "bench.peer.seed",
    is_migrated=False,
)


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
        drop = sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name))
        try:
            self.run(drop + sql.SQL(" WITH (FORCE)"))
        except psycopg.errors.InsufficientPrivilege:
            # An autovacuum worker is nobody's, and only a superuser may end it; a plain drop asks it to stop.
            self.run(drop)

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

    def cpu(self) -> float:
        """CPU seconds of all the server's processes so far. It must run on this machine."""
        main = self._main()
        own = _stat(main)
        running = (_stat(pid)[:2] for pid in _children(main))
        return (sum(own) + sum(map(sum, running))) / _TICKS

    def _main(self) -> int:
        """The server's first process, the parent of all its others."""
        with psycopg.connect(self.url.replace("postgres://", "postgresql://", 1)) as connection:
            pid = connection.info.backend_pid
            try:
                name, parent = Path(f"/proc/{pid}/comm").read_text().strip(), _parent(pid)
            except FileNotFoundError:
                name, parent = "", 0
        if name != "postgres":
            raise SystemExit("CPU is read from /proc: the database server must run on this machine.")
        return parent


def _fields(pid: int) -> list[str]:
    """The fields of /proc/PID/stat after the name; empty if the process has ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return []


def _parent(pid: int) -> int:
    return int(_fields(pid)[1])


def _stat(pid: int) -> tuple[int, ...]:
    """Ticks in user and system mode, and those of the children that it has waited for."""
    return tuple(map(int, _fields(pid)[11:15]))


def _children(pid: int) -> list[int]:
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        found += map(int, (task / "children").read_text().split())
    return found


@dataclass(frozen=True)
class Web:
    port: int
    process: subprocess.Popen[bytes]

    def peak_memory(self) -> float:
        """The largest resident size of any worker so far, in MB."""
        return max(_kilobytes(pid, "VmHWM") for pid in self._workers()) / 1024

    def memory(self) -> list[float]:
        """The resident size of each worker now, in MB."""
        return [_kilobytes(pid, "VmRSS") / 1024 for pid in self._workers()]

    def cpu(self) -> float:
        """The workers' CPU seconds so far."""
        return sum(sum(_stat(pid)[:2]) for pid in self._workers()) / _TICKS

    def _workers(self) -> list[int]:
        found = _children(self.process.pid)
        return [pid for pid in found if b"resource_tracker" not in Path(f"/proc/{pid}/cmdline").read_bytes()]


def _kilobytes(pid: int, name: str) -> int:
    found = re.search(rf"{name}:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    return int(found.group(1)) if found else 0


@contextmanager
def web(env: dict[str, str], log: Path, application: Application = ECASE) -> Iterator[Web]:
    """Granian with two workers, ready to answer."""
    port = ports.first_free(8200)
    command = [sys.executable, "-m", *GRANIAN, "--port", str(port), "--workers", str(WORKERS)]
    command += [*application.options, application.target]
    env = {**env, "ECASE_WEB_THREADS": str(THREADS)}
    with log.open("wb") as output:
        process = subprocess.Popen(command, env=env, cwd=application.folder, stdout=output, stderr=output)
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
