"""A PostgreSQL server for each test process, where the servers are the embedded ones.

A transaction that runs keeps the newest entries of the log out of its tree, in every database of its server: on one
server the tests of one process would wait for those of the other. The files of such a server are kept for the next
session, as those of the first process's are.
"""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from tests.embedded.launchers import BASE_DIR, Site

TELL_AND_WAIT = 'echo "$DATABASE_URL"; exec cat'
PATIENCE = 120.0  # seconds
FILES = BASE_DIR / "var" / "tests"


def address(database: Mapping[str, Any]) -> str:
    """The address of a database of Django's settings, for another process."""
    user, password, host = (quote(database[name] or "", safe="") for name in ("USER", "PASSWORD", "HOST"))
    location = f"{host}:{database['PORT'] or 5432}"
    return f"postgres://{user}{':' if password else ''}{password}@{location}/{database['NAME']}"


def is_embedded(database: Mapping[str, Any]) -> bool:
    """Whether this is a server of ours, and not the developer's."""
    return Path(database["HOST"] or "").name.startswith(f"ecase-{os.getuid()}-")


def needs_own(database: Mapping[str, Any]) -> bool:
    """Whether this is a further process of a session that uses the embedded server."""
    return is_embedded(database) and os.environ.get("PYTEST_XDIST_WORKER", "gw0") != "gw0"


@contextmanager
def running(name: str) -> Iterator[str]:
    """The address of the server of this name; it ends with the block, or with this process."""
    site = Site(FILES / name)
    command = [sys.executable, "-m", "ecase.embedded", "run", "--superuser", "--", "sh", "-c", TELL_AND_WAIT]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(
        command, cwd=BASE_DIR, env=site.environ(), text=True, start_new_session=True, **pipes
    ) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        assert url, "the server did not start"
        yield url
        process.communicate(timeout=PATIENCE)
