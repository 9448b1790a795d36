"""The embedded PostgreSQL: created by ``initdb``, reached over a Unix socket by peer authentication, fsync on."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from ecase.console import LaunchError
from ecase.embedded import accounts, programs
from ecase.embedded.folder import Paths
from ecase.embedded.process import Child, Program
from ecase.embedded_addresses import OWNER, SUPERUSER

READY_WITHIN = 60.0  # seconds; recovery after a crash reads the whole write-ahead log
# The application's role owns its databases (CREATEDB: tests make their own) and is no superuser.
FIRST_SQL = f"CREATE ROLE {OWNER} LOGIN CREATEDB;\nCREATE DATABASE {OWNER} OWNER {OWNER};\n"
# Without the PG* variables of the user's shell.
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}
HBA = "# Whoever the operating system says it is; see pg_ident.conf.\nlocal all all peer map=ecase\n"


def program(paths: Paths, pass_fds: tuple[int, ...] = ()) -> Program:
    """How to run the server of this clone; creates its data folder first if there is none."""
    binaries = programs.postgres_bin(paths)
    data = paths.data_dir / "pg"
    if data.exists():
        _refuse_other_version(binaries, data)
    else:
        _initialise(paths, binaries, data)
    _write_access_rules(paths)
    rules = {"hba_file": paths.data_dir / "pg_hba.conf", "ident_file": paths.data_dir / "pg_ident.conf"}
    command = [str(binaries / "postgres"), "-D", str(data), "-k", str(paths.runtime_dir), "-p", "5432"]
    options = {**rules, "listen_addresses": "", "timezone": "UTC", "log_timezone": "UTC"}
    settings = [f"--{name}={value}" for name, value in options.items()]
    return Program(
        name="postgres",
        command=[*command, *settings],
        env=ENVIRONMENT,
        log=paths.state_dir / "postgres.log",
        cwd=paths.data_dir,
        account=paths.account,
        stop_signal=signal.SIGINT,  # "fast" shutdown: clients are cut off, data is flushed
        grace=30.0,
        pass_fds=pass_fds,
    )


def wait_until_ready(child: Child, paths: Paths) -> None:
    """Return when the server accepts connections; raises :class:`LaunchError` with its last log line if it does not."""
    end, pid_file = time.monotonic() + READY_WITHIN, paths.data_dir / "pg" / "postmaster.pid"
    while True:
        # The first line is the server's process id, the last (8th) its state (miscadmin.h: LOCK_FILE_LINE_PM_STATUS).
        lines: list[str] = []
        with suppress(FileNotFoundError):
            lines = pid_file.read_text().split()
        if lines[:1] == [str(child.pid)] and lines[-1] == "ready":
            return
        if child.exit_status() is not None:
            raise LaunchError(f"PostgreSQL did not start: {last_words(child.program.log)}")
        if time.monotonic() > end:
            raise LaunchError(f"PostgreSQL was not ready within {READY_WITHIN:.0f} seconds: see {child.program.log}.")
        time.sleep(0.02)


def last_words(log: Path) -> str:
    """The line of a log that states the error, else its last line, and the log's name."""
    lines = [line for line in log.read_text(errors="replace").splitlines() if line.strip()] if log.exists() else []
    telling = [line for line in lines if "FATAL" in line or "could not" in line]
    return f"{(telling or lines or ['without a word'])[-1].strip()} (see {log})"


def _initialise(paths: Paths, binaries: Path, data: Path) -> None:
    """Create the cluster next to its final place and move it there: an interrupted start leaves no partial one."""
    for stale in paths.data_dir.glob("pg-new-*"):
        shutil.rmtree(stale)
    fresh = Path(tempfile.mkdtemp(prefix="pg-new-", dir=paths.data_dir))
    paths.give(fresh)
    locale = ["--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    options = [f"--username={SUPERUSER}", "--auth-local=peer", "--auth-host=reject", "--no-instructions", *locale]
    try:
        _run(paths, [str(binaries / "initdb"), f"--pgdata={fresh}", *options])
        _run(paths, [str(binaries / "postgres"), "--single", "-D", str(fresh), "postgres"], FIRST_SQL)
        fresh.rename(data)
    finally:
        if fresh.exists():
            shutil.rmtree(fresh)


def _run(paths: Paths, command: list[str], text: str | None = None) -> None:
    done = subprocess.run(
        command,
        input=text,
        cwd=paths.data_dir,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=False,
        **accounts.credentials(paths.account),
    )
    # `postgres --single` ends with 0 even when a statement failed.
    if done.returncode != 0 or "ERROR:" in done.stderr:
        reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise LaunchError(f"PostgreSQL's data cannot be made in {paths.data_dir}: {reason}")


def _refuse_other_version(binaries: Path, data: Path) -> None:
    answer = subprocess.run([str(binaries / "postgres"), "--version"], capture_output=True, text=True, check=True)
    ours = answer.stdout.split()[-1].split(".")[0]
    theirs = (data / "PG_VERSION").read_text().strip()
    if ours != theirs:
        raise LaunchError(
            f"The data in {data} is of PostgreSQL {theirs} and this version of ecase brings PostgreSQL {ours}: dump it "
            f"with the old version and load it into the new one, or start anew with `make demo RESET=1`."
        )


def _write_access_rules(paths: Paths) -> None:
    """The launcher's user and the servers' account may be either role; nobody else has access."""
    # As PostgreSQL's peer authentication will see the launcher.
    current = pwd.getpwuid(os.geteuid()).pw_name
    users = {current, paths.account.name if paths.account else current}
    ident = "".join(f'ecase "{user}" {role}\n' for user in sorted(users) for role in (OWNER, SUPERUSER))
    for name, text in (("pg_hba.conf", HBA), ("pg_ident.conf", ident)):
        path = paths.data_dir / name
        path.write_text(text)
        path.chmod(0o640)
        paths.give(path, to_group=True)
