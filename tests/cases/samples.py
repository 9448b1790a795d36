"""Small files of every accepted type, and of some that are not, made here byte by byte."""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable

import pikepdf
from PIL import Image

WINDOWS_PROGRAM = b"MZ" + bytes(100)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100)
PAGE = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] %s >>"


# -- pictures -----------------------------------------------------------------------------------------------------


def picture(form: str, size: tuple[int, int] = (40, 30), **options: object) -> bytes:
    """A picture with a gradient, so that it is not one byte repeated."""
    buffer = io.BytesIO()
    Image.linear_gradient("L").resize(size).convert("RGB").save(buffer, form, **options)
    return buffer.getvalue()


PNG, JPEG = picture("PNG"), picture("JPEG")


def png_stating(width: int, height: int) -> bytes:
    """A PNG of one bit a pixel that states a size; its data are of one row."""
    header = struct.pack(">2I5B", width, height, 1, 0, 0, 0, 0)
    row = zlib.compress(bytes(1 + (width + 7) // 8))
    return PNG[:8] + _chunk(b"IHDR", header) + _chunk(b"IDAT", row) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


# -- PDF ----------------------------------------------------------------------------------------------------------


def pdf(pages: int = 1) -> bytes:
    """A still PDF."""
    return pdf_of(lambda made: [made.add_blank_page(page_size=(200, 200)) for _ in range(pages)], pages=0)


def pdf_of(change: Callable[[pikepdf.Pdf], object], pages: int = 1, **options: object) -> bytes:
    """A PDF of blank pages that ``change`` has worked on, saved with ``options`` of pikepdf."""
    buffer = io.BytesIO()
    with pikepdf.Pdf.new() as made:
        for _ in range(pages):
            made.add_blank_page(page_size=(200, 200))
        change(made)
        # The same bytes every time, unless a key is drawn.
        made.save(buffer, deterministic_id="encryption" not in options, **options)  # type: ignore[arg-type]
    return buffer.getvalue()


def pdf_with_script() -> bytes:
    return pdf_of(lambda made: made.Root.update({"/OpenAction": pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="1")}))


def pdf_with_file() -> bytes:
    def attach(made: pikepdf.Pdf) -> None:
        made.attachments["inside.txt"] = pikepdf.AttachedFileSpec(made, b"hello")

    return pdf_of(attach)


def pdf_encrypted(user: str = "secret") -> bytes:
    return pdf_of(lambda made: None, encryption=pikepdf.Encryption(owner="owner", user=user))


def raw_pdf(*objects: bytes, page: bytes = b"", root: bytes = b"", trailer: bytes = b"") -> bytes:
    """What a hostile sender writes by hand: catalogue, pages and one page, then ``objects`` from number 4 on."""
    numbered = [
        b"<< /Type /Catalog /Pages 2 0 R " + root + b" >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        PAGE % page,
        *objects,
    ]
    made, places = bytearray(b"%PDF-1.7\n"), []
    for number, content in enumerate(numbered, 1):
        places.append(len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    begins = len(made)
    made += b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(numbered) + 1, table)
    made += b"trailer << /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n" % (len(numbered) + 1, trailer, begins)
    return bytes(made)


def stream(content: bytes, entries: bytes = b"") -> bytes:
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(content), entries, content)


def pdf_in_streams(inner: bytes, pack: Callable[[bytes], bytes], filters: bytes) -> bytes:
    """A PDF whose object 4 stands in an object stream (7.5.7), packed by ``pack`` as ``filters`` says."""
    head = b"4 0 "
    packed = pack(head + inner)
    numbered = [
        b"<< /Type /Catalog /Pages 2 0 R /OpenAction 4 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        PAGE % b"",
        None,
        stream(packed, b"/Type /ObjStm /N 1 /First %d %s" % (len(head), filters)),
    ]
    made, rows = bytearray(b"%PDF-1.7\n"), [struct.pack(">BIB", 0, 0, 255)]
    for number, content in enumerate(numbered, 1):
        if content is None:
            rows.append(struct.pack(">BIB", 2, 5, 0))
            continue
        rows.append(struct.pack(">BIB", 1, len(made), 0))
        made += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    begins = len(made)
    rows.append(struct.pack(">BIB", 1, begins, 0))
    made += b"6 0 obj\n%s\nendobj\n" % stream(b"".join(rows), b"/Type /XRef /Size 7 /W [1 4 1] /Root 1 0 R")
    return bytes(made) + b"startxref\n%d\n%%%%EOF\n" % begins


# -- Office Open XML ----------------------------------------------------------------------------------------------

_OOXML = "application/vnd.openxmlformats-officedocument."
_RELATIONSHIPS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
MAIN = {
    "word/document.xml": _OOXML + "wordprocessingml.document.main+xml",
    "xl/workbook.xml": _OOXML + "spreadsheetml.sheet.main+xml",
}


def relationships(*given: tuple[str, str, str]) -> bytes:
    """Relationships as (type, target, mode)."""
    lines = (
        f'<Relationship Id="r{number}" Type="{kind if ":" in kind else _RELATIONSHIPS + kind}" Target="{target}"'
        + (f' TargetMode="{mode}"/>' if mode else "/>")
        for number, (kind, target, mode) in enumerate(given, 1)
    )
    text = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    return (text + "".join(lines) + "</Relationships>").encode()


def content_types(types: dict[str, str]) -> bytes:
    overrides = "".join(f'<Override PartName="/{part}" ContentType="{kind}"/>' for part, kind in types.items())
    return (
        '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        f'<Default Extension="xml" ContentType="application/xml"/>{overrides}</Types>'
    ).encode()


def office(main: str = "word/document.xml", types: dict[str, str] | None = None, **parts: bytes) -> bytes:
    """A package with the main part ``main`` and other ``parts`` by their names."""
    return zipped(office_parts(main, types, **parts))


def office_parts(main: str, types: dict[str, str] | None = None, **parts: bytes) -> dict[str, bytes]:
    return {
        "[Content_Types].xml": content_types({main: MAIN.get(main, "application/xml"), **(types or {})}),
        "_rels/.rels": relationships(("officeDocument", main, "")),
        main: b'<?xml version="1.0"?><w:document xmlns:w="w"><w:body/></w:document>',
        **parts,
    }


def zipped(parts: dict[str, bytes] | Iterable[tuple[str, bytes]]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items() if isinstance(parts, dict) else parts:
            package.writestr(name, content)
    return buffer.getvalue()


def stating_another_size(package: bytes, part: str, size: int) -> bytes:
    """The package with a central directory that lies about the unpacked size of ``part``."""
    # The name stands 46 bytes behind the beginning of its record (APPNOTE, 4.3.12).
    at = package.rindex(part.encode()) - 46
    return package[: at + 24] + struct.pack("<I", size) + package[at + 28 :]
