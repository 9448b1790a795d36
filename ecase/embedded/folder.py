"""The folders of the embedded servers."""

import os
import stat
from dataclasses import dataclass
from pathlib import Path

from ecase.console import LaunchError
from ecase.embedded import accounts
from ecase.embedded.accounts import Account
from ecase.embedded_addresses import find_runtime_dir, find_var_dir

SOCKET_PATH_LIMIT = 107  # bytes, unix(7)
SHARED_DATA_DIR = Path("/var/lib/ecase-embedded")


@dataclass(frozen=True)
class Paths:
    """The folders of one clone.

    ``state_dir`` holds locks and logs, ``data_dir`` PostgreSQL's data, ``runtime_dir`` the Unix sockets; ``account`` is
    the unprivileged account of the servers if the launcher runs as root, else None.
    """

    base_dir: Path
    var_dir: Path
    state_dir: Path
    data_dir: Path
    runtime_dir: Path
    account: Account | None

    @classmethod
    def of(cls, base_dir: Path) -> "Paths":
        """The folders for this clone and the current user. Creates nothing but, as root, the servers' account."""
        base_dir = base_dir.resolve()
        var_dir = find_var_dir(base_dir)
        runtime_dir = find_runtime_dir(base_dir)
        account = accounts.for_servers()
        data_dir = SHARED_DATA_DIR / runtime_dir.name if account else var_dir / "embedded"
        return cls(base_dir, var_dir, var_dir / "embedded", data_dir, runtime_dir, account)

    def give(self, path: Path, *, to_group: bool = False) -> None:
        """Hand ``path``, which was just created, to the servers' account, or only read access to its group."""
        if self.account:
            os.chown(path, os.getuid() if to_group else self.account.uid, self.account.gid)

    def prepare(self) -> None:
        """Create the folders, or refuse folders that another user could have planted."""
        self.state_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        longest = self.runtime_dir / ".s.PGSQL.5432.lock"
        if len(os.fsencode(longest)) > SOCKET_PATH_LIMIT:
            raise LaunchError(
                f"The path of a socket in {self.runtime_dir} is too long: set TMPDIR to a shorter folder."
            )
        self.runtime_dir.mkdir(mode=0o700, exist_ok=True)
        refuse_foreign(self.runtime_dir)
        self.give(self.runtime_dir, to_group=True)
        self.runtime_dir.chmod(0o770 if self.account else 0o700)
        if self.account:
            SHARED_DATA_DIR.mkdir(mode=0o755, exist_ok=True)
            refuse_foreign(SHARED_DATA_DIR)
        self.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self.account:
            # Root owns the folder: the account may enter it, but create nothing where root writes.
            self.give(self.data_dir, to_group=True)
            self.data_dir.chmod(0o750)


def refuse_foreign(folder: Path) -> None:
    """Raise unless a folder under a shared parent is a folder, owned by this user, and not writable by others."""
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
        raise LaunchError(f"{folder} belongs to somebody else or is no folder: remove it, then start again.")
    if found.st_mode & stat.S_IWOTH:
        raise LaunchError(f"{folder} is open to the writing of every user: remove it, then start again.")
