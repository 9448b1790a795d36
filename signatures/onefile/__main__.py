"""``python -m signatures.onefile [TARGET]``: build the offline verifier as one file (``make verifier``).

The file is an archive that Python runs: this package with its translations, the wheels for each supported platform, and
``bootstrap``. pip fetches the wheels at the versions and digests of ``requirements.txt``; none is built. The build is
reproducible.
"""

import argparse
import json
import re
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from signatures.onefile import bootstrap

PACKAGE = Path(__file__).parents[1]
LOCK = PACKAGE.parent / "requirements.txt"
TARGET = Path("dist/ecase-verify.pyz")
# The verifier's dependencies and theirs. The rest of the lock belongs to the service.
LIBRARIES = ("cffi", "cryptography", "pycparser", "pyyaml", "rfc8785")
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
SYSTEMS = {
    "linux-x86_64": ("manylinux_2_28_x86_64", "manylinux_2_17_x86_64"),
    "linux-arm64": ("manylinux_2_28_aarch64", "manylinux_2_17_aarch64"),
    "darwin-arm64": ("macosx_11_0_arm64",),
    "windows-x86_64": ("win_amd64",),
}
# An offline verifier does not need fetching, the demo, the service's keys or this folder.
LEFT_OUT = re.compile(r"(clients|demo|keys|onefile)/")
EPOCH = (1980, 1, 1, 0, 0, 0)
READABLE = 0o644 << 16


@dataclass(frozen=True)
class Wheels:
    """The wheels of all platforms by file name, and the names that each platform needs."""

    files: dict[str, bytes]
    index: dict[str, list[str]]


def locked(lock: str, names: Iterable[str] = LIBRARIES) -> str:
    """The lines of a lock for those libraries, with their digests. ``ValueError`` if one is missing."""
    blocks = re.split(r"\n(?=\S)", lock)
    wanted = [block for block in blocks if block.partition("==")[0] in names]
    if len(wanted) != len(tuple(names)):
        raise ValueError(f"requirements.txt does not lock all of {', '.join(names)}")
    return "\n".join(wanted) + "\n"


def fetch(computers: Iterable[str], lock: Path = LOCK) -> Wheels:
    """Fetch the wheels of each platform (``linux-x86_64-3.11``) with pip from its configured index."""
    wheels = Wheels({}, {})
    with tempfile.TemporaryDirectory() as folder:
        wanted = Path(folder, "wanted.txt")
        wanted.write_text(locked(lock.read_text(encoding="utf-8")), encoding="utf-8")
        for computer in computers:
            target = Path(folder, computer)
            system, _, python = computer.rpartition("-")
            platforms = [part for name in SYSTEMS[system] for part in ("--platform", name)]
            options = [
                "--no-deps",
                "--require-hashes",
                "--only-binary",
                ":all:",
                "--python-version",
                python,
                *platforms,
            ]
            command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", *options]
            subprocess.run([*command, "--requirement", str(wanted), "--dest", str(target)], check=True)
            found = sorted(target.iterdir())
            wheels.files.update({path.name: path.read_bytes() for path in found})
            wheels.index[computer] = [f"wheels/{path.name}" for path in found]
    return wheels


def build(target: Path, wheels: Wheels) -> None:
    """Write the file with mode 755."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("wb") as file:
        file.write(b"#!/usr/bin/env python3\n")
        with zipfile.ZipFile(file, "w") as archive:
            for name, data in _entries(wheels):
                kind = zipfile.ZIP_STORED if name.endswith(".whl") else zipfile.ZIP_DEFLATED
                info = zipfile.ZipInfo(name, EPOCH)
                info.external_attr = READABLE
                archive.writestr(info, data, kind)
    target.chmod(0o755)


def compiled(package: Path = PACKAGE) -> list[Path]:
    """The compiled translations; ``ValueError`` if one is missing or older than its source."""
    sources = sorted(package.glob("locale/*/LC_MESSAGES/*.po"))
    targets = [source.with_suffix(".mo") for source in sources]
    for source, target in zip(sources, targets, strict=True):
        if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
            raise ValueError(f"{source} is not compiled: run make messages first")
    return targets


def _entries(wheels: Wheels) -> Iterable[tuple[str, bytes]]:
    yield "__main__.py", Path(bootstrap.__file__).read_bytes()
    for path in sorted(PACKAGE.rglob("*.py")):
        if not LEFT_OUT.search(path.relative_to(PACKAGE).as_posix()):
            yield path.relative_to(PACKAGE.parent).as_posix(), path.read_bytes()
    for path in compiled():
        yield path.relative_to(PACKAGE.parent).as_posix(), path.read_bytes()
    yield bootstrap.INDEX, json.dumps(wheels.index, indent=1, sort_keys=True).encode()
    for name, data in sorted(wheels.files.items()):
        yield f"wheels/{name}", data


def main(arguments: list[str] | None = None) -> int:
    """The command; returns its exit code."""
    everywhere = [f"{system}-{python}" for system in SYSTEMS for python in PYTHONS]
    parser = argparse.ArgumentParser(prog="python -m signatures.onefile", description="Make the verifier as one file.")
    parser.add_argument("target", nargs="?", type=Path, default=TARGET)
    parser.add_argument("--for", nargs="+", dest="computers", choices=everywhere, default=everywhere, metavar="NAME")
    options = parser.parse_args(arguments)
    wheels = fetch(options.computers)
    build(options.target, wheels)
    print(f"{options.target}: {options.target.stat().st_size / 1e6:.1f} MB, for {', '.join(options.computers)}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
