"""Files of secrets: only their owner may open them."""

import os
from pathlib import Path

FOREIGN_ACCESS = 0o077


def read_private(path: Path | str) -> bytes:
    """The content of a file that nobody but its owner may open; ``ValueError`` if others may, ``OSError``.

    Judged by the open file, so that it cannot be another one by the time it is read.
    """
    with Path(path).open("rb") as file:
        if os.fstat(file.fileno()).st_mode & FOREIGN_ACCESS:
            raise ValueError(f"{path} must not be accessible to others: chmod 600")
        return file.read()


def write_private(path: Path, data: bytes) -> None:
    """Write a file for its owner only: aside, then into place, so that nobody sees half of it."""
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    aside.replace(path)
