"""The table of uploads, in both directions: what is refused and why, and what is taken (F-F18, O-F16)."""

import base64
import io
import zlib
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from django.utils import translation
from pikepdf import Array, Dictionary, Name

from ecase.cases import documents, integrity, validation
from ecase.cases.models import Blob, Document
from ecase.problems import Invalid
from tests.cases import samples
from tests.cases.samples import office, raw_pdf, relationships, stream
from tests.factories import CaseFactory, investigator_of

pytestmark = pytest.mark.django_db

SCRIPT = b"<< /S /JavaScript /JS (app.alert\\(1\\)) >>"
RUSSIAN = "Протокол допроса подозреваемого.\r\nВопрос: где вы были?\r\nОтвет: дома.\r\n"
DOCUMENT_RELS, SETTINGS_RELS = "word/_rels/document.xml.rels", "word/_rels/settings.xml.rels"


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def stored(name: str, data: bytes) -> Document:
    case = CaseFactory()
    return documents.store(case, investigator_of(case), name, io.BytesIO(data))


# -- the table ----------------------------------------------------------------------------------------------------


def with_action(action: bytes) -> bytes:
    return raw_pdf(action, root=b"/OpenAction 4 0 R")


def with_link(action: bytes) -> bytes:
    """An action behind a link, which a reader has to click."""
    return raw_pdf(b"<< /Type /Annot /Subtype /Link /Rect [0 0 9 9] /A " + action + b" >>", page=b"/Annots [4 0 R]")


def up_predicted(data: bytes) -> bytes:
    """PNG's predictor "up" (RFC 2083, 6.4) over rows of eight bytes, then Flate."""
    rows = [data[at : at + 8].ljust(8) for at in range(0, len(data), 8)]
    before, made = bytes(8), b""
    for row in rows:
        made += b"\x02" + bytes((now - last) % 256 for now, last in zip(row, before, strict=True))
        before = row
    return zlib.compress(made)


