"""Behind Debian's PgBouncer in transaction mode the service works without prepared statements, and not with them."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.embedded.launchers import BASE_DIR, wait_for
from tests.real_servers.servers import PgBouncer, Postgres

pytestmark = pytest.mark.slow
JOURNEY = "tests/api/test_example.py::test_the_whole_program_over_a_real_line"


@pytest.fixture(scope="module")
def pooler() -> Iterator[PgBouncer]:
    """In front of a PostgreSQL of its own."""
    root = Path(tempfile.mkdtemp(prefix="ecase-pooled-"))
    root.chmod(0o711)
    postgres = Postgres(root)
    started = PgBouncer(postgres)
    try:
        postgres.initialise()
        postgres.start()
        started.start()
        yield started
    finally:
        started.stop()
        postgres.stop()
        shutil.rmtree(root, ignore_errors=True)


def test_transactions_of_one_client_run_in_several_sessions(pooler: PgBouncer) -> None:
    with psycopg.connect(pooler.url, autocommit=True, prepare_threshold=None) as client:
        wait_for(lambda: len({client.execute("SELECT pg_backend_pid()").fetchone() for _time in range(6)}) > 1)


def test_without_prepared_statements_the_prosecutor_arrives(pooler: PgBouncer) -> None:
    done = travel(pooler, prepared="false")

    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 passed" in done.stdout


def test_with_prepared_statements_it_fails_as_the_page_says(pooler: PgBouncer) -> None:
    done = travel(pooler, prepared="true")

    assert done.returncode != 0
    assert 'prepared statement "_pg3_0" ' in done.stdout + done.stderr
    assert 'prepared statement "_pg3_0" ' in (BASE_DIR / "docs" / "how-to" / "run-on-real-servers.md").read_text()


def travel(pooler: PgBouncer, *, prepared: str) -> subprocess.CompletedProcess[str]:
    """A prosecutor's client takes a motion from filed to assigned, against a web server that knows only the pooler."""
    ours = ("DATABASE_URL", "BROKER_URL", "DJANGO_SETTINGS_MODULE", "ECASE_", "PYTEST_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    given = {"DATABASE_URL": pooler.url, "ECASE_PREPARED_STATEMENTS": prepared}
    command = [sys.executable, "-m", "pytest", "-n", "0", "-q", "--reuse-db", "-p", "no:cacheprovider", JOURNEY]
    return subprocess.run(
        command, cwd=BASE_DIR, env={**kept, **given}, capture_output=True, text=True, check=False, timeout=900
    )
