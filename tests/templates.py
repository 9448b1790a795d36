"""A migrated database that is kept on the embedded servers, of which each session copies its test database.

Migrating takes every test process twenty seconds, copying a fraction of one. The copy is migrated as well, which then
has nothing to do. A template is named after all that its tables come from: a changed migration, or another version of
Django or PostgreSQL, makes a new one.
"""

import hashlib
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db import ProgrammingError, connection

PREFIX = "ecase_migrated_"
OURS = re.compile(r"^(?:import|from) ((?:api|ecase|signatures|workflows)\.[\w.]+)", re.MULTILINE)


def name() -> str:
    """The template of the present migrations."""
    content = hashlib.sha256()
    for path in sorted({*_migrations(), settings.BASE_DIR / "requirements-dev.txt"}):
        content.update(path.read_bytes())
    return PREFIX + content.hexdigest()[:16]


def is_there() -> bool:
    return name() in _templates()


def keep() -> None:
    """Make a template of the test database, which has just been migrated; those of other migrations are deleted."""
    connection.close()
    found, kept, test_database = _templates(), name(), connection.settings_dict["NAME"]
    with connection._nodb_cursor() as cursor:
        for other in found - {kept}:
            cursor.execute(f"DROP DATABASE IF EXISTS {other}")
        # Another process of this session may have made the same one.
        with suppress(ProgrammingError):
            cursor.execute(f"CREATE DATABASE {kept} TEMPLATE {test_database}")


def _templates() -> set[str]:
    with connection._nodb_cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [PREFIX])
        return {row[0] for row in cursor.fetchall()}


def _migrations() -> Iterator[Path]:
    """The files of all migrations, and those of our modules that they import."""
    for config in apps.get_app_configs():
        for path in (Path(config.path) / "migrations").glob("*.py"):
            yield path
            for module in OURS.findall(path.read_text(encoding="utf-8")):
                yield _file_of(module)


def _file_of(module: str) -> Path:
    path = Path(settings.BASE_DIR, *module.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
