"""Case 56: archives that differ from what the service writes."""

import io
import stat
import struct
import zipfile

import pytest

from signatures import container
from signatures.container import Evidence, asics, strict_zip
from signatures.container.strict_zip import Entry
from tests.signatures.acts import PDF, Court

# Any of these: an invalid archive often has several faults.
REASON = "entries|archive|name|manifest|JSON|object|plain file|container|missing|Expecting"
FILES = {"protocol.pdf": PDF, "справка.pdf": b"second"}


@pytest.fixture(scope="module")
def court() -> Court:
    return Court()


@pytest.fixture(scope="module")
def evidence(court: Court) -> Evidence:
    *previous, protocol = court.chain()
    return Evidence(protocol, tuple(previous), FILES, {"report.json": b"{}"})


def rewritten(data: bytes, **changes: bytes | None) -> bytes:
    """The archive with entries replaced, added or (``None``) left out; the manifest is unchanged."""
    entries = {entry.name: entry.data for entry in strict_zip.read(data)} | changes
    return strict_zip.write([Entry(name, body) for name, body in entries.items() if body is not None])


def test_what_is_written_is_read(evidence):
    data = container.write(evidence)
    assert data == container.write(evidence)
    found = container.read(data)
    assert found.act == evidence.act
    assert found.acts == (*evidence.previous, evidence.act)
    assert found.files == {f"files/{name}": strict_zip.Digested.of(body) for name, body in FILES.items()}
    assert found.extras == {"report.json": b"{}"}


def test_the_inner_container_is_asics(evidence):
    inner = container.read(container.write(evidence))
    data = asics.write(inner.act_json, inner.cms)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        first = archive.infolist()[0]
        assert archive.namelist() == ["mimetype", "act.json", "META-INF/signature.p7s"]
    assert (first.compress_type, first.header_offset) == (zipfile.ZIP_STORED, 0)
    assert data[38 : 38 + len(asics.MIMETYPE)] == asics.MIMETYPE


def test_files_that_are_absent_or_other_are_not_written(evidence):
    with pytest.raises(ValueError, match=r"protocol\.pdf, справка\.pdf"):
        container.write(Evidence(evidence.act, files={"protocol.pdf": b"other"}))


def test_names_unfit_for_an_archive(court):
    names = ["../x.pdf", "a.pdf", "A.pdf", "good.pdf"]
    statement = {"files": [{"name": name, "sha256": "ab" * 32} for name in names]}
    unfit = [f"files/{number}-{'ab' * 8}" for number in (1, 2, 3)]
    assert container.file_names(statement) == [*unfit, "files/good.pdf"]


@pytest.mark.parametrize(
    "changes",
    [
        {"files/protocol.pdf": b"other"},
        {"files/protocol.pdf": None},
        {"files/added.pdf": b"x"},
        {"added.txt": b"x"},
        {"manifest.json": None},
        {"manifest.json": b"{}"},
        {"protocol.asics": None},
    ],
    ids=["altered", "absent", "file added", "added", "no manifest", "empty manifest", "no act"],
)
def test_case_56_manifest_and_archive_must_agree(evidence, changes):
    with pytest.raises(ValueError, match=REASON):
        container.read(rewritten(container.write(evidence), **changes))


def archive(*entries: tuple[str, bytes], mode: int = stat.S_IFREG | 0o644, method: int = zipfile.ZIP_STORED) -> bytes:
    """An archive written without the checks of ``strict_zip``."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as made:
        for name, data in entries:
            info = zipfile.ZipInfo(name)
            info.external_attr, info.compress_type = mode << 16, method
            made.writestr(info, data)
    return buffer.getvalue()


NAMES = ["../x", "a/../../x", "/x", "a//x", "a\\x", "C:x", "a/", ".", "x\x01", "n" * 300]


@pytest.mark.parametrize("name", NAMES)
def test_case_56_names_that_lead_out(name):
    with pytest.raises(ValueError, match=REASON):
        strict_zip.read(archive((name, b"x")))
    with pytest.raises(ValueError, match=REASON):
        strict_zip.write([Entry(name, b"x")])


def test_case_56_hidden_name():
    """Readers cut the name at a NUL."""
    with pytest.raises(ValueError, match=REASON):
        strict_zip.read(archive(("good.pdfXevil", b"x")).replace(b"good.pdfX", b"good.pdf\x00"))


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_case_56_two_entries_with_one_name():
    for second in ("a", "A"):
        with pytest.raises(ValueError, match="one name"):
            strict_zip.read(archive(("a", b"1"), (second, b"2")))


def test_case_56_links_and_bombs():
    with pytest.raises(ValueError, match="plain file"):
        strict_zip.read(archive(("a", b"/etc/passwd"), mode=stat.S_IFLNK | 0o777))
    with pytest.raises(ValueError, match="beyond reason"):
        strict_zip.read(archive(("a", b"\x00" * 10_000_000), method=zipfile.ZIP_DEFLATED))
    with pytest.raises(ValueError, match="too large"):
        strict_zip.read(archive(*((str(number), b"") for number in range(1001))))


def test_case_56_bytes_around_the_archive():
    good = archive(("a", b"x"))
    assert strict_zip.read(good) == [Entry("a", b"x", stored=True)]
    commented = good[:-2] + struct.pack("<H", 3) + b"abc"
    for bad in (b"prefix" + good, good + b"tail", commented, good[:-5], b"", b"PK\x03\x04"):
        with pytest.raises(ValueError, match=REASON):
            strict_zip.read(bad)


def test_case_56_local_and_central_names_differ():
    good = archive(("aaaa", b"x"))
    with pytest.raises(ValueError, match=REASON):
        strict_zip.read(good.replace(b"aaaa", b"bbbb", 1))


def test_case_56_checksum():
    with pytest.raises(ValueError, match=REASON):
        strict_zip.read(archive(("a", b"content")).replace(b"content", b"kontent"))


@pytest.mark.parametrize(
    "entries",
    [
        [("act.json", b"{}"), ("META-INF/signature.p7s", b"x")],
        [("act.json", b"{}"), ("mimetype", asics.MIMETYPE), ("META-INF/signature.p7s", b"x")],
        [("mimetype", b"application/zip"), ("act.json", b"{}"), ("META-INF/signature.p7s", b"x")],
        [("mimetype", asics.MIMETYPE), ("act.json", b"{}")],
        [("mimetype", asics.MIMETYPE), ("act.json", b"{}"), ("META-INF/signature.p7s", b"x"), ("more", b"")],
    ],
    ids=["no mimetype", "second", "other", "no signature", "more"],
)
def test_case_56_asics_is_exactly_three_entries(entries):
    with pytest.raises(ValueError, match=REASON):
        asics.read(archive(*entries))


def test_case_56_asics_mimetype_compressed():
    entries = [("mimetype", asics.MIMETYPE), ("act.json", b"{}"), ("META-INF/signature.p7s", b"x")]
    with pytest.raises(ValueError, match="mimetype"):
        asics.read(archive(*entries, method=zipfile.ZIP_DEFLATED))
