"""Files of a case: streamed, looked at, stored once."""

import hashlib
import io
import random
import threading
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.db import DatabaseError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from ecase.audit.models import Entry
from ecase.cases import documents, integrity, names, storage, validation
from ecase.cases.integrity import Altered
from ecase.cases.models import Blob, Document
from ecase.problems import Invalid
from tests.cases import samples
from tests.factories import CaseFactory, investigator_of
from tests.logs import about, done_by

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def at() -> tuple[Any, Any]:
    case = CaseFactory()
    return case, investigator_of(case)


def stored(at: tuple[Any, Any], name: str, data: bytes, **options: Any) -> Document:
    return documents.store(*at, name, io.BytesIO(data), **options)


def faults(at: tuple[Any, Any], name: str, data: bytes, **options: Any) -> set[str]:
    with pytest.raises(Invalid) as refused:
        stored(at, name, data, **options)
    assert {problem.field for problem in refused.value.problems} == {"file"}
    return {problem.code for problem in refused.value.problems}


def files(media: Path) -> list[Path]:
    return [path for path in media.rglob("*") if path.is_file()]


ACCEPTED = {
    "қаулы.pdf": (samples.pdf(), "application/pdf"),
    "Фото.JPEG": (samples.JPEG, "image/jpeg"),
    "plan.png": (samples.PNG, "image/png"),
    "rapport.docx": (samples.office(), validation.media.TYPES["docx"].media_type),
    "счёт.xlsx": (samples.office("xl/workbook.xml"), validation.media.TYPES["xlsx"].media_type),
    "жауап.txt": ("Жауап алынды.\r\n".encode(), "text/plain; charset=utf-8"),
}


@pytest.mark.parametrize("name", ACCEPTED)
def test_accepted_files_come_back_as_they_came(at: Any, name: str, media: Path) -> None:
    data, media_type = ACCEPTED[name]
    document = stored(at, name, data, expected_sha256=hashlib.sha256(data).hexdigest().upper())
    blob = document.blob
    assert (document.name, blob.size, blob.media_type) == (name, len(data), media_type)
    with integrity.open_intact(blob.sha256) as file:
        assert file.read() == data
    place = media / "documents" / blob.sha256[:2] / blob.sha256[2:4] / blob.sha256
    assert files(media) == [place]
    assert place.stat().st_mode & 0o077 == 0


