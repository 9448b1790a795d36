"""Locks between launchers of one folder. A lock is a flock(2), which ends with the process that holds it."""

import fcntl
import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass
class Lock:
    """A lock file whose content describes the holder."""

    path: Path
    _fd: int | None = field(default=None, init=False)

    def take(self, *, shared: bool = False, wait: bool = False) -> bool:
        """Take the lock; False if another process has it and ``wait`` is false."""
        path_fd = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        mode = (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | (0 if wait else fcntl.LOCK_NB)
        try:
            fcntl.flock(path_fd, mode)
        except BlockingIOError:
            os.close(path_fd)
            return False
        except BaseException:
            os.close(path_fd)
            raise
        self._fd = path_fd
        return True

    def release(self) -> None:
        """Release the lock; nothing happens if it is not held."""
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None

    def is_held(self) -> bool:
        """Whether any process, this one included, holds it exclusively."""
        if self._fd is not None:
            return True
        if not self.take(shared=True):
            return True
        self.release()
        return False

    def fileno(self) -> int:
        """The file descriptor of the lock, to be inherited by a child."""
        if self._fd is None:
            raise ValueError(f"{self.path} is not locked")
        return self._fd

    def write(self, facts: dict[str, Any]) -> None:
        """Write the holder's description, for others to read."""
        data = json.dumps({"pid": os.getpid(), **facts}).encode()
        os.ftruncate(self.fileno(), 0)
        os.pwrite(self.fileno(), data, 0)

    def read(self) -> dict[str, Any]:
        """The holder's description; empty if there is none yet, or only half of it."""
        try:
            facts = json.loads(self.path.read_text() or "{}")
        except (FileNotFoundError, json.JSONDecodeError):
            return {}
        return dict(facts)
