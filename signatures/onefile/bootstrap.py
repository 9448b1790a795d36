"""Starts the single-file verifier: unpacks its wheels into a private folder, then calls the verifier.

This becomes ``__main__.py`` of the archive, so it uses only the standard library. Native code cannot be loaded from an
archive, so it is unpacked into ``ecase-verify/<digest of the wheels>`` below ``ECASE_VERIFY_CACHE``, or below the
user's cache folder. Anyone who can write there controls the verifier's result; so only the user (and root) may be able
to write to the folder and all above it, and its content is compared with the archive, octet by octet, before each use.
"""

import hashlib
import io
import json
import os
import platform
import shutil
import stat
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

OLDEST = (3, 11)
UNUSABLE = 3
OTHERS = stat.S_IRWXG | stat.S_IRWXO
WRITABLE = stat.S_IWGRP | stat.S_IWOTH
INDEX = "wheels.json"


class Unsafe(Exception):
    """The folder for native code cannot be trusted, or this platform is not supported."""


def main(arguments: list[str] | None = None) -> int:
    """Unpack and verify; the exit code of the verifier."""
    if sys.version_info < OLDEST:
        return _unusable(f"Python {OLDEST[0]}.{OLDEST[1]} or newer is needed")
    # Python's own bytecode files would differ from the archive.
    sys.dont_write_bytecode = True
    os.umask(OTHERS)
    try:
        sys.path.insert(1, str(provide(Path(sys.argv[0]), cache_folder())))
    except (OSError, Unsafe, zipfile.BadZipFile) as fault:
        return _unusable(str(fault))
    from signatures.cli.command import main as verify

    return verify(arguments)


def _unusable(reason: str) -> int:
    sys.stderr.write(f"ecase-verify: {reason}\n")
    return UNUSABLE


def computer() -> str:
    """System, processor and Python version, as in the index of wheels."""
    machine = {"amd64": "x86_64", "aarch64": "arm64"}.get(platform.machine().lower(), platform.machine().lower())
    return f"{platform.system()}-{machine}-{sys.version_info[0]}.{sys.version_info[1]}".lower()


def cache_folder() -> Path:
    """``ECASE_VERIFY_CACHE``, or the user's cache folder."""
    if chosen := os.environ.get("ECASE_VERIFY_CACHE"):
        return Path(chosen)
    usual = "LOCALAPPDATA" if os.name == "nt" else "XDG_CACHE_HOME"
    system = os.environ.get(usual)
    return Path(system) if system else Path.home() / ".cache"


def provide(archive: Path, cache: Path) -> Path:
    """The folder with the unpacked wheels of this platform. Raises :class:`Unsafe` or ``OSError``."""
    with zipfile.ZipFile(archive) as packed:
        names = json.loads(packed.read(INDEX)).get(computer())
        if names is None:
            raise Unsafe(f"this file is not made for {computer()}; build one there: make verifier")
        wheels = [packed.read(name) for name in names]
    digest = hashlib.sha256(b"".join(hashlib.sha256(wheel).digest() for wheel in wheels)).hexdigest()
    members: dict[str, bytes] = {}
    for wheel in wheels:
        with zipfile.ZipFile(io.BytesIO(wheel)) as packed:
            members.update((name, packed.read(name)) for name in packed.namelist() if not name.endswith("/"))
    home = _private(cache / "ecase-verify")
    folder = home / digest
    with _locked(home / ".lock"):
        if not _holds(folder, members):
            _unpack(folder, members)
    return folder


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Lock, so that starts do not overlap: none reads a folder that another is writing or replacing."""
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+b") as file:
        if sys.platform == "win32":
            msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)
        else:
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _private(folder: Path) -> Path:
    """Make the folder if it is missing; :class:`Unsafe` if anyone else can change it or a folder above."""
    folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder = folder.parent.resolve() / folder.name
    folder.mkdir(mode=0o700, exist_ok=True)
    # Windows protects a user's profile by access lists, which ``os.stat`` does not show.
    if os.name == "nt":
        return folder
    own = folder.lstat()
    if not stat.S_ISDIR(own.st_mode) or own.st_uid != os.getuid() or own.st_mode & OTHERS:
        raise Unsafe(f"{folder} is not a folder of yours alone (chmod 700, or name another in ECASE_VERIFY_CACHE)")
    for above in folder.parents:
        found = above.stat()
        shared = found.st_mode & WRITABLE and not found.st_mode & stat.S_ISVTX
        if shared or found.st_uid not in (0, os.getuid()):
            raise Unsafe(f"others can change {above}: name another place in ECASE_VERIFY_CACHE")
    return folder


def _holds(folder: Path, members: dict[str, bytes]) -> bool:
    """Whether the folder holds exactly ``members``, as regular files."""
    if folder.is_symlink():
        return False
    paths = [path for path in folder.rglob("*") if path.is_symlink() or path.is_file()]
    found = {path.relative_to(folder).as_posix(): path for path in paths}
    return found.keys() == members.keys() and all(
        not path.is_symlink() and path.read_bytes() == members[name] for name, path in found.items()
    )


def _unpack(folder: Path, members: dict[str, bytes]) -> None:
    """Write to a temporary folder, then rename it: an interrupted start leaves no partial folder."""
    making = Path(tempfile.mkdtemp(prefix=".making-", dir=folder.parent))
    try:
        for name, data in members.items():
            target = (making / name).resolve()
            if making.resolve() not in target.parents:
                raise Unsafe(f"{name} leaves its folder")
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            target.write_bytes(data)
            target.chmod(0o600)
        if folder.is_symlink():
            folder.unlink()
        elif folder.exists():
            shutil.rmtree(folder)
        making.rename(folder)
    finally:
        shutil.rmtree(making, ignore_errors=True)


if __name__ == "__main__":
    raise SystemExit(main())
