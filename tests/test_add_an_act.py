"""The page that says how to add an act: followed in a copy of the tree, and complete for every act that there is."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from workflows.act_types import ActType
from workflows.motions.acts.registry import SPECS

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "how-to" / "add-an-act.md"
PLACES = ["workflows/act_types.py", "workflows/motions/acts/", "fixtures/statute/", "workflows/papers/wording/"]
CODE = ["api", "ecase", "signatures", "workflows"]
LOOK = """
import django
django.setup()
from workflows.motions.acts.registry import spec_of
from workflows.papers.wording import words
from workflows.statute.loading import read_folder
from pathlib import Path
spec = spec_of("note_for_file")
print(spec.type.label, spec.is_of_service, words("kk").act("note_for_file")["layout"])
for folder in sorted(Path("fixtures/statute").iterdir()):
    print(folder.name, [field.key for field in read_folder(folder).acts["note_for_file"].fields])
"""


def blocks() -> list[str]:
    """The four pieces of the page, in their order."""
    return re.findall(r"```(?:python|yaml)\n(.*?)```", PAGE.read_text(), re.DOTALL)


def after(path: Path, pattern: str, text: str) -> None:
    """Put ``text`` behind the first line that fits."""
    content = path.read_text()
    found = re.search(pattern, content, re.MULTILINE)
    assert found, (path, pattern)
    path.write_text(content[: found.end()] + "\n" + text + content[found.end() :])


def indented(text: str, spaces: int) -> str:
    return "".join(f"{' ' * spaces}{line}\n" if line else "\n" for line in text.rstrip().splitlines()).rstrip("\n")


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """The code and the law, without their history."""
    for name in [*CODE, "fixtures"]:
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("node_modules", "dist", "*.pyc"))
    return tmp_path


def run(tree: Path, code: str) -> subprocess.CompletedProcess[str]:
    environment = {"PYTHONPATH": str(tree), "DJANGO_SETTINGS_MODULE": "ecase.settings", "ECASE_DEBUG": "1"}
    return subprocess.run(
        [sys.executable, "-c", code], cwd=tree, env=environment, capture_output=True, text=True, check=False
    )


def test_the_page_names_the_four_places_and_no_other() -> None:
    headings = re.findall(r"^## \d\. .*$", PAGE.read_text(), re.MULTILINE)
    assert len(headings) == len(PLACES)
    assert all(place in heading for place, heading in zip(PLACES, headings, strict=True))


def test_every_act_stands_in_all_of_them() -> None:
    assert set(SPECS) == set(ActType)
    for language in ("kk", "ru", "en"):
        said = yaml.safe_load((ROOT / f"workflows/papers/wording/{language}.yaml").read_text())
        assert set(said["acts"]) == set(said["act_names"]) == set(ActType.values)


def test_who_follows_the_page_has_added_the_act(tree: Path) -> None:
    name, entry, form, words = blocks()
    types = tree / "workflows/act_types.py"
    after(types, r'^    EVENT = "event", .*$', indented(name, 4))

    without_entry = run(tree, LOOK)
    assert without_entry.returncode == 1
    assert "no entry in workflows.motions.acts for: note_for_file" in without_entry.stderr

    after(tree / "workflows/motions/acts/court.py", r"^ACTS = \($", indented(entry, 4) + ",")
    for folder in (tree / "fixtures/statute").iterdir():
        after(folder / "acts.yaml", r"^acts:$", indented(form, 2))
    for language in ("kk", "ru", "en"):
        path = tree / f"workflows/papers/wording/{language}.yaml"
        after(path, r"^acts:$", indented(words, 2))
        after(path, r"^act_names:$", "  note_for_file: note")

    added = run(tree, LOOK)
    assert added.returncode == 0, added.stderr
    lines = added.stdout.splitlines()
    assert lines[0] == "Note for the file False notice"
    assert len(lines) == 1 + len(list((tree / "fixtures/statute").iterdir()))
    assert all(line.endswith("['reasons']") for line in lines[1:])
