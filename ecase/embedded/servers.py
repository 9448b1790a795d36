"""Both embedded servers as one: started by the first launcher, shared by the others, stopped after the last.

Three locks. ``servers.lock`` is held by the launcher that started them; its content states where they listen.
``users.lock`` is held shared by every launcher that has joined; the owner takes it exclusively before it stops the
servers. ``alive.lock`` is also inherited by the servers themselves, so that a new launcher can detect that the servers
of a killed one are still shutting down.
"""

import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from ecase.console import LaunchError
from ecase.embedded import postgres, programs, valkey
from ecase.embedded.folder import Paths
from ecase.embedded.locks import Lock
from ecase.embedded.process import Child, keep_old_log
from ecase.embedded.reaper import Reaper
from ecase.embedded_addresses import broker_url, database_url

PATIENCE = 60.0  # seconds for another launcher to get ready, or for the servers of a killed one to end

Say = Callable[[str], None]


@dataclass
class Servers:
    """What a command needs to reach the servers (``env``), and the processes if this launcher owns them."""

    env: dict[str, str]
    children: list[Child] = field(default_factory=list)


@dataclass(frozen=True)
class Locks:
    """The three locks of a clone."""

    servers: Lock
    users: Lock
    alive: Lock

    @classmethod
    def of(cls, paths: Paths) -> "Locks":
        return cls(*(Lock(paths.state_dir / f"{name}.lock") for name in ("servers", "users", "alive")))


def missing(environ: Mapping[str, str]) -> tuple[str, ...]:
    """Which of the two servers are not configured and are therefore embedded."""
    return tuple(name for name in ("DATABASE_URL", "BROKER_URL") if not environ.get(name))


@contextmanager
def running(paths: Paths, reaper: Reaper, say: Say) -> Iterator[Servers]:
    """The servers, for the duration of the block; nothing is started if the user has set both addresses."""
    needed = missing(os.environ)
    if not needed:
        yield Servers(_mode())
        return
    paths.prepare()
    locks = Locks.of(paths)
    if _own_or_join(locks):
        with _started(paths, locks, reaper, say) as servers:
            yield Servers(_env(paths, servers.env, needed), servers.children)
    else:
        try:
            yield Servers(_env(paths, locks.servers.read()["env"], needed))
        finally:
            locks.users.release()


def _own_or_join(locks: Locks) -> bool:
    """True if this launcher has to start the servers; False if they are running, and it has joined as a user."""
    end = time.monotonic() + PATIENCE
    while True:
        if locks.servers.take():
            return True
        locks.users.take(shared=True, wait=True)
        if locks.servers.is_held() and "env" in locks.servers.read():
            return False
        locks.users.release()
        if time.monotonic() > end:
            raise LaunchError(f"Process {locks.servers.read().get('pid')} has been starting the servers for a minute.")
        time.sleep(0.1)


@contextmanager
def _started(paths: Paths, locks: Locks, reaper: Reaper, say: Say) -> Iterator[Servers]:
    locks.servers.write({})
    end = time.monotonic() + PATIENCE
    while not locks.alive.take():
        if time.monotonic() > end:
            raise LaunchError(f"The servers of a launcher that was killed do not end: see {paths.state_dir}/*.log.")
        time.sleep(0.05)
    children: list[Child] = []
    try:
        _start(paths, locks, reaper, children)
        env = {"DATABASE_URL": database_url(paths.base_dir), "BROKER_URL": broker_url(paths.base_dir)}
        locks.servers.write({"env": env})
        yield Servers(env, children)
    finally:
        _await_users(locks, say)
        for child in reversed(children):
            child.stop()
        for lock in (locks.alive, locks.servers, locks.users):
            lock.release()


def _start(paths: Paths, locks: Locks, reaper: Reaper, children: list[Child]) -> None:
    descriptors = (locks.alive.fileno(),)
    # Started one by one: if the second fails, the first is already listed to be stopped.
    for server in (postgres, valkey):
        program = server.program(paths, descriptors)
        keep_old_log(program.log)
        children.append(Child(program, reaper))
    postgres.wait_until_ready(children[0], paths)
    valkey.wait_until_ready(children[1], paths)


def _env(paths: Paths, urls: Mapping[str, str], needed: tuple[str, ...]) -> dict[str, str]:
    """The addresses that are not configured, and the server's own psql, pg_dump, pgbench on the PATH."""
    path = f"{programs.postgres_bin(paths)}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    return {"PATH": path, **_mode(), **{name: urls[name] for name in needed}}


def _mode() -> dict[str, str]:
    """A process started by the launcher is a demonstration or a test, unless the user sets the mode."""
    return {"ECASE_MODE": os.environ.get("ECASE_MODE") or "demo"}


def _await_users(locks: Locks, say: Say) -> None:
    if locks.users.take():
        return
    say("Another command of this folder still uses the servers: waiting for it (Ctrl-C stops them now).")
    try:
        locks.users.take(wait=True)
    except KeyboardInterrupt:
        say("Stopping them under it.")
