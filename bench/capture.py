"""The statements that a request sends to PostgreSQL, as a script for pgbench."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import django

django.setup()

from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from psycopg import sql  # noqa: E402

from bench.recording import Connection, recorded  # noqa: E402
from bench.relative import SEQUENCES, relative  # noqa: E402
from bench.sending import send  # noqa: E402
from bench.sides import ACTS  # noqa: E402


def statements(client: Client, request: dict[str, Any]) -> Iterator[str]:
    """The SQL statements of one request, in order, ready to be played on another database."""
    first = _last(connection.connection)
    with recorded(_last) as recorder:
        status = send(client, request)
    assert status in (200, 201), status
    for text, seen in recorder.statements:
        yield relative(text.strip().rstrip(";"), seen or first)


def _last(connected: Connection) -> dict[str, int]:
    """The last number of each sequence."""
    last = {}
    for table in SEQUENCES:
        name = sql.Identifier(f"{table}_id_seq")
        row = connected.execute(sql.SQL("SELECT last_value FROM {}").format(name)).fetchone()
        last[table] = int(row[0]) if row else 0
    return last


def restart_sequences() -> None:
    """Restart the sequences at numbers that cannot be mistaken for other values."""
    with connection.cursor() as cursor:
        for table, start in SEQUENCES.items():
            cursor.execute("SELECT setval(%s, %s)", [f"{table}_id_seq", start])


def main(plan: Path, count: int, folder: Path) -> None:
    """Write ``queue.sql`` and, for each kind of act, two files of ``count`` / 2 transactions each."""
    given, client = json.loads(plan.read_text()), Client()
    connection.ensure_connection()
    restart_sequences()
    for request in given["queue"] * 2:
        queue = list(statements(client, request))
    (folder / "queue.sql").write_text(";\n".join(queue) + ";\n")
    for name in [name for name in ACTS if name in given]:
        scripts: tuple[list[str], list[str]] = ([], [])
        for number, request in enumerate(given[name][:count]):
            scripts[number % 2].extend(statements(client, request))
        for number, script in enumerate(scripts):
            (folder / f"{name}-{number}.sql").write_text(";\n".join(script) + ";\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]))
