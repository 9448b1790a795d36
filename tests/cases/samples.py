"""Small files of every accepted type, and of some that are not, made here byte by byte."""

import io
import zipfile
import zlib

from pypdf import PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)
JPEG = b"\xff\xd8\xff\xe0" + bytes(20)
WINDOWS_PROGRAM = b"MZ" + bytes(100)


def pdf(pages: int = 1) -> bytes:
    """A still PDF."""
    return _written(_writer(pages))


def pdf_with_script() -> bytes:
    writer = _writer(1)
    action = {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("app.alert(1);")}
    writer.root_object[NameObject("/OpenAction")] = DictionaryObject(action)
    return _written(writer)


def pdf_with_file() -> bytes:
    writer = _writer(1)
    writer.add_attachment("inside.txt", b"hello")
    return _written(writer)


def pdf_encrypted() -> bytes:
    writer = _writer(1)
    writer.encrypt("secret")
    return _written(writer)


def pdf_of(body: bytes) -> bytes:
    """Bytes in the dress of a PDF: what a hostile sender writes by hand."""
    return b"%PDF-1.7\n1 0 obj\n" + body + b"\nendobj\n%%EOF\n"


def object_stream(content: bytes) -> bytes:
    """An object stream (ISO 32000-1, 7.5.7) with ``content``."""
    packed = zlib.compress(content)
    return pdf_of(b"<< /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode >>\nstream\r\n" + packed + b"\nendstream")


def office(*parts: str, size: int = 10) -> bytes:
    """An Office Open XML package with these parts."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        for part in ("[Content_Types].xml", *parts):
            package.writestr(part, bytes(size))
    return buffer.getvalue()


def _writer(pages: int) -> PdfWriter:
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(200, 200)
    return writer


def _written(writer: PdfWriter) -> bytes:
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()
