"""The statements that a request sends to PostgreSQL, as a script for pgbench.

What the database numbers by itself (log entries, messages) is written relative to the session's sequence, so that a
script can be played in another copy of the database; the sequences hand out numbers in bulk there (``PREPARE``).
"""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402

settings.ALLOWED_HOSTS.append("testserver")

# Far above anything else that is a number in a statement.
SEQUENCES = {"audit_entry": 7_000_000_000_000, "outbox_message": 8_000_000_000_000}
NUMBER = re.compile(r"\b([78])(\d{12})\b")


def send(client: Client, one: dict[str, Any]) -> int:
    """Send a request of the plan through the application, in this process; its status."""
    headers = {"authorization": f"Bearer {one['token']}", "accept-language": "kk"}
    if "body" not in one:
        return client.get(one["path"], headers=headers).status_code
    headers["idempotency-key"] = one["key"]
    return client.post(one["path"], one["body"], content_type="application/json", headers=headers).status_code


def statements(client: Client, one: dict[str, Any]) -> Iterator[str]:
    """What one request sends, in order, ready to be played elsewhere."""
    connection.force_debug_cursor = True
    connection.queries_log.clear()
    seen = {table: _last(table) for table in SEQUENCES}
    status = send(client, one)
    assert status in (200, 201), status
    for text in [str(query["sql"]) for query in connection.queries]:
        for table in SEQUENCES:
            if f"INTO {table} " in text or f'INTO "{table}" ' in text:
                seen[table] += _rows(text)
        yield NUMBER.sub(lambda found: _relative(int(found.group()), seen), _plain(text))  # noqa: B023


def _rows(text: str) -> int:
    """How many rows an INSERT of ours brings: of several messages each has its own UUID first."""
    return max(1, len(re.findall(r"\('[0-9a-f]{32}'::uuid, '", text)))


def _relative(number: int, seen: dict[str, int]) -> str:
    table = next(name for name, start in SEQUENCES.items() if number // 10**12 == start // 10**12)
    return f"(currval(pg_get_serial_sequence('{table}', 'id')) - {seen[table] - number})"


def _plain(text: str) -> str:
    """One line, one statement. A line break inside a literal becomes an escape, as pgbench ends a line there."""
    return " ".join(text.split()).rstrip(";")


def _last(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT last_value - (NOT is_called)::int FROM {table}_id_seq")
        return int(cursor.fetchone()[0])


def restart_sequences() -> None:
    """Give out unmistakable numbers from now on."""
    with connection.cursor() as cursor:
        for table, start in SEQUENCES.items():
            cursor.execute("SELECT setval(%s, %s)", [f"{table}_id_seq", start])


def main(plan: Path, count: int, folder: Path) -> None:
    """Write ``queue.sql`` and, for each kind of act, two files of ``count`` / 2 transactions each."""
    given, client = json.loads(plan.read_text()), Client()
    restart_sequences()
    for one in given["queue"] * 2:
        queue = list(statements(client, one))
    (folder / "queue.sql").write_text(";\n".join(queue) + ";\n")
    for name in [key for key in given if key != "queue"]:
        scripts: tuple[list[str], list[str]] = ([], [])
        for number, one in enumerate(given[name][:count]):
            scripts[number % 2].extend(statements(client, one))
        for number, script in enumerate(scripts):
            (folder / f"{name}-{number}.sql").write_text(";\n".join(script) + ";\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]))
