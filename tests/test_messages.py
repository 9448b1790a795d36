"""Translations are compiled without gettext's tools, and what is missing is named."""

import gettext
import os
import time
from pathlib import Path

from ecase import messages

GOOD = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\nmsgid "court"\nmsgstr "сот"\n'
BAD = (
    GOOD
    + '\nmsgid "judge"\nmsgstr ""\n'
    + '\n#, fuzzy\nmsgid "act"\nmsgstr "акті"\n'
    + '\n#, python-format\nmsgid "%(n)d acts"\nmsgstr "%(m)d акті"\n'
)


def source(folder: Path, text: str) -> Path:
    path = folder / "ecase" / "room" / "locale" / "kk" / "LC_MESSAGES" / "django.po"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_compiled_form_is_what_gettext_reads(tmp_path: Path) -> None:
    source(tmp_path, GOOD)
    [target] = messages.compile_stale(messages.catalogues(tmp_path))
    with target.open("rb") as stream:
        assert gettext.GNUTranslations(stream).gettext("court") == "сот"


def test_only_what_is_stale_is_compiled(tmp_path: Path) -> None:
    path = source(tmp_path, GOOD)
    assert messages.compile_stale([path])
    assert messages.compile_stale([path]) == []
    later = time.time() + 5
    os.utime(path, (later, later))
    assert messages.compile_stale([path])


def test_each_fault_is_named_with_its_line(tmp_path: Path) -> None:
    path = source(tmp_path, BAD)
    found = list(messages.faults(path))
    assert [fault.removeprefix(f"{path}:").split(":")[0] for fault in found] == ["7", "11", "15"]
    assert "no translation: 'judge'" in found[0]
    assert "fuzzy: 'act'" in found[1]
    assert "%(n)d acts" in found[2]


def test_broken_file_is_one_fault(tmp_path: Path) -> None:
    path = source(tmp_path, f"{GOOD}nonsense\n")
    [fault] = messages.faults(path)
    assert fault.startswith(f"{path}:")


def test_project_has_translations() -> None:
    assert {path.parents[1].name for path in messages.catalogues()} == {"kk", "ru"}
