"""The offline verifier as one file: built here, run by a bare Python in another home without a network."""

import json
import shutil
import stat
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

from signatures import container
from signatures.container import archive, strict_zip
from signatures.onefile import __main__ as onefile
from signatures.onefile import bootstrap
from tests.signatures.acts import LOG, Court
from tests.signatures.test_container import FILES


def no_network() -> list[str]:
    """The command prefix that runs a process without network; empty if this machine does not allow it."""
    tool = shutil.which("unshare")
    for options in (["-n"], ["-rn"]):
        if tool and subprocess.run([tool, *options, "true"], capture_output=True, check=False).returncode == 0:
            return [tool, *options]
    return []


@dataclass(frozen=True)
class Verifier:
    """The file, its own home folder, and a trust folder."""

    file: Path
    home: Path
    trust: Path

    def run(self, data: bytes, *options: str, python: str = sys.executable, **environment: str):
        path = self.home / "act.zip"
        path.write_bytes(data)
        command = [python, "-I", str(self.file), "verify", str(path), "--trust", str(self.trust), *options]
        return subprocess.run(
            [*no_network(), *command],
            cwd=self.home,
            env={"HOME": str(self.home), "PATH": "/usr/bin:/bin", **environment},
            capture_output=True,
            text=True,
            check=False,
        )

    @property
    def cache(self) -> Path:
        return self.home / ".cache" / "ecase-verify"

    def unpacked(self) -> Path:
        (folder,) = (path for path in self.cache.iterdir() if not path.name.startswith("."))
        return folder


@pytest.fixture(scope="session")
def built(tmp_path_factory) -> Path:
    """Built for this platform only: others differ only in their wheels."""
    target = tmp_path_factory.mktemp("dist") / "ecase-verify.pyz"
    assert onefile.main([str(target), "--for", bootstrap.computer()]) == 0
    return target


@pytest.fixture(scope="module")
def court() -> Court:
    return Court()


@pytest.fixture(scope="module")
def sound(court) -> bytes:
    *previous, protocol = court.chain()
    return container.write(container.Evidence(protocol, tuple(previous), FILES))


@pytest.fixture
def verifier(built, court, tmp_path) -> Verifier:
    # Only the file is copied, as a user would do.
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    file = Path(shutil.copy(built, home / "verify.pyz"))
    return Verifier(file, home, court.write_trust(tmp_path / "trust"))


def altered(data: bytes) -> bytes:
    """The container with another file and a matching manifest."""
    entries = {entry.name: entry.data for entry in strict_zip.read(data)}
    del entries["manifest.json"]
    entries["files/protocol.pdf"] = b"%PDF-1.7 another decision"
    listed = [strict_zip.Entry(name, content) for name, content in entries.items()]
    return strict_zip.write([*listed, archive._manifest(listed)])


def test_a_true_container_passes_and_an_altered_one_fails(verifier, sound):
    good = verifier.run(sound)
    assert good.returncode == 0, good.stdout + good.stderr
    assert "Verdict: PASSED" in good.stdout
    bad = verifier.run(altered(sound))
    assert bad.returncode == 1, bad.stdout + bad.stderr
    assert "FAILED  " in bad.stdout
    assert "protocol.pdf" in bad.stdout


def test_json_and_the_three_languages(verifier, sound):
    report = json.loads(verifier.run(sound, "--json").stdout)
    assert report["indication"] == "TOTAL_PASSED"
    assert "Қорытынды: ӨТТІ" in verifier.run(sound, "--language", "kk").stdout
    assert "Итог: ПРОЙДЕНО" in verifier.run(sound, "--language", "ru").stdout


def test_a_checkpoint_of_ones_own(verifier, sound, tmp_path):
    note = container.read(sound).proof.partition("\n\n")[2]
    kept = tmp_path / "kept.checkpoints"
    kept.write_text(note)
    assert verifier.run(sound, "--checkpoint", str(kept)).returncode == 0
    lines = note.split("\n")
    kept.write_text(LOG.sign("\n".join([*lines[:2], "A" * 43 + "=", ""])))
    told_twice = verifier.run(sound, "--checkpoint", str(kept))
    assert told_twice.returncode == 1
    assert "the log has told two histories" in told_twice.stdout


def test_what_is_unpacked_belongs_to_the_user_alone(verifier, sound):
    verifier.run(sound)
    for path in (verifier.cache, verifier.unpacked(), *verifier.unpacked().rglob("*")):
        assert not stat.S_IMODE(path.stat().st_mode) & 0o077, path


def test_what_was_tampered_with_is_unpacked_anew(verifier, sound):
    verifier.run(sound)
    folder, ran = verifier.unpacked(), verifier.home / "ran"
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    (folder / "rfc8785" / "__init__.py").write_text(f"open({str(ran)!r}, 'w')")
    (folder / "json.py").write_text(f"open({str(ran)!r}, 'w')")
    assert verifier.run(sound).returncode == 0
    assert not ran.exists()
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def test_a_link_is_not_followed(verifier, sound, tmp_path):
    verifier.run(sound)
    folder = verifier.unpacked()
    shutil.move(folder, tmp_path / "elsewhere")
    folder.symlink_to(tmp_path / "elsewhere")
    assert verifier.run(sound).returncode == 0
    assert not folder.is_symlink()


@pytest.mark.parametrize("mode", [0o770, 0o707, 0o755])
def test_a_folder_that_others_may_use_is_refused(verifier, sound, mode):
    verifier.cache.mkdir(parents=True)
    verifier.cache.chmod(mode)
    result = verifier.run(sound)
    assert (result.returncode, result.stdout) == (3, "")
    assert "not a folder of yours alone" in result.stderr


def test_a_place_that_others_can_change_is_refused(verifier, sound, tmp_path):
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o777)
    result = verifier.run(sound, ECASE_VERIFY_CACHE=str(shared))
    assert (result.returncode, result.stdout) == (3, "")
    assert "others can change" in result.stderr
    shared.chmod(0o1777)
    assert verifier.run(sound, ECASE_VERIFY_CACHE=str(shared)).returncode == 0


def test_a_computer_that_it_was_not_made_for(court, sound, tmp_path, verifier):
    onefile.build(verifier.file, onefile.Wheels({}, {"plan9-mips-3.11": []}))
    result = verifier.run(sound)
    assert (result.returncode, result.stdout) == (3, "")
    assert f"not made for {bootstrap.computer()}" in result.stderr


def test_nothing_of_the_service_is_in_it(built):
    names = zipfile.ZipFile(built).namelist()
    assert not [name for name in names if "django" in name or "demo" in name or "clients" in name]
    assert "signatures/cli/command.py" in names


def test_the_lock_must_name_all_libraries():
    with pytest.raises(ValueError, match="does not lock"):
        onefile.locked("cffi==1\n    --hash=sha256:00\n")


def test_two_starts_at_once(verifier, sound):
    """All starts find complete wheels, in any order."""
    path = verifier.home / "act.zip"
    path.write_bytes(sound)
    command = [sys.executable, "-I", str(verifier.file), "verify", str(path), "--trust", str(verifier.trust)]
    environment = {"HOME": str(verifier.home)}
    running = [subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) for _ in range(3)]
    assert [process.wait(300) for process in running] == [0, 0, 0]
    assert {path.name for path in verifier.cache.iterdir()} == {".lock", verifier.unpacked().name}
