"""A copy of the real catalogue that a test may break."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings

from workflows.statute.loading import read_folder
from workflows.statute.schema import Catalogue

Rewrite = Callable[[str, str, str], None]


@pytest.fixture(scope="session")
def kz() -> Catalogue:
    return read_folder(settings.STATUTE_DIR / "kz")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(settings.STATUTE_DIR / "kz", tmp_path / "kz"))


@pytest.fixture
def rewrite(folder: Path) -> Rewrite:
    """Replace the first occurrence of a text in one file of the copy."""

    def change(name: str, old: str, new: str) -> None:
        text = (folder / name).read_text(encoding="utf-8")
        assert old in text
        (folder / name).write_text(text.replace(old, new, 1), encoding="utf-8")

    return change
