"""Debian's PostgreSQL, PgBouncer, RabbitMQ and nginx, each an instance in a folder, on free ports of the loopback.

Those that run on the machine already are not touched. What refuses to run as root gets an unprivileged account.
"""

import os
import pwd
import shutil
import signal
import socket
import subprocess
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.embedded.launchers import wait_for

PATIENCE = 90.0  # seconds
SUPERUSER_PASSWORD = "superuser-secret"
AS_ROOT = os.geteuid() == 0
_ACCOUNTS = ("postgres", "nobody")
_RABBITMQ = Path("/usr/lib/rabbitmq/bin")


def free_port() -> int:
    """A port of the loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def program(name: str, *folders: Path) -> Path:
    """Where a program of a Debian package is."""
    found = shutil.which(name, path=os.pathsep.join([*map(str, folders), os.environ["PATH"], "/usr/sbin", "/usr/bin"]))
    assert found, f"{name} is not installed: see .ci/run for the packages"
    return Path(found)


def postgres_folder() -> Path:
    """The programs of the newest PostgreSQL that Debian has installed."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: int(folder.parent.name))
    assert folders, "postgresql is not installed: see .ci/run for the packages"
    return folders[-1]


def wrapper(path: Path, target: Path, arguments: str = "", env: dict[str, str] | None = None) -> None:
    """A program that is ``target`` in an instance of ours."""
    lines = [f"export {name}={value!r}" for name, value in (env or {}).items()]
    path.write_text("\n".join(["#!/bin/sh", *lines, f'exec {target} {arguments} "$@"', ""]))
    path.chmod(0o755)


