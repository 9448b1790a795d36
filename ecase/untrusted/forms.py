"""The form that a file presents by its first bytes; its structure is then read (``ecase.untrusted.examine``)."""

import codecs
import re
from collections.abc import Iterator
from typing import IO

HEAD = 1024
CHUNK = 64 * 1024
PDF, PNG, JPEG, TIFF, ZIP, OLE, RTF, BOXES, MP3, CMS = (
    *("pdf", "png", "jpg", "tiff", "zip", "ole", "rtf", "boxes", "mp3", "p7s"),
)
# Forms whose structure is read; every other form is the charset of a plain text.
STRUCTURED = frozenset({PDF, PNG, JPEG, TIFF, ZIP, OLE, RTF, BOXES, MP3, CMS})
_HEADS = {
    PNG: (b"\x89PNG\r\n\x1a\n",),
    JPEG: (b"\xff\xd8\xff",),
    TIFF: (b"II*\0", b"MM\0*"),
    ZIP: (b"PK\x03\x04",),
    OLE: (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",),
    RTF: (b"{\\rtf",),
    MP3: (b"ID3",),
    CMS: (b"-----BEGIN PKCS7-----", b"-----BEGIN CMS-----"),
}
# Scanners and printers write a byte order mark, line ends or PJL before the header (ISO 32000-1, annex H.3, note 13).
_PDF_HEAD = re.compile(rb"(\xef\xbb\xbf)?[\0\t\n\f\r ]*(\x1b%-12345X@PJL[^%]*)?%PDF-")
_BOXES_HEAD = re.compile(rb".{4}ftyp", re.DOTALL)
# A frame of MPEG audio, layer III, in a file without tags.
_FRAME_HEAD = re.compile(rb"\xff[\xe2\xe3\xf2\xf3\xfa\xfb]")
# SignedData (RFC 5652) in DER or in BER.
_CMS_HEAD = re.compile(
    rb"\x30(\x80|[\x00-\x7f]|[\x81-\x84].{1,4})\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02", re.DOTALL
)
_PATTERNS = {PDF: _PDF_HEAD, BOXES: _BOXES_HEAD, MP3: _FRAME_HEAD, CMS: _CMS_HEAD}
# Words of Cyrillic letters (in Windows-1251) among all bytes that are not ASCII.
_CYRILLIC_WORD = re.compile(rb"[\xc0-\xff\xa8\xb8\xb2\xb3\xaf\xbf\xaa\xba]{2,}")
_NOT_ASCII = re.compile(rb"[\x80-\xff]")
# All but tab, line feed, form feed and carriage return.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f]")
# The percentage of such bytes that must be in words: single accented letters of other languages are not.
_MOST = 80


def presented(file: IO[bytes]) -> str:
    """The form that ``file`` presents: one of :data:`STRUCTURED`, the charset of a text, or nothing."""
    file.seek(0)
    head = file.read(HEAD)
    by_mark = (form for form, marks in _HEADS.items() if head.startswith(marks))
    by_pattern = (form for form, pattern in _PATTERNS.items() if pattern.match(head))
    return next(by_mark, "") or next(by_pattern, "") or _charset(file, head)


def _charset(file: IO[bytes], head: bytes) -> str:
    """The charset in which ``file`` is plain text, without control characters other than tab and ends of lines."""
    for mark, charset in ((codecs.BOM_UTF16_LE, "utf-16le"), (codecs.BOM_UTF16_BE, "utf-16be")):
        if head.startswith(mark):
            return charset if _is_plain(file, charset) else ""
    if _is_plain(file, "utf-8"):
        return "utf-8"
    if not _is_plain(file, "windows-1251"):
        return ""
    # The bytes outside ASCII form words, as in Russian and not in French.
    letters = in_words = 0
    for piece in _pieces(file):
        letters += len(_NOT_ASCII.findall(piece))
        in_words += sum(map(len, _CYRILLIC_WORD.findall(piece)))
    return "windows-1251" if letters > 0 and in_words * 100 >= letters * _MOST else ""


def _is_plain(file: IO[bytes], charset: str) -> bool:
    decoder = codecs.getincrementaldecoder(charset)()
    try:
        return not any(_CONTROL.search(decoder.decode(piece, not piece)) for piece in _pieces(file))
    except UnicodeDecodeError:
        return False


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    """The bytes from the beginning; the last piece is empty."""
    file.seek(0)
    while piece := file.read(CHUNK):
        yield piece
    yield b""
