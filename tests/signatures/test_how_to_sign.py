"""docs/how-to/sign-from-a-program.md: every command of the page runs, and what it signs is taken."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from tests.signatures.acts import Court
from tests.signatures.makers import P256_KEY, RSA_KEY, Owner

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/how-to/sign-from-a-program.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```sh( rsa)?\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
INSPECT = next(command for _kind, command in BLOCKS if " inspect " in command).strip()
KEYS = {"P-256": P256_KEY, "P-384": ec.generate_private_key(ec.SECP384R1()), "RSA": RSA_KEY}
CONTENT = b'{"schema":"ecase.act/1","text":"\xd2\x9a\xd0\xb0\xd1\x83\xd0\xbb\xd1\x8b"}'


@pytest.fixture(scope="module")
def court() -> Court:
    return Court()


@pytest.fixture(params=KEYS)
def folder(court, tmp_path, request) -> Path:
    """A folder with what the page presupposes: a key, the bytes to sign, a trust folder, and the examples."""
    owner: Owner = court.pki.person(KEYS[request.param])
    (tmp_path / "key.p12").write_bytes(owner.pkcs12())
    (tmp_path / "act.json").write_bytes(CONTENT)
    court.write_trust(tmp_path / "trust")
    for name in ("examples", "signatures"):
        (tmp_path / name).symlink_to(ROOT / name)
    return tmp_path


def run(folder: Path, command: str) -> str:
    """Run a command of the page with the tools of this installation."""
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "P12_PASSWORD": "demo",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    words = ["bash", "-euo", "pipefail", "-c", command]
    done = subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, (command, done.stdout, done.stderr)
    return done.stdout


def test_the_page_has_the_tools_that_it_names():
    assert [sum(tool in command for _kind, command in BLOCKS) for tool in ("openssl cms", "sign.py", "sign.mjs")] == [
        2,
        1,
        1,
    ]


def test_every_command_of_the_page_runs_and_every_signature_is_taken(folder, request):
    """In the order of the page. Each signature is inspected as the page says, while its certificates are valid."""
    key = request.node.callspec.params["folder"]
    made = []
    for kind, command in BLOCKS:
        if " inspect " in command or (kind and key != "RSA"):
            continue
        run(folder, command)
        if (folder / "act.p7s").exists():
            made.append(command)
            said = run(folder, f"{INSPECT} --at 2026-11-21T09:00:00Z --iin 850101300018")
            assert said.endswith("Verdict: PASSED\n"), said
            (folder / "act.p7s").unlink()
    assert len(made) == (4 if key == "RSA" else 3)


REFUSED = {
    "-cades": ("", "signing-certificate-attribute", "SIG_CONSTRAINTS_FAILURE"),
    "-binary": ("-binary -stream", "format", "SIG_CONSTRAINTS_FAILURE"),
    "-md sha256": ("-md sha256 -nodetach", "detached", "SIG_CONSTRAINTS_FAILURE"),
}


@pytest.mark.parametrize("option", REFUSED)
@pytest.mark.parametrize("folder", ["P-256"], indirect=True)
def test_what_the_page_warns_of_is_refused_as_it_says(folder, option):
    instead, rule, sub = REFUSED[option]
    for kind, command in BLOCKS:
        if "openssl" in command and not kind:
            run(folder, command.replace(f" {option}", f" {instead}") if " cms " in command else command)
    command = (
        "python -m signatures inspect act.p7s --content act.json --trust trust --at 2026-11-21T09:00:00Z || test $? = 2"
    )
    assert re.search(rf"^INDETERMINATE +{rule} +\[{sub}\]", run(folder, command), re.MULTILINE)
    assert sub in PAGE
