"""The log's own signing key: a file that only the service's user may read, and the verifier key that all may have."""

import os
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from signatures.transparency import Signer, Verifier

PUBLIC_NAME = "log.vkey"
_FOREIGN_ACCESS = 0o077


def make() -> Verifier:
    """Make the key, unless there is one, and put its verifier key into the trust folder as ``log.vkey``."""
    path = Path(settings.LOG_KEY_FILE)
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        _write_once(path, str(Signer.generate(f"{settings.INSTALLATION_ID}/audit")))
    verifier = signer().verifier
    trust = Path(settings.TRUST_DIR)
    trust.mkdir(parents=True, exist_ok=True)
    (trust / PUBLIC_NAME).write_text(f"{verifier}\n")
    return verifier


def _write_once(path: Path, text: str) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(text + "\n")


def signer() -> Signer:
    """The key, read anew when the file changes. Raises :class:`ImproperlyConfigured` if it is missing or exposed."""
    path = Path(settings.LOG_KEY_FILE)
    try:
        status = path.stat()
    except FileNotFoundError as fault:
        raise ImproperlyConfigured(f"{path} is missing: make the log's key with `manage.py audit make-key`") from fault
    if status.st_mode & _FOREIGN_ACCESS:
        raise ImproperlyConfigured(f"{path} must not be accessible to others: chmod 600")
    return _read(path, status.st_mtime_ns)


@lru_cache(maxsize=4)
def _read(path: Path, changed: int) -> Signer:
    try:
        return Signer.parse(path.read_text())
    except ValueError as fault:
        raise ImproperlyConfigured(f"{path}: {fault}") from fault
