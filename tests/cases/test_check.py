"""``manage.py documents check``: every stored file is there and whole (O-F14)."""

import io
import random
import tracemalloc
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from ecase.cases import documents, storage
from ecase.cases.models import Blob
from tests.factories import CaseFactory, investigator_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def files() -> list[Blob]:
    case = CaseFactory(number="260000000000777")
    post = investigator_of(case)
    texts = [f"Жауап {number}.\n".encode() for number in range(5)]
    return [documents.store(case, post, f"{number}.txt", io.BytesIO(text)).blob for number, text in enumerate(texts)]


def check() -> tuple[int, str]:
    out = StringIO()
    try:
        call_command("documents", "check", stdout=out, stderr=out)
    except CommandError as fault:
        return fault.returncode, out.getvalue()
    return 0, out.getvalue()


def place(media: Path, blob: Blob) -> Path:
    return media / storage.path_of(blob.sha256)


def test_whole_files_are_whole(files: list[Blob]) -> None:
    code, text = check()
    assert (code, "5" in text) == (0, True)


def test_a_missing_and_an_altered_file_are_named_with_their_case(files: list[Blob], media: Path) -> None:
    """In a restored copy ten files were missing, and nothing said so."""
    place(media, files[1]).unlink()
    place(media, files[3]).write_bytes(b"other")
    code, text = check()
    assert code == 1
    assert f"missing: {storage.path_of(files[1].sha256)} (260000000000777)" in text
    assert f"altered: {storage.path_of(files[3].sha256)} (260000000000777)" in text
    assert files[0].sha256 not in text


def test_files_without_a_row_are_named_and_no_fault(files: list[Blob], media: Path) -> None:
    orphan = media / storage.path_of("ab" * 32)
    orphan.parent.mkdir(parents=True)
    orphan.write_bytes(b"left by a crash")
    place(media, files[0]).write_bytes(b"other")
    documents.put_bytes("Жауап 0.\n".encode(), "text/plain; charset=utf-8")
    code, text = check()
    assert code == 0
    assert f"orphan: {storage.path_of('ab' * 32)}" in text
    assert f"set aside: {storage.ALTERED}/{files[0].sha256}" in text


def test_a_large_file_is_read_in_pieces() -> None:
    documents.put_bytes(random.Random(7).randbytes(48 * 2**20), "application/pdf")
    tracemalloc.start()
    assert check()[0] == 0
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 16 * storage.CHUNK


def test_nothing_stored_is_nothing_wrong() -> None:
    assert check()[0] == 0
