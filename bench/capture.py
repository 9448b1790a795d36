"""The statements that a request sends to PostgreSQL, as a script for pgbench."""

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402

from bench.relative import SEQUENCES, relative  # noqa: E402

settings.ALLOWED_HOSTS.append("testserver")


def send(client: Client, request: dict[str, Any]) -> int:
    """Send a request of the plan through the application in this process; returns the status."""
    headers = {"authorization": f"Bearer {request['token']}", "accept-language": "kk"}
    if "body" not in request:
        return client.get(request["path"], headers=headers).status_code
    headers["idempotency-key"] = request["key"]
    return client.post(request["path"], request["body"], content_type="application/json", headers=headers).status_code


def statements(client: Client, request: dict[str, Any]) -> Iterator[str]:
    """The SQL statements of one request, in order, ready to be played on another database."""
    connection.force_debug_cursor = True
    connection.queries_log.clear()
    marks: list[dict[str, int]] = [_last()]
    with connection.execute_wrapper(lambda execute, *given: _marked(marks, execute, *given)):
        status = send(client, request)
    assert status in (200, 201), status
    following = iter(marks[1:])
    for text in [str(query["sql"]) for query in connection.queries]:
        # BEGIN and COMMIT do not go through the wrapper, so they have no mark.
        seen = marks[0] if text in ("BEGIN", "COMMIT") else next(following)
        yield relative(text.strip().rstrip(";"), seen)


def _marked(marks: list[dict[str, int]], execute: Callable[..., Any], *given: Any) -> Any:
    found = execute(*given)
    marks.append(_last() if any(table in given[0] for table in SEQUENCES) else marks[-1])
    return found


def _last() -> dict[str, int]:
    """The last number of each sequence, read without Django's query log."""
    last = {}
    for table in SEQUENCES:
        row = connection.connection.execute(f"SELECT last_value FROM {table}_id_seq").fetchone()
        last[table] = int(row[0])
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
    for name in [key for key in given if key != "queue"]:
        scripts: tuple[list[str], list[str]] = ([], [])
        for number, request in enumerate(given[name][:count]):
            scripts[number % 2].extend(statements(client, request))
        for number, script in enumerate(scripts):
            (folder / f"{name}-{number}.sql").write_text(";\n".join(script) + ";\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]))
