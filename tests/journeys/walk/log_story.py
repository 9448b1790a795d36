"""The log is verified, altered by one byte behind the application's back, and verified again: what each step said.

Run beside the two servers of the walk; prints JSON ``{"before", "row", "after", "code"}``.
"""

import json
import os
import subprocess
import sys

import psycopg

# Not the first row: the chains on both sides of it must still be found whole.
SKIPPED, BYTE = 10, 20
ALTER = "UPDATE audit_entry SET body = set_byte(body, %(byte)s, get_byte(body, %(byte)s) # 1) WHERE id = %(row)s"


def verify() -> subprocess.CompletedProcess[str]:
    """``manage.py audit verify``."""
    return subprocess.run([sys.executable, "manage.py", "audit", "verify"], capture_output=True, text=True, check=False)


def tamper() -> int:
    """Alter one byte of one row as the tables' owner, triggers off. Returns the row's id."""
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        found = connection.execute("SELECT id FROM audit_entry ORDER BY id OFFSET %s LIMIT 1", [SKIPPED]).fetchone()
        assert found, "the log is too short"
        connection.execute("ALTER TABLE audit_entry DISABLE TRIGGER USER")
        connection.execute(ALTER, {"byte": BYTE, "row": found[0]})
        connection.execute("ALTER TABLE audit_entry ENABLE TRIGGER USER")
    return int(found[0])


def main() -> None:
    before = verify()
    assert before.returncode == 0, before.stdout + before.stderr
    row = tamper()
    after = verify()
    said = {"before": before.stdout.strip(), "row": row, "after": after.stdout + after.stderr, "code": after.returncode}
    print(json.dumps(said, ensure_ascii=False))  # noqa: T201


if __name__ == "__main__":
    main()
