"""What a file is, told from its bytes and never from its name or from what the sender says."""

import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO

MAX_ENTRIES = 2_000
MAX_UNPACKED = 200 * 1024 * 1024
MACROS = "vbaproject.bin"
HEAD = 16
TEXT_CHUNK = 64 * 1024


@dataclass(frozen=True)
class FileType:
    """A type of file that can be told from its bytes. ``key`` is what the setting ``UPLOAD_TYPES`` lists."""

    key: str
    media_type: str
    extensions: tuple[str, ...]
    recognises: Callable[[IO[bytes]], bool]


def recognise(file: IO[bytes], allowed: list[str]) -> FileType | None:
    """The first of the ``allowed`` types whose bytes ``file`` has; ``None`` when it has none of them."""
    for kind in TYPES:
        file.seek(0)
        if kind.key in allowed and kind.recognises(file):
            return kind
    return None


def _begins(*beginnings: bytes) -> Callable[[IO[bytes]], bool]:
    return lambda file: file.read(HEAD).startswith(beginnings)


def _office(part: str) -> Callable[[IO[bytes]], bool]:
    """An Office Open XML package with ``part`` and without macros or a bomb (ISO/IEC 29500-2)."""

    def recognises(file: IO[bytes]) -> bool:
        if not zipfile.is_zipfile(file):
            return False
        file.seek(0)
        try:
            with zipfile.ZipFile(file) as package:
                entries = package.infolist()
        except (zipfile.BadZipFile, NotImplementedError, UnicodeDecodeError):
            return False
        names = {entry.filename for entry in entries}
        return {"[Content_Types].xml", part} <= names and _harmless(entries)

    return recognises


def _harmless(entries: list[zipfile.ZipInfo]) -> bool:
    macros = any(entry.filename.lower().endswith(MACROS) for entry in entries)
    return not macros and len(entries) <= MAX_ENTRIES and sum(e.file_size for e in entries) <= MAX_UNPACKED


def _plain_text(file: IO[bytes]) -> bool:
    """UTF-8 without control characters other than tab and line ends."""
    try:
        return all(_printable(line) for line in iter(lambda: file.readline(TEXT_CHUNK), b""))
    except UnicodeDecodeError:
        return False


def _printable(line: bytes) -> bool:
    return not any(c < " " and c not in "\t\r\n\f" for c in line.decode("utf-8"))


TYPES = (
    FileType("pdf", "application/pdf", ("pdf",), _begins(b"%PDF-")),
    FileType("png", "image/png", ("png",), _begins(b"\x89PNG\r\n\x1a\n")),
    FileType("jpg", "image/jpeg", ("jpg", "jpeg"), _begins(b"\xff\xd8\xff")),
    FileType(
        "docx",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ("docx",),
        _office("word/document.xml"),
    ),
    FileType(
        "xlsx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ("xlsx",),
        _office("xl/workbook.xml"),
    ),
    FileType("txt", "text/plain; charset=utf-8", ("txt",), _plain_text),
)
