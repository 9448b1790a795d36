"""A PostgreSQL server for each test process, where the servers are the embedded ones.

A transaction that runs keeps the newest entries of the log out of its tree, in every database of its server: on one
server the tests of one process would wait for those of the other.
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


def address(database: Mapping[str, Any]) -> str:
    """The address of a database of Django's settings, for another process."""
    user, password, host = (quote(database[name] or "", safe="") for name in ("USER", "PASSWORD", "HOST"))
    location = f"{host}:{database['PORT'] or 5432}"
    return f"postgres://{user}{':' if password else ''}{password}@{location}/{database['NAME']}"


def needs_own(database: Mapping[str, Any]) -> bool:
    """Whether this is a further process of a session that uses the embedded server, and not one of the developer's."""
    embedded = Path(database["HOST"] or "").name.startswith(f"ecase-{os.getuid()}-")
    return embedded and os.environ.get("PYTEST_XDIST_WORKER", "gw0") != "gw0"


@contextmanager
def running(var: Path) -> Iterator[str]:
    """The address of a server whose files are in ``var``; it ends with the block, or with this process."""
    site = Site(var)
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
    site.sweep()
