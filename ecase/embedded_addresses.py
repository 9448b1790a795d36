"""Addresses of this folder's embedded servers, derived from the data folder only, so that two clones never collide."""

import hashlib
import os
import tempfile
from pathlib import Path
from urllib.parse import quote

OWNER, SUPERUSER = "ecase", "postgres"


def find_var_dir(base_dir: Path) -> Path:
    """The folder of everything that an installation writes: ``ECASE_VAR``, or ``var`` next to the code."""
    return Path(os.environ.get("ECASE_VAR") or base_dir / "var").resolve()


def find_runtime_dir(base_dir: Path) -> Path:
    """The folder of the Unix sockets. Its path is short, since a socket's path may have 107 bytes (unix(7))."""
    mark = hashlib.sha256(str(find_var_dir(base_dir)).encode()).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"ecase-{os.getuid()}-{mark}"


def database_url(base_dir: Path, role: str = OWNER) -> str:
    """Django's address of the embedded PostgreSQL; ``role`` is the application's or the superuser's."""
    return f"postgres://{role}@{quote(str(find_runtime_dir(base_dir)), safe='')}:5432/ecase"


def broker_url(base_dir: Path) -> str:
    """Celery's address of the embedded Valkey."""
    return f"redis+socket://{find_runtime_dir(base_dir) / 'valkey.sock'}"
