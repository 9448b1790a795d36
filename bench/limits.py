"""Runs pgbench with the statements that the service sends: what PostgreSQL alone can do on this machine."""

import re
import subprocess
import time
from pathlib import Path

import psycopg

from bench.servers import Databases

BULK = 100_000


def queue(databases: Databases, name: str, script: Path, seconds: int, mode: str) -> float:
    """Transactions per second of a read-only script, by 4 clients. ``mode``: simple or prepared."""
    options = ["-M", mode, "-c", "4", "-j", "1", "-T", str(seconds)]
    said = _pgbench(databases, name, [*options, "-f", str(script)]).communicate()[0]
    return _rate(said)


def acts(databases: Databases, name: str, scripts: list[Path], count: int) -> float:
    """Acts per second of scripts that each hold a part of ``count`` acts, played concurrently, each once."""
    begun = time.perf_counter()
    running = [
        _pgbench(databases, name, ["-M", "simple", "-c", "1", "-t", "1", "-f", str(script)]) for script in scripts
    ]
    said = [process.communicate()[0] for process in running]
    wall = time.perf_counter() - begun
    for text in said:
        _rate(text)
    return count / wall


def hand_out_in_bulk(databases: Databases, name: str) -> None:
    """Give each session its own block of sequence numbers, so that a script can refer to "the last but one"."""
    url = databases.address(name).replace("postgres://", "postgresql://", 1)
    with psycopg.connect(url) as connection:
        for table in ("audit_entry", "outbox_message"):
            connection.execute(f"ALTER SEQUENCE {table}_id_seq CACHE {BULK}")  # type: ignore[arg-type]


def _pgbench(databases: Databases, name: str, options: list[str]) -> "subprocess.Popen[str]":
    url = databases.address(name).replace("postgres://", "postgresql://", 1)
    command = ["pgbench", "-n", *options, url]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def _rate(said: str) -> float:
    found = re.search(r"tps = ([0-9.]+)", said)
    if found is None or "aborted" in said:
        raise SystemExit(f"pgbench did not finish:\n{said[-3000:]}")
    return float(found.group(1))