@dataclass
class Postgres:
    """A cluster that can be stopped and started again."""

    root: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def data(self) -> Path:
        return self.root / "postgres"

    def initialise(self) -> None:
        """Make the cluster; its superuser is ``postgres``."""
        secret = self.root / "superuser"
        self.data.mkdir()
        secret.write_text(SUPERUSER_PASSWORD)
        for path in (self.data, secret):
            _give(path)
        options = [f"--pwfile={secret}", "--username=postgres", "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C"]
        command = [str(postgres_folder() / "initdb"), "--pgdata", str(self.data), "--no-sync", *options]
        subprocess.run(command, check=True, capture_output=True, cwd="/", timeout=PATIENCE, **_account())

    def start(self) -> None:
        """Start it and wait until it accepts connections."""
        settings = {"listen_addresses": "127.0.0.1", "unix_socket_directories": "", "fsync": "off"}
        command = [str(postgres_folder() / "postgres"), "-D", str(self.data), "-p", str(self.port)]
        command += [f"--{name}={value}" for name, value in settings.items()]
        with (self.root / "postgres.log").open("ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, cwd="/", **_account())
        ready = [str(postgres_folder() / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        wait_for(lambda: subprocess.run(ready, check=False, timeout=PATIENCE).returncode == 0, PATIENCE)

    def stop(self) -> None:
        """An immediate end, as a machine that is switched off."""
        if self.process:
            self.process.send_signal(signal.SIGQUIT)
            self.process.wait(PATIENCE)
            self.process = None


@dataclass
class PgBouncer:
    """A pooler that gives each transaction the next one of some connections, as far from a session as it can be."""

    postgres: Postgres
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"postgres://postgres@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        """Start it and wait until it accepts connections."""
        folder = self.postgres.root
        users, config = folder / "users.txt", folder / "pgbouncer.ini"
        users.write_text(f'"postgres" "{SUPERUSER_PASSWORD}"\n')
        config.write_text(_POOLED.format(pooler=self, users=users))
        for path in (users, config):
            _give(path)
        with (folder / "pgbouncer.log").open("wb") as log:
            command = [str(program("pgbouncer")), str(config)]
            self.process = subprocess.Popen(command, stdout=log, stderr=log, cwd="/", **_account())
        ready = [str(postgres_folder() / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        wait_for(lambda: subprocess.run(ready, check=False, timeout=PATIENCE).returncode == 0, PATIENCE)

    def stop(self) -> None:
        """End it at once."""
        if self.process:
            self.process.terminate()
            self.process.wait(PATIENCE)


_POOLED = """
[databases]
* = host=127.0.0.1 port={pooler.postgres.port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {pooler.port}
unix_socket_dir =
auth_type = trust
auth_file = {users}
pool_mode = transaction
ignore_startup_parameters = options, extra_float_digits
min_pool_size = 3
server_round_robin = 1
"""


@dataclass
class RabbitMQ:
    """A node with data, cookie and port mapper of its own."""

    root: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    def __post_init__(self) -> None:
        self.home = self.root / "rabbitmq"
        self.env = {
            "HOME": str(self.home),
            "ERL_EPMD_PORT": str(free_port()),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODENAME": f"ecase-{os.getpid()}@localhost",
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": str(self.port),
            "RABBITMQ_DIST_PORT": str(free_port()),
            "RABBITMQ_MNESIA_BASE": str(self.home / "data"),
            "RABBITMQ_LOG_BASE": str(self.home / "log"),
            "RABBITMQ_CONFIG_FILE": str(self.home / "rabbitmq"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self.home / "plugins"),
            "RABBITMQ_PID_FILE": str(self.home / "pid"),
        }

    def start(self, tools: Path) -> None:
        """Start the node, put its ``rabbitmqctl`` into ``tools``, and wait until it has started."""
        self.home.mkdir()
        (self.home / "plugins").write_text("[].\n")
        (self.home / "rabbitmq.conf").write_text("loopback_users.guest = true\n")
        server = program("rabbitmq-server", _RABBITMQ)
        with (self.root / "rabbitmq.log").open("wb") as log:
            environment = {**os.environ, **self.env}
            self.process = subprocess.Popen([str(server)], env=environment, stdout=log, stderr=log, cwd=self.home)
        wrapper(tools / "rabbitmqctl", program("rabbitmqctl", _RABBITMQ), env=self.env)
        wait_for((self.home / "pid").exists, PATIENCE)
        self.control("wait", "--timeout", str(int(PATIENCE)), str(self.home / "pid"))

    def control(self, *arguments: str) -> str:
        """What ``rabbitmqctl`` says."""
        command = [str(program("rabbitmqctl", _RABBITMQ)), *arguments]
        done = subprocess.run(
            command, env={**os.environ, **self.env}, check=True, capture_output=True, text=True, timeout=PATIENCE
        )
        return done.stdout

    def stop(self) -> None:
        """End the node, and the port mapper that it has started."""
        if self.process:
            with suppress(subprocess.SubprocessError):
                self.control("stop", str(self.home / "pid"))
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(PATIENCE)
            self.process.kill()
            mapper = [str(program("epmd")), "-port", self.env["ERL_EPMD_PORT"], "-kill"]
            subprocess.run(mapper, env={**os.environ, **self.env}, check=False, capture_output=True, timeout=PATIENCE)


@dataclass
class Nginx:
    """The proxy with the configuration that we ship, on ports of its own."""

    root: Path
    http: int = field(default_factory=free_port)
    tls: int = field(default_factory=free_port)

    def configure(self, shipped: str, tools: Path) -> None:
        """Write the configuration, and put an ``nginx`` into ``tools`` that uses it."""
        prefix = self.root / "nginx"
        prefix.mkdir()
        text = shipped.replace("listen 80;", f"listen 127.0.0.1:{self.http};")
        text = text.replace("listen 443 ssl", f"listen 127.0.0.1:{self.tls} ssl")
        kept = (line for line in text.splitlines() if "[::]" not in line)
        (prefix / "ecase.conf").write_text("\n".join(kept))
        temporary = "".join(f"{kind}_temp_path {prefix}/{kind};\n" for kind in _TEMPORARY)
        http = f"access_log {prefix}/access.log;\n{temporary}include {prefix}/ecase.conf;\n"
        user = "user root;\n" if AS_ROOT else ""
        main = f"{user}pid {prefix}/pid;\nerror_log {prefix}/error.log;\nevents {{}}\nhttp {{\n{http}}}\n"
        (prefix / "nginx.conf").write_text(main)
        wrapper(tools / "nginx", program("nginx"), f"-p {prefix}/ -c {prefix}/nginx.conf -e {prefix}/error.log")

    def stop(self, tools: Path) -> None:
        """End it, if it runs."""
        if (self.root / "nginx" / "pid").exists():
            subprocess.run([str(tools / "nginx"), "-s", "stop"], check=False, capture_output=True, timeout=PATIENCE)


_TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


def _account() -> dict[str, Any]:
    """PostgreSQL refuses root: the arguments of a process that runs as somebody else."""
    if not AS_ROOT:
        return {}
    found = _unprivileged()
    return {"user": found.pw_uid, "group": found.pw_gid, "extra_groups": []}


def _unprivileged() -> pwd.struct_passwd:
    for name in _ACCOUNTS:
        with suppress(KeyError):
            return pwd.getpwnam(name)
    raise AssertionError("there is no account that PostgreSQL could run as")


def _give(path: Path) -> None:
    if AS_ROOT:
        found = _unprivileged()
        os.chown(path, found.pw_uid, found.pw_gid)
    path.chmod(0o700 if path.is_dir() else 0o600)
