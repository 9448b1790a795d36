"""The law is data: the program knows no country, no article and no kind of its own.

The signatures' room is left out, since it is the profile of one country's public key infrastructure; the settings name
the country that an installation is in.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from tests.law import law_of

ROOMS = ("api", "ecase", "workflows")
SETTINGS = settings.BASE_DIR / "ecase" / "settings.py"
COUNTRY = re.compile(r"Kazakhstan|Казахстан|Қазақстан|\bkz\b|\bKZ\b|Ukrain|demo-ua")
ARTICLE = re.compile(r"\bCPC\b|\b[Aa]rt(icle)?\.? ?\d|\b\d{2,3}(-\d)?\(\d|УПК|ҚПК")
SOURCES = [
    path
    for room in ROOMS
    for path in sorted((settings.BASE_DIR / room).rglob("*.py"))
    if path != SETTINGS and "node_modules" not in path.parts
]


def names(path: Path) -> str:
    return str(path.relative_to(settings.BASE_DIR))


@pytest.fixture(scope="module")
def kinds() -> set[str]:
    """Keys of kinds that are no everyday words of a program."""
    keys = {key for folder in settings.STATUTE_DIR.iterdir() for key in law_of(folder.name).kinds}
    return {key for key in keys if "_" in key or key == "custody"}


def test_no_line_names_a_country() -> None:
    found = {names(path): COUNTRY.findall(path.read_text(encoding="utf-8")) for path in SOURCES}
    told = {name: words for name, words in found.items() if words}
    assert told == {}


def test_no_text_of_the_program_names_an_article_or_a_kind(kinds: set[str]) -> None:
    """Docstrings and comments may: they tell the reader why. What the program says or compares may not."""
    found = {names(path): list(told_by(path, kinds)) for path in SOURCES}
    assert {name: texts for name, texts in found.items() if texts} == {}


def told_by(path: Path, kinds: set[str]) -> Iterator[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    yield from (text for text in texts_of(tree) if ARTICLE.search(text) or text in kinds)


def texts_of(tree: ast.AST) -> Iterator[str]:
    """Every string of a module but its docstrings."""
    explained = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in explained:
            yield node.value