REFUSED = {
    "nothing.pdf": (b"", {"file-empty"}),
    "tool.exe": (samples.WINDOWS_PROGRAM, {"file-type-not-accepted"}),
    "picture.pdf": (samples.PNG, {"file-extension-mismatch"}),
    "act.pdf.exe": (samples.pdf(), {"file-extension-mismatch"}),
    "act": (samples.pdf(), {"file-extension-mismatch"}),
    "\u202e\u200b": (samples.pdf(), {"file-name-missing"}),
    "archive.7z": (b"7z\xbc\xaf\x27\x1c" + bytes(60), {"file-type-not-accepted"}),
    "archive.docx": (samples.zipped({"a.txt": b"a"}), {"file-extension-mismatch"}),
    "script.pdf": (samples.pdf_with_script(), {"file-active-content"}),
    "secret.pdf": (samples.pdf_encrypted(), {"file-encrypted"}),
    "half.pdf": (samples.pdf()[:200], {"file-damaged"}),
    "pixels.png": (samples.png_stating(50_000, 50_000), {"file-beyond-limits"}),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused_files_leave_nothing_behind(at: Any, name: str, media: Path) -> None:
    data, expected = REFUSED[name]
    assert faults(at, name, data) == expected
    assert files(media) == []
    assert not Blob.objects.exists()
    assert not Document.objects.exists()


def test_every_fault_is_named_at_once(at: Any) -> None:
    found = faults(at, "x.png", samples.pdf_with_script(), expected_sha256="0" * 64)
    assert found == {"file-hash-mismatch", "file-extension-mismatch", "file-active-content"}


def test_a_setting_says_which_types_are_accepted(at: Any, settings: Any) -> None:
    settings.UPLOAD_TYPES = ["pdf"]
    assert faults(at, "a.png", samples.PNG) == {"file-type-not-accepted"}
    stored(at, "a.pdf", samples.pdf())


class Endless(io.RawIOBase):
    """A stream without an end, which counts what was taken from it."""

    taken = 0

    def read(self, size: int = -1) -> bytes:
        self.taken += size
        return b"a" * size


def test_the_limit_is_kept_while_reading(at: Any, media: Path) -> None:
    stream = Endless()
    with pytest.raises(Invalid) as refused:
        documents.store(*at, "a.txt", stream, limit=1_000_000)
    assert [problem.code for problem in refused.value.problems] == ["file-too-large"]
    assert stream.taken <= 1_000_000 + storage.CHUNK
    assert files(media) == []
    assert stored(at, "a.txt", b"abc", limit=3)


class Broken(io.RawIOBase):
    def read(self, size: int = -1) -> bytes:
        raise ConnectionResetError


def test_a_broken_upload_leaves_nothing_behind(at: Any, media: Path) -> None:
    with pytest.raises(ConnectionResetError):
        documents.store(*at, "a.txt", Broken())
    assert files(media) == []


def test_same_bytes_are_stored_once(at: Any, media: Path) -> None:
    first, second = stored(at, "a.pdf", samples.pdf()), stored(at, "b.pdf", samples.pdf())
    assert first.blob == second.blob
    assert len(files(media)) == Blob.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_same_bytes_at_once_are_stored_once(media: Path) -> None:
    case = CaseFactory()
    post, data, barrier, kept = investigator_of(case), samples.pdf(30), threading.Barrier(4), []

    def upload(number: int) -> None:
        barrier.wait()
        kept.append(stored((case, post), f"{number}.pdf", data).blob_id)
        connection.close()

    threads = [threading.Thread(target=upload, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(kept) == 4
    assert len(set(kept)) == len(files(media)) == 1
    assert default_storage.exists(storage.path_of(kept[0]))


def test_storing_and_reading_are_logged_without_the_name(at: Any) -> None:
    case, post = at
    document = stored(at, "құпия.pdf", samples.pdf())
    with documents.read(document, post) as file:
        assert file.read(5) == b"%PDF-"
    of_case, of_reader = (entry.content for entry in about("document", document.pk))
    assert (of_case["event"], of_reader["event"]) == ("document.stored", "document.read")
    assert of_case["subject"] == of_reader["subject"] == {"case": str(case.pk), "document": str(document.pk)}
    assert of_case["data"]["sha256"] == document.blob_id
    assert "құпия" not in str(of_case)


def test_generated_bytes_cost_one_query_and_one_file(media: Path, django_assert_num_queries: Any) -> None:
    data = samples.pdf()
    with django_assert_num_queries(1):
        blob = documents.put_bytes(data, "application/pdf")
    written = files(media)[0].stat().st_ino
    with django_assert_num_queries(1):
        assert documents.put_bytes(data, "application/pdf") == blob
    assert files(media)[0].stat().st_ino == written
    assert Blob.objects.get().size == len(data)


def test_the_database_keeps_documents_as_they_were(at: Any) -> None:
    document = stored(at, "a.pdf", samples.pdf())
    for change in (
        lambda: Document.objects.filter(pk=document.pk).update(name="b.pdf"),
        lambda: Blob.objects.filter(pk=document.blob_id).update(size=1),
    ):
        with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
            change()


def alter(document: Document, data: bytes | None) -> None:
    """Behind the service's back, as whoever has the disk could; ``None``: the file is gone."""
    path = Path(default_storage.path(storage.path_of(document.blob_id)))
    if data is None:
        path.unlink()
    else:
        path.write_bytes(data)


ALTERATIONS = {
    "lost": None,
    "emptied": b"",
    "one byte": samples.pdf()[:-1] + b"?",
    "longer": samples.pdf() + b"\n",
}


@pytest.mark.parametrize("how", ALTERATIONS)
def test_an_altered_file_is_not_handed_out(at: Any, how: str) -> None:
    document, data = stored(at, "құпия.pdf", samples.pdf()), ALTERATIONS[how]
    alter(document, data)
    with pytest.raises(Altered) as refused:
        documents.read(document, at[1])
    (problem,) = refused.value.problems
    found = "" if data is None else hashlib.sha256(data).hexdigest()
    assert problem.params == {"name": document.blob_id, "sha256": document.blob_id, "found": found}
    entry = Entry.objects.latest("pk").content
    assert (entry["event"], entry["chain"], entry["subject"]) == ("file.altered", "system", {"file": document.blob_id})
    assert entry["data"] == {"sha256": document.blob_id, "found": found}
    assert "document.read" not in {entry.event for entry in done_by(at[1])}


@pytest.mark.parametrize("how", ALTERATIONS)
def test_the_same_file_uploaded_again_takes_the_place_of_an_altered_one(at: Any, how: str, media: Path) -> None:
    document, data = stored(at, "a.pdf", samples.pdf()), ALTERATIONS[how]
    alter(document, data)
    stored(at, "b.pdf", samples.pdf())
    with documents.read(document, at[1]) as file:
        assert file.read() == samples.pdf()
    aside = media / storage.ALTERED / document.blob_id
    assert (aside.read_bytes() if aside.exists() else None) == data
    incidents = [entry for entry in Entry.objects.all() if entry.event == "file.altered"]
    assert len(incidents) == (0 if data is None else 1)


def test_a_large_file_is_read_in_pieces(at: Any) -> None:
    data = b"%PDF-1.4\n" + random.Random(3).randbytes(64 * 2**20)
    blob = documents.put_bytes(data, "application/pdf")
    tracemalloc.start()
    integrity.require_intact([{"name": "a.pdf", "sha256": blob.sha256}])
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 8 * storage.CHUNK


@pytest.mark.parametrize(
    ("given_name", "expected"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\a\\Қаулы №1.pdf", "Қаулы №1.pdf"),
        ("act\u202efdp.exe", "actfdp.exe"),
        ("a\x00b\r\nc.pdf", "ab c.pdf"),
        ('<"a">|b?*.pdf', "__a___b__.pdf"),
        (" .hidden. ", "hidden"),
        ("a\r\x1b\rb.pdf", "a b.pdf"),
        ("и\u200d\u0306.pdf", "й.pdf"),
        ("й.pdf", "й.pdf"),
        ("а" * 300 + ".pdf", "а" * 116 + ".pdf"),
    ],
)
def test_names_are_made_safe(given_name: str, expected: str) -> None:
    assert names.safe(given_name) == expected


@given(st.text(max_size=300))
def test_a_safe_name_stays_as_it_is(name: str) -> None:
    safe = names.safe(name)
    assert names.safe(safe) == safe
    assert len(safe) <= names.MAX_LENGTH
    assert not set(safe) & set('/\\<>:"|?*\x00\r\n')
