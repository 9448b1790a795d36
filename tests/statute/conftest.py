"""The law of Kazakhstan as it stands, and a small catalogue that a test may break."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection

from tests.law import law_of
from workflows.statute.schema import Catalogue

Rewrite = Callable[[str, str, str], None]


@pytest.fixture(scope="session")
def kz() -> Catalogue:
    return law_of("kz")


@pytest.fixture
def specimen(tmp_path: Path) -> Path:
    """A law of nowhere with every word in it: real law may change without breaking tests of the reader."""
    return Path(shutil.copytree(Path(__file__).parent / "specimen", tmp_path / "specimen"))


def rewriter(folder: Path) -> Rewrite:
    """Replaces the first occurrence of a text in one file of ``folder``."""

    def change(name: str, old: str, new: str) -> None:
        text = (folder / name).read_text(encoding="utf-8")
        assert old in text
        (folder / name).write_text(text.replace(old, new, 1), encoding="utf-8")

    return change


@pytest.fixture(autouse=True)
def no_law(request: pytest.FixtureRequest) -> None:
    """Tests of this room begin without the law that the test database holds, but for those that make motions."""
    if request.node.get_closest_marker("django_db") and "make_world" not in request.fixturenames:
        request.getfixturevalue("db")
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute("DELETE FROM statute_catalogueversion")
            cursor.execute("SET LOCAL session_replication_role = origin")