def lzw(data: bytes) -> bytes:
    """LZW (ISO 32000-1, 7.4.4) that clears its table before every byte: nine bits a code."""
    bits = "".join(f"{256:09b}{byte:09b}" for byte in data) + f"{257:09b}"
    padded = bits.ljust(-(-len(bits) // 8) * 8, "0")
    return int(padded, 2).to_bytes(len(padded) // 8, "big")


def titled(title: str) -> bytes:
    def change(made: pikepdf.Pdf) -> None:
        made.docinfo["/Title"] = title
        made.pages[0].Contents = made.make_stream(f"BT ({title} /EmbeddedFiles) Tj ET".encode())

    return samples.pdf_of(change)


def form_filled() -> bytes:
    widget = b"<< /Type /Annot /Subtype /Widget /FT /Tx /T (a) /V (b) /Rect [0 0 90 20] >>"
    return raw_pdf(widget, page=b"/Annots [4 0 R]", root=b"/AcroForm << /Fields [4 0 R] >>")


WORKBOOK = office("xl/workbook.xml")

TAKEN = {
    # F-F18: what was refused wrongly.
    "says-javascript.pdf": (titled("/JavaScript"), "application/pdf"),
    "says-encrypt.pdf": (titled("/Encrypt"), "application/pdf"),
    "says-xfa.pdf": (titled("/XFA /Launch /S /GoToE"), "application/pdf"),
    "stream-says-it.pdf": (raw_pdf(stream(b"/S /JavaScript /JS (x) /EF << /F 1 >>")), "application/pdf"),
    "object-stream-ascii.pdf": (
        samples.pdf_in_streams(
            b"<< /S /GoTo /D [3 0 R /Fit] >>", lambda data: data.hex().encode() + b">", b"/Filter /ASCIIHexDecode"
        ),
        "application/pdf",
    ),
    "object-stream-plain.pdf": (samples.pdf_in_streams(b"[3 0 R /Fit]", bytes, b""), "application/pdf"),
    "no-embedded-files.pdf": (raw_pdf(root=b"/Names << /EmbeddedFiles << /Names [] >> >>"), "application/pdf"),
    "byte-order-mark.pdf": (b"\xef\xbb\xbf" + samples.pdf(), "application/pdf"),
    "line-end-before.pdf": (b"\r\n" + samples.pdf(), "application/pdf"),
    "printer.pdf": (b"\x1b%-12345X@PJL JOB\r\n@PJL ENTER LANGUAGE=PDF\r\n" + samples.pdf(), "application/pdf"),
    "padded.pdf": (samples.pdf() + bytes(4000), "application/pdf"),
    "owner-password.pdf": (samples.pdf_encrypted(user=""), "application/pdf"),
    "camera.jfif": (samples.JPEG, "image/jpeg"),
    "cp1251.txt": (RUSSIAN.encode("cp1251"), "text/plain; charset=windows-1251"),
    "utf-16.txt": (RUSSIAN.encode("utf-16"), "text/plain; charset=utf-16le"),
    "utf-16be.txt": (b"\xfe\xff" + RUSSIAN.encode("utf-16-be"), "text/plain; charset=utf-16be"),
    # What stays harmless, or is usual.
    "utf-8.txt": (RUSSIAN.encode(), "text/plain; charset=utf-8"),
    "page.txt": (b"<html><script>alert(1)</script></html>", "text/plain; charset=utf-8"),
    "drawing.txt": (b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "text/plain; charset=utf-8"),
    "null-annotation.pdf": (raw_pdf(page=b"/Annots [null]"), "application/pdf"),
    "opens-at-a-page.pdf": (raw_pdf(root=b"/OpenAction [3 0 R /Fit]"), "application/pdf"),
    "link.pdf": (with_link(b"<< /S /URI /URI (https://adilet.zan.kz/rus) >>"), "application/pdf"),
    "letter-to.pdf": (with_link(b"<< /S /URI /URI (mailto:a@example.kz) >>"), "application/pdf"),
    "filled-form.pdf": (form_filled(), "application/pdf"),
    "structure.pdf": (raw_pdf(b"<< /Type /StructElem /S /Sound /P 1 0 R >>"), "application/pdf"),
    "no-table.pdf": (samples.pdf().replace(b"startxref", b"startxxxx"), "application/pdf"),
    "letter.docx": (office(), documents.validation.media.TYPES["docx"].media_type),
    "sheet.xlsx": (WORKBOOK, documents.validation.media.TYPES["xlsx"].media_type),
    "web-link.docx": (
        office(**{DOCUMENT_RELS: relationships(("hyperlink", "https://example.kz", "External"))}),
        documents.validation.media.TYPES["docx"].media_type,
    ),
    "own-template.docx": (
        office(**{SETTINGS_RELS: relationships(("attachedTemplate", "file:///C:\\Templates\\a.dotm", "External"))}),
        documents.validation.media.TYPES["docx"].media_type,
    ),
    "chart.docx": (
        office(**{"word/embeddings/sheet1.xlsx": WORKBOOK}),
        documents.validation.media.TYPES["docx"].media_type,
    ),
    "picture.png": (samples.PNG, "image/png"),
    "photo.jpg": (samples.picture("JPEG", (4000, 3000)), "image/jpeg"),
    "progressive.jpg": (samples.picture("JPEG", (900, 700), progressive=True), "image/jpeg"),
}


def half(data: bytes) -> bytes:
    return data[: len(data) // 2]


OLE_TYPE = {"word/thing.bin": "application/vnd.openxmlformats-officedocument.oleObject"}
DTD = b'<?xml version="1.0"?><!DOCTYPE w [<!ENTITY a SYSTEM "file:///etc/passwd">]><w>&a;</w>'
MANY = 60 * 2**20

REFUSED = {
    # Not whole, or something else.
    "half.pdf": (half(samples.pdf(5)), "cut"),
    "head.pdf": (b"%PDF-1.7", "cut"),
    "html.pdf": (b"%PDF-1.4\n<html><body>hello</body></html>\n%%EOF\n", "damaged"),
    "no-pages.pdf": (samples.pdf(0), "no-pages"),
    "no-size.pdf": (samples.pdf().replace(b"0 0 200 200", b"0 0 0   200"), "page-without-size"),
    "with-zip.pdf": (samples.pdf() + samples.zipped({"a.txt": b"a"}), "archive"),
    "with-zip.png": (samples.PNG + samples.zipped({"a.txt": b"a"}), "archive"),
    "head.jpg": (samples.JPEG[:20], "damaged"),
    "half.jpg": (half(samples.picture("JPEG", (400, 300))), "damaged"),
    "script.png": (samples.PNG[:8] + b"<script>alert(1)</script>", "damaged"),
    "half.png": (half(samples.PNG), "damaged"),
    "empty-data.png": (samples.PNG[:33] + samples.PNG[-12:], "damaged"),
    "large.png": (samples.png_stating(50_000, 50_000), "too-many-pixels"),
    # Hidden, or opens only with a key.
    "secret.pdf": (samples.pdf_encrypted(), "encrypted"),
    # Acts: found by structure, through every filter.
    "script.pdf": (with_action(SCRIPT), "script"),
    "escaped.pdf": (with_action(b"<< /#53 /J#61va#53cript /#4aS (x) >>"), "script"),
    "script-in-stream.pdf": (
        raw_pdf(b"<< /S /JavaScript /JS 5 0 R >>", stream(b"x"), root=b"/OpenAction 4 0 R"),
        "script",
    ),
    "in-names.pdf": (raw_pdf(SCRIPT, root=b"/Names << /JavaScript << /Names [(a) 4 0 R] >> >>"), "script"),
    "in-field.pdf": (raw_pdf(b"<< /FT /Tx /T (a) /AA << /K 5 0 R >> >>", SCRIPT), "script"),
    "flate.pdf": (samples.pdf_in_streams(SCRIPT, zlib.compress, b"/Filter /FlateDecode"), "script"),
    "double-flate.pdf": (
        samples.pdf_in_streams(
            SCRIPT, lambda data: zlib.compress(zlib.compress(data)), b"/Filter [/FlateDecode /FlateDecode]"
        ),
        "script",
    ),
    "predictor.pdf": (
        samples.pdf_in_streams(
            SCRIPT, up_predicted, b"/Filter /FlateDecode /DecodeParms << /Predictor 12 /Columns 8 >>"
        ),
        "script",
    ),
    "ascii85.pdf": (
        samples.pdf_in_streams(
            SCRIPT,
            lambda data: base64.a85encode(zlib.compress(data)) + b"~>",
            b"/Filter [/ASCII85Decode /FlateDecode]",
        ),
        "script",
    ),
    "hex.pdf": (
        samples.pdf_in_streams(SCRIPT, lambda data: data.hex().encode() + b">", b"/Filter /ASCIIHexDecode"),
        "script",
    ),
    "lzw.pdf": (samples.pdf_in_streams(SCRIPT, lzw, b"/Filter /LZWDecode"), "script"),
    "launch.pdf": (with_action(b"<< /S /Launch /F (calc.exe) >>"), "program"),
    "gotor-unc.pdf": (with_link(b"<< /S /GoToR /F (\\\\\\\\evil\\\\x) /D [0 /Fit] >>"), "other-file"),
    "gotoe.pdf": (with_link(b"<< /S /GoToE /T << /R /C /N (a) >> >>"), "embedded-file"),
    "rendition.pdf": (with_action(b"<< /S /Rendition /OP 0 /R << /S /MR >> >>"), "media"),
    "movie.pdf": (
        raw_pdf(b"<< /Type /Annot /Subtype /Movie /Rect [0 0 9 9] /Movie << /F (a.avi) >> >>", page=b"/Annots [4 0 R]"),
        "media",
    ),
    "submit.pdf": (with_link(b"<< /S /SubmitForm /F (https://example.kz) >>"), "form-action"),
    "file-inside.pdf": (samples.pdf_with_file(), "embedded-file"),
    "xfa.pdf": (raw_pdf(stream(b"<xdp/>"), root=b"/AcroForm << /Fields [] /XFA 4 0 R >>"), "xfa"),
    "external-stream.pdf": (raw_pdf(b"<< /Length 0 /F (\\\\\\\\evil\\\\x) >>\nstream\n\nendstream"), "other-file"),
    "script-link.pdf": (with_link(b"<< /S /URI /URI (javascript:alert\\(1\\)) >>"), "link"),
    "unc-link.pdf": (with_link(b"<< /S /URI /URI (file://evil/share) >>"), "link"),
    "asks-at-once.pdf": (with_action(b"<< /S /URI /URI (https://example.kz/seen) >>"), "link"),
    "asks-afterwards.pdf": (
        with_action(b"<< /S /GoTo /D [3 0 R /Fit] /Next << /S /URI /URI (https://example.kz/seen) >> >>"),
        "link",
    ),
    # Office: by relationships, content types and bytes, whatever the parts are called.
    "macro.docx": (office(**{"word/vbaProject.bin": samples.OLE}), "ole"),
    "macro-type.docx": (
        office(types={"word/document.xml": "application/vnd.ms-word.document.macroEnabled.main+xml"}),
        "macro",
    ),
    "renamed-macro.docx": (
        office(
            **{
                DOCUMENT_RELS: relationships(
                    ("http://schemas.microsoft.com/office/2006/relationships/vbaProject", "media/a.png", "")
                ),
                "word/media/a.png": b"x",
            }
        ),
        "macro",
    ),
    "sheet-macro.xlsx": (
        office(
            "xl/workbook.xml",
            **{
                "xl/_rels/workbook.xml.rels": relationships(
                    ("http://schemas.microsoft.com/office/2006/relationships/xlMacrosheet", "a.xml", "")
                )
            },
        ),
        "macro",
    ),
    "ole.docx": (office(**{DOCUMENT_RELS: relationships(("oleObject", "thing.bin", ""))}), "ole"),
    "ole-by-type.docx": (office(types=OLE_TYPE, **{"word/thing.bin": b"x"}), "ole"),
    "ole-by-bytes.docx": (office(**{"word/media/a.png": samples.OLE}), "ole"),
    "program.docx": (office(**{"word/media/a.png": samples.WINDOWS_PROGRAM}), "program"),
    "activex.docx": (office(**{DOCUMENT_RELS: relationships(("control", "activeX/a.xml", ""))}), "activex"),
    "template.docx": (
        office(**{SETTINGS_RELS: relationships(("attachedTemplate", "https://evil.example/a.dotm", "External"))}),
        "external",
    ),
    "unc-template.docx": (
        office(**{SETTINGS_RELS: relationships(("attachedTemplate", "file:///\\\\evil\\a.dotm", "External"))}),
        "external",
    ),
    "picture-from-outside.docx": (
        office(**{DOCUMENT_RELS: relationships(("image", "http://evil.example/a.png", "External"))}),
        "external",
    ),
    "script-link.docx": (
        office(**{DOCUMENT_RELS: relationships(("hyperlink", "javascript:alert(1)", "External"))}),
        "link",
    ),
    "dde.xlsx": (
        office("xl/workbook.xml", **{"xl/externalLinks/externalLink1.xml": b'<e xmlns="x"><ddeLink/></e>'}),
        "ole",
    ),
    "chunk.docx": (office(**{DOCUMENT_RELS: relationships(("aFChunk", "a.rtf", ""))}), "embedded-file"),
    "archive-inside.docx": (office(**{"word/a.bin": samples.zipped({"a.txt": b"a"})}), "embedded-file"),
    "macro-inside-chart.docx": (
        office(**{"word/embeddings/a.xlsx": office("xl/workbook.xml", **{"xl/vba.bin": samples.OLE})}),
        "ole",
    ),
    "path.docx": (office(**{"../../etc/passwd": b"x"}), "path"),
    "windows-path.docx": (office(**{"..\\..\\a.bat": b"x"}), "path"),
    "dtd.xlsx": (office("xl/workbook.xml", **{"xl/sharedStrings.xml": DTD}), "doctype"),
    "dtd-in-types.docx": (office(**{"[Content_Types].xml": DTD}), "doctype"),
    "bomb.docx": (lambda: office(**{f"word/media/{number}.png": bytes(MANY) for number in range(4)}), "expands"),
    "lying-sizes.docx": (
        lambda: samples.stating_another_size(office(**{"word/media/a.png": bytes(MANY)}), "word/media/a.png", 1000),
        "damaged",
    ),
    "half.docx": (half(office()), "damaged"),
}

OF_ANOTHER_TYPE = {
    "tool.pdf": samples.WINDOWS_PROGRAM,
    "tool.txt": b"a\x00b",
    "latin.txt": b"caf\xe9 cr\xe8me",
    "utf-16-without-mark.txt": RUSSIAN.encode("utf-16-le"),
    "archive.docx": samples.zipped({"a.txt": b"a"}),
    "presentation.docx": office("ppt/presentation.xml"),
    "html-before.pdf": b"<script>alert(1)</script>" * 60 + samples.pdf(),
    "before-it.docx": b"MZ" + office(),
}


@pytest.mark.parametrize("name", TAKEN)
def test_what_is_right_is_taken(name: str) -> None:
    data, media_type = TAKEN[name]
    blob = stored(name, data).blob
    assert (blob.media_type, blob.size) == (media_type, len(data))
    with integrity.open_intact(blob.sha256) as file:
        assert file.read() == data


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_wrong_is_refused_with_its_reason(name: str, media: Path) -> None:
    data, finding = REFUSED[name]
    data = data if isinstance(data, bytes) else data()
    with pytest.raises(Invalid) as refused:
        stored(name, data)
    found = [problem.params["found"] for problem in refused.value.problems]
    assert [finding] in found, found
    assert {problem.field for problem in refused.value.problems} == {"file"}
    assert all(name in str(problem.message) for problem in refused.value.problems)
    assert not Blob.objects.exists()
    assert [path for path in media.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("name", OF_ANOTHER_TYPE)
def test_what_is_something_else_is_refused(name: str) -> None:
    with pytest.raises(Invalid) as refused:
        stored(name, OF_ANOTHER_TYPE[name])
    # A package that is no document is an archive, under whatever name it comes.
    codes = {problem.code for problem in refused.value.problems}
    assert codes & {"file-type-not-accepted", "file-extension-mismatch"}


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
@pytest.mark.parametrize("finding", validation.SENTENCES)
def test_every_reason_is_a_sentence_that_names_the_file(language: str, finding: str) -> None:
    detail = {"page": 3, "limit": 5, "width": 1, "height": 1, "address": "x:", "part": "a"}
    english = validation.SENTENCES[finding][1]
    with translation.override(language):
        said = translation.gettext(english) % {"name": "хат.pdf", **detail}
    assert "хат.pdf" in said
    assert language == "en" or said != english % {"name": "хат.pdf", **detail}


def test_every_fault_of_a_file_is_named_at_once() -> None:
    """O-F16: a document with a macro, an outside template and a part that leaves its folder."""
    data = office(
        **{
            DOCUMENT_RELS: relationships(("control", "a.xml", ""), ("image", "http://evil.example/a.png", "External")),
            "word/a.bin": samples.OLE,
        }
    )
    with pytest.raises(Invalid) as refused:
        stored("all.docx", data)
    assert {problem.params["found"][0] for problem in refused.value.problems} == {"ole", "activex", "external"}


def test_hidden_among_many_objects_it_is_found() -> None:
    def change(made: pikepdf.Pdf) -> None:
        kept = [made.make_indirect(Dictionary(A=Array(range(20)), B=f"/JavaScript {number}")) for number in range(5000)]
        made.Root["/Kept"] = Array([*kept, made.make_indirect(Dictionary(S=Name.JavaScript, JS="x"))])

    with pytest.raises(Invalid) as refused:
        stored("many.pdf", samples.pdf_of(change, object_stream_mode=pikepdf.ObjectStreamMode.generate))
    assert [problem.params["found"] for problem in refused.value.problems] == [["script"]]
