"""Who the servers run as. PostgreSQL refuses root, so root lends the servers an account with no rights and no shell."""

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from typing import TypedDict

from ecase.console import Trouble

NAME = "ecase-embedded"


@dataclass(frozen=True)
class Account:
    """A system account: its name and its numbers."""

    name: str
    uid: int
    gid: int


class Credentials(TypedDict, total=False):
    """Arguments of :mod:`subprocess` that start a process under another account."""

    user: int
    group: int
    extra_groups: list[int]


def credentials(account: Account | None) -> Credentials:
    """To drop root's rights for ``account``; nothing when there is none to drop them for."""
    if account is None:
        return {}
    return {"user": account.uid, "group": account.gid, "extra_groups": []}


def for_servers() -> Account | None:
    """The servers' account when we are root (made at first use), else None: the servers run as whoever we are."""
    if os.geteuid() != 0:
        return None
    try:
        entry = pwd.getpwnam(NAME)
    except KeyError:
        _create()
        entry = pwd.getpwnam(NAME)
    return Account(NAME, entry.pw_uid, entry.pw_gid)


def current_name() -> str:
    """The name of the user who runs the launcher, as PostgreSQL's peer authentication will see it."""
    return pwd.getpwuid(os.geteuid()).pw_name


def _create() -> None:
    useradd = shutil.which("useradd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    if useradd is None:
        raise Trouble(f"As root, the embedded servers need a system user {NAME}, and there is no useradd to make it.")
    command = [useradd, "--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent"]
    done = subprocess.run([*command, "--shell", "/usr/sbin/nologin", NAME], capture_output=True, text=True, check=False)
    # 9: another launcher was faster.
    if done.returncode not in {0, 9}:
        raise Trouble(f"The system user {NAME} of the embedded servers cannot be made: {done.stderr.strip()}")
