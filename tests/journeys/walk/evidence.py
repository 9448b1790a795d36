"""What a stranger does: verifies the container and the log, with our command, with OpenSSL, with nothing running."""

import io
import json
import subprocess
import zipfile
from pathlib import Path

from tests.journeys.walk.stack import Stack


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


def log_story(stack: Stack) -> tuple[str, str]:
    """What ``audit verify`` says of the whole log, and the line in which it names the one row that was altered."""
    done = stack.with_servers("-m", "tests.journeys.walk.log_story")
    assert done.returncode == 0, done.stdout + done.stderr
    story = json.loads(done.stdout.strip().splitlines()[-1])
    named = [line for line in story["after"].splitlines() if f" id={story['row']}:" in line]
    assert story["code"] == 1, story
    assert len(named) == 1, story
    return story["before"].splitlines()[-1], named[0].strip()
