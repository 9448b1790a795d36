"""The account of the servers. PostgreSQL refuses root, so root runs them under an account without rights and shell."""

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from typing import TypedDict

from ecase.console import LaunchError

NAME = "ecase-embedded"


@dataclass(frozen=True)
class Account:
    """A system account: its name and its ids."""

    name: str
    uid: int
    gid: int


class Credentials(TypedDict, total=False):
    """Arguments of :mod:`subprocess` that start a process under another account."""

    user: int
    group: int
    extra_groups: list[int]


def credentials(account: Account | None) -> Credentials:
    """Arguments that drop root's rights for ``account``; empty if there is no account."""
    if account is None:
        return {}
    return {"user": account.uid, "group": account.gid, "extra_groups": []}


def for_servers() -> Account | None:
    """The servers' account if run as root (created at first use), else None: the servers run as the current user."""
    if os.geteuid() != 0:
        return None
    try:
        entry = pwd.getpwnam(NAME)
    except KeyError:
        _create()
        entry = pwd.getpwnam(NAME)
    return Account(NAME, entry.pw_uid, entry.pw_gid)


def _create() -> None:
    useradd = shutil.which("useradd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    if useradd is None:
        raise LaunchError(
            f"As root, the embedded servers need a system user {NAME}, and there is no useradd to make it."
        )
    command = [useradd, "--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent"]
    done = subprocess.run([*command, "--shell", "/usr/sbin/nologin", NAME], capture_output=True, text=True, check=False)
    # 9: another launcher has created it already.
    if done.returncode not in {0, 9}:
        raise LaunchError(f"The system user {NAME} of the embedded servers cannot be made: {done.stderr.strip()}")
