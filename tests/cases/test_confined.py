"""The confined reader: what a file does to a library, it does to one process, within limits (F-F5, O-F16)."""

import resource
import threading
import zlib
from pathlib import Path

import pikepdf
import pytest

from ecase import untrusted
from ecase.cases import validation
from ecase.untrusted import findings, process
from tests.cases import samples
from tests.cases.samples import raw_pdf, stream

OBJECT_STREAM = b"/Type /ObjStm /N 1 /First 4 /Filter /FlateDecode"


@pytest.fixture
def found(tmp_path: Path):
    def found(data: bytes, form: str = "pdf") -> list[str]:
        path = tmp_path / "file"
        path.write_bytes(data)
        return [finding.code for finding in untrusted.examine(path, form).findings]

    return found


def deep(levels: int) -> bytes:
    return b"<< /A " * levels + b"1" + b" >>" * levels


def circle_of_pages() -> bytes:
    return samples.pdf().replace(b"/Kids [ 3 0 R ]", b"/Kids [ 2 0 R ]")


def many_pages(levels: int = 6, width: int = 10) -> bytes:
    """A tree of pages in which every node has ``width`` children that are one and the same."""
    nodes = [
        b"<< /Type /Pages /Parent %d 0 R /Count %d /Kids [%s] >>"
        % (3 + level, width ** (levels - level), b"%d 0 R " % (5 + level) * width)
        for level in range(levels)
    ]
    leaf = samples.PAGE % b""
    return raw_pdf(*nodes, leaf).replace(b"/Kids [3 0 R]", b"/Kids [4 0 R]")


HOSTILE = {
    "a bomb in an object stream": lambda: samples.pdf_in_streams(
        bytes(300 * 2**20), zlib.compress, b"/Filter /FlateDecode"
    ),
    "object streams without end": lambda: raw_pdf(*[stream(zlib.compress(b"1 0 2"), OBJECT_STREAM)] * 20_000),
    "deep dictionaries": lambda: raw_pdf(deep(100_000)),
    "pages in a circle": circle_of_pages,
    "a million pages": many_pages,
    "an endless array": lambda: raw_pdf(b"[" + b"1 " * 3_000_000 + b"]"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_pdf_costs_one_process_within_its_limits(found, name: str) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    data = HOSTILE[name]()
    found(data)
    # Whatever was found, the next file is read as if nothing had been.
    assert found(samples.pdf()) == []
    assert found(samples.pdf_with_script()) == [findings.SCRIPT]
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 2 * len(data) // 1024 + 800 * 1024


def test_a_process_that_takes_too_long_is_ended(found, monkeypatch: pytest.MonkeyPatch) -> None:
    """One second of processor time, for a file that takes several on any machine."""
    monkeypatch.setattr(process, "CPU", 1)
    monkeypatch.setattr(process, "_reader", process._Reader())
    assert found(raw_pdf(*[b"<< /A (%d) >>" % number for number in range(900_000)])) == [findings.LIMITS]
    assert found(samples.pdf()) == []


def test_a_reader_that_has_died_is_started_again(found, monkeypatch: pytest.MonkeyPatch) -> None:
    reader = process._Reader()
    monkeypatch.setattr(process, "_reader", reader)
    assert found(samples.pdf()) == []
    assert reader._process
    reader._process.kill()
    reader._process.wait()
    assert found(samples.pdf()) == []


def test_who_gets_no_turn_is_told_so(found, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "TURN", 0.01)
    with process._reader._lock, pytest.raises(untrusted.Busy):
        found(samples.pdf())


def test_threads_get_their_own_answers(tmp_path: Path) -> None:
    paths = {}
    for number in range(6):
        path = paths[number] = tmp_path / str(number)
        path.write_bytes(samples.pdf_with_script() if number % 2 else samples.pdf())
    answers: dict[int, int] = {}
    threads = [
        threading.Thread(target=lambda n=number: answers.update({n: len(untrusted.examine(paths[n], "pdf").findings)}))
        for number in paths
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == {number: number % 2 for number in paths}


# -- joining ------------------------------------------------------------------------------------------------------


def mutations(data: bytes, count: int) -> list[bytes]:
    """``count`` copies that differ from ``data`` in one byte each, spread evenly over it."""
    made = []
    for number in range(count):
        at = number * len(data) // count
        made.append(data[:at] + bytes([(data[at] + 1 + number * 37) % 256]) + data[at + 1 :])
    return made


def test_of_files_with_one_byte_changed_each_is_joined_or_named(tmp_path: Path) -> None:
    """F-F5: 199 of 14,837 such files raised eight kinds of errors, and with them nobody could print anything."""
    annotated = raw_pdf(
        b"<< /Type /Annot /Subtype /Text /Rect [0 0 9 9] /Contents (note) >>",
        stream(zlib.compress(b"BT /F1 9 Tf (a) Tj ET"), b"/Filter /FlateDecode"),
        page=b"/Annots [4 0 R] /Contents 5 0 R",
    )
    paths = []
    for number, data in enumerate(mutations(annotated, 120)):
        path = tmp_path / f"{number}.pdf"
        path.write_bytes(data)
        paths.append(path)
    codes = untrusted.prepare(paths)
    whole = [untrusted.Part(path, path.name) for path, code in zip(paths, codes, strict=True) if not code]
    assert len(codes) == len(paths)
    assert len(whole) > len(paths) // 2
    assert untrusted.join(whole, tmp_path / "whole.pdf")
    with pikepdf.Pdf.open(tmp_path / "whole.pdf") as made:
        assert len(made.pages) >= len(whole)


def test_what_a_form_was_filled_with_is_printed(tmp_path: Path) -> None:
    look = stream(b"BT /F1 9 Tf (filled) Tj ET", b"/Type /XObject /Subtype /Form /BBox [0 0 90 20]")
    widget = b"<< /Type /Annot /Subtype /Widget /FT /Tx /T (a) /V (b) /Rect [0 0 90 20] /F 4 /AP << /N 5 0 R >> >>"
    path = tmp_path / "form.pdf"
    path.write_bytes(raw_pdf(widget, look, page=b"/Annots [4 0 R]", root=b"/AcroForm << /Fields [4 0 R] >>"))
    assert untrusted.prepare([path]) == [""]
    with pikepdf.Pdf.open(path) as made:
        forms = made.pages[0].Resources.XObject
        assert any(b"filled" in form.read_bytes() for form in forms.values())


def test_bytes_that_were_read_lately_are_not_read_again(tmp_path: Path) -> None:
    known = validation._Known(most=2)
    kept = {number: untrusted.Examined("pdf", ()) for number in range(3)}
    for number, examined in kept.items():
        known.keep((str(number), "pdf"), examined)

    assert known.get(("0", "pdf")) is None
    assert known.get(("2", "pdf")) is kept[2]
    assert known.get(("2", "png")) is None
