"""Files with secrets that only their owner may open."""

import os
from pathlib import Path

FOREIGN_ACCESS = 0o077


def read_private(path: Path | str) -> bytes:
    """The content of a file that only its owner may open. Raises ``ValueError`` if others may, or ``OSError``.

    The permissions are read from the open file, so that it cannot be exchanged before it is read.
    """
    with Path(path).open("rb") as file:
        if os.fstat(file.fileno()).st_mode & FOREIGN_ACCESS:
            raise ValueError(f"{path} must not be accessible to others: chmod 600")
        return file.read()


def write_private(path: Path, data: bytes) -> None:
    """Write a file with mode 600: a temporary file is renamed, so that readers never see a partial one."""
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    aside.replace(path)
