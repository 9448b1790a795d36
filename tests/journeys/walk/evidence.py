"""What a stranger does: verifies the container and the log, with our command, with OpenSSL, with nothing running."""

import io
import json
import subprocess
import zipfile
from pathlib import Path

from tests.journeys.walk.stack import Stack

TAMPER = """
import os, psycopg
with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
    connection.execute("ALTER TABLE audit_entry DISABLE TRIGGER USER")
    row = connection.execute("SELECT id FROM audit_entry ORDER BY id OFFSET 10 LIMIT 1").fetchone()[0]
    connection.execute("UPDATE audit_entry SET body = set_byte(body, 20, get_byte(body, 20) # 1) WHERE id = %s", [row])
    connection.execute("ALTER TABLE audit_entry ENABLE TRIGGER USER")
    print(row)
"""


def verify_offline(stack: Stack, container: Path) -> str:
    """The verdict of ``python -m signatures verify``. ``AssertionError`` with its report unless it passed."""
    done = stack.without_servers("-m", "signatures", "verify", str(container), "--trust", str(stack.trust), "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    return str(json.loads(done.stdout)["indication"])


def verify_with_openssl(stack: Stack, container: Path, folder: Path) -> str:
    """What plain ``openssl cms -verify`` says of the signature inside."""
    with zipfile.ZipFile(container) as outer, zipfile.ZipFile(io.BytesIO(outer.read("protocol.asics"))) as inner:
        (folder / "act.json").write_bytes(inner.read("act.json"))
        (folder / "signature.p7s").write_bytes(inner.read("META-INF/signature.p7s"))
    command = ["openssl", "cms", "-verify", "-inform", "DER", "-in", "signature.p7s", "-content", "act.json", "-binary"]
    authority = ["-CAfile", str(stack.var / "demo-pki" / "ca.pem"), "-out", "/dev/null"]
    done = subprocess.run([*command, *authority], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stderr.strip()


def alter_container(container: Path, folder: Path) -> Path:
    """A copy in which one byte of the protocol's PDF is another, and the checksums of the ZIP are right again."""
    with zipfile.ZipFile(container) as original:
        entries = [(entry, original.read(entry)) for entry in original.infolist()]
    fresh = io.BytesIO()
    with zipfile.ZipFile(fresh, "w") as copy:
        for entry, content in entries:
            copy.writestr(entry, _flip(content) if entry.filename.endswith(".pdf") else content)
    altered = folder / "altered.zip"
    altered.write_bytes(fresh.getvalue())
    return altered


def _flip(content: bytes) -> bytes:
    return content[:100] + bytes([content[100] ^ 1]) + content[101:]


def refuses_altered(stack: Stack, altered: Path) -> int:
    """The exit code of the verifier for a container that was altered: anything but 0."""
    done = stack.without_servers("-m", "signatures", "verify", str(altered), "--trust", str(stack.trust))
    assert done.returncode != 0, done.stdout
    return done.returncode


def verify_log(stack: Stack) -> str:
    """The last line of ``audit verify`` of an untouched log."""
    done = stack.with_servers("manage.py", "audit", "verify")
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.strip().splitlines()[-1]


def tamper(stack: Stack) -> str:
    """Alter one byte of one row behind the application's back, triggers off. Returns the row's id."""
    done = stack.with_servers("-c", TAMPER)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def names_the_row(stack: Stack, row: str) -> str:
    """The line in which ``audit verify`` names the altered row."""
    done = stack.with_servers("manage.py", "audit", "verify")
    assert done.returncode == 1, done.stdout + done.stderr
    named = [line for line in (done.stdout + done.stderr).splitlines() if f" id={row}:" in line]
    assert named, done.stdout + done.stderr
    return named[0].strip()
