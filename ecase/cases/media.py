"""Detects the type of a file from its bytes, never from its name or from what the sender states."""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

HEAD = 1024
CHUNK = 64 * 1024
PDF = "application/pdf"
# Scanners and printers write a byte order mark, line ends or PJL before the header (ISO 32000-1, annex H.3, note 13).
_PDF_HEAD = re.compile(rb"(\xef\xbb\xbf)?[\0\t\n\f\r ]*(\x1b%-12345X@PJL[^%]*)?%PDF-")
# The presented form of files whose structure is then read (``ecase.untrusted.examine``).
_HEADS = {"png": b"\x89PNG\r\n\x1a\n", "jpg": b"\xff\xd8\xff", "office": b"PK\x03\x04"}
# Words of Cyrillic letters (in Windows-1251) among all bytes that are not ASCII.
_CYRILLIC_WORD = re.compile(rb"[\xc0-\xff\xa8\xb8\xb2\xb3\xaf\xbf\xaa\xba]{2,}")
_NOT_ASCII = re.compile(rb"[\x80-\xff]")
# All but tab, line feed, form feed and carriage return.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f]")
# The percentage of such bytes that must be in words: single accented letters of other languages are not.
_MOST = 80


@dataclass(frozen=True)
class FileType:
    """A type of file that can be detected from its bytes. ``key`` is what the setting ``UPLOAD_TYPES`` lists."""

    key: str
    media_type: str
    extensions: tuple[str, ...]


TYPES = {
    "pdf": FileType("pdf", PDF, ("pdf",)),
    "png": FileType("png", "image/png", ("png",)),
    "jpg": FileType("jpg", "image/jpeg", ("jpg", "jpeg", "jpe", "jfif")),
    "docx": FileType("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", ("docx",)),
    "xlsx": FileType("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ("xlsx",)),
    **{
        charset: FileType("txt", f"text/plain; charset={charset}", ("txt",))
        for charset in ("utf-8", "utf-16le", "utf-16be", "windows-1251")
    },
}


def presented(file: IO[bytes]) -> str:
    """The form that ``file`` presents: ``pdf``, ``png``, ``jpg``, ``office``, the charset of a text, or nothing."""
    file.seek(0)
    head = file.read(HEAD)
    if _PDF_HEAD.match(head):
        return "pdf"
    return next((form for form, mark in _HEADS.items() if head.startswith(mark)), "") or _charset(file, head)


# -- text ---------------------------------------------------------------------------------------------------------


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
