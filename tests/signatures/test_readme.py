"""The library's README: its examples run, its commands exist, and no module needs Django."""

import pkgutil
import re
import subprocess
import sys
from pathlib import Path

import pytest

import signatures

ROOT = Path(__file__).parents[2]
README = (ROOT / "signatures" / "README.md").read_text(encoding="utf-8")
FOREIGN = ("django", "rest_framework", "celery", "psycopg", "ecase", "workflows", "api")
ALONE = """
import importlib, sys
sys.path.insert(0, sys.argv[1])
for name in sys.argv[3:]:
    importlib.import_module(name)
print([name for name in sys.modules if name.partition(".")[0] in sys.argv[2].split(",")])
"""


def modules() -> list[str]:
    found = [package.name for package in pkgutil.walk_packages(signatures.__path__, "signatures.")]
    return [name for name in found if not name.endswith("__main__")]


def test_the_example_of_five_minutes_runs():
    code = README.partition("## Five minutes")[2].partition("```python\n")[2].partition("```")[0]
    assert code.count("assert") == 5
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)


@pytest.mark.parametrize("line", re.findall(r"^python -m (signatures\S* ?\S*)", README, re.MULTILINE))
def test_the_commands_are_there(line):
    command = [sys.executable, "-m", *line.split()[:2], "--help"]
    options = " ".join(re.findall(rf"^python -m {re.escape(line)}.*", README, re.MULTILINE))
    output = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    assert all(option in output for option in re.findall(r"--[a-z]+", options))


def test_every_module_of_the_table_exists():
    table = README.partition("## Parts")[2]
    named = re.findall(r"`([a-z_0-9]+)/?`", "\n".join(re.findall(r"^\|([^|]+)\|", table, re.MULTILINE)))
    assert not [name for name in named if f"signatures.{name}" not in modules()]
    rooms = {module.name for module in pkgutil.iter_modules(signatures.__path__)} - {"__main__"}
    assert set(named) == rooms


def test_no_module_pulls_in_django_or_the_service():
    assert len(modules()) > 40
    command = [sys.executable, "-I", "-c", ALONE, str(ROOT), ",".join(FOREIGN), *modules()]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert output.strip() == "[]"
