"""Checks a document in Rich Text Format (RTF 1.9.1) by its control words, whatever stands around them."""

import re
from collections.abc import Iterator
from pathlib import Path

from ecase.untrusted import addresses, archives
from ecase.untrusted.findings import ARCHIVE, CUT, EMBEDDED, EXTERNAL, LINK, OLE, PROGRAM, Finding

# Words that embed or link an object of another program; those that hold bytes past which readers do not look.
_WORDS = {
    **dict.fromkeys(("object", "objdata", "objemb", "objlink", "objautlink", "objsub", "objpub", "objicemb"), OLE),
    **dict.fromkeys(("objocx", "objhtml", "objclass", "objupdate", "ole"), OLE),
    **dict.fromkeys(("bin", "datastore"), EMBEDDED),
}
_TOKEN = re.compile(rb"\\([a-zA-Z]{1,40})(-?\d{1,10})? ?|\\'[0-9a-fA-F]{2}|\\[^a-zA-Z]|([{}])")
_FIELD = re.compile(
    rb"\s*(DDE|DDEAUTO|INCLUDETEXT|INCLUDEPICTURE|IMPORT|HYPERLINK)\b\s*(?:\\l\s*)?\"?([^\"{}]{0,400})", re.IGNORECASE
)
_TEMPLATE = b"template"
_WATCHED = (b"fldinst", _TEMPLATE)
# Longest text that is looked at after a word whose text matters, and how a file is read.
MAX_TEXT, PIECE, LONGEST = 2_000, 256 * 1024, 64
MAX_DEPTH = 10_000


def examine(path: Path) -> Iterator[Finding]:
    """All objections to the document at ``path``, the first of each code."""
    if archives.is_archive(path):
        yield Finding(ARCHIVE)
    said: set[str] = set()
    for finding in _found(path):
        if finding.code not in said:
            said.add(finding.code)
            yield finding


def _found(path: Path) -> Iterator[Finding]:
    depth, watched, text = 0, b"", bytearray()
    for token, between in _tokens(path):
        text += between[: MAX_TEXT - len(text)] if watched else b""
        brace, word = token[3], (token[1] or b"").lower()
        depth += {b"{": 1, b"}": -1}.get(brace, 0)
        if not 0 <= depth <= MAX_DEPTH:
            break
        if code := _WORDS.get(word.decode()):
            yield Finding(code, {"part": word.decode()})
        elif word in _WATCHED or brace == b"}":
            # An instruction ends with its group, or where the next one begins.
            yield from _of_text(watched, bytes(text))
            watched = word
            text.clear()
    if depth > 0:
        yield Finding(CUT)


def _of_text(word: bytes, text: bytes) -> Iterator[Finding]:
    """Objections to the instruction of a field, or to the template that the document names."""
    if word == _TEMPLATE:
        address = text.decode("cp1251", "replace").strip()
        if not addresses.stays_local(address):
            yield Finding(EXTERNAL, {"address": addresses.shown(address)})
    elif match := _FIELD.match(text):
        kind, address = match[1].upper(), match[2].decode("cp1251", "replace").strip()
        if kind.startswith(b"DDE"):
            yield Finding(PROGRAM)
        elif kind == b"HYPERLINK":
            if not addresses.may_be_clicked(address):
                yield Finding(LINK, {"address": addresses.shown(address)})
        elif not addresses.stays_local(address):
            yield Finding(EXTERNAL, {"address": addresses.shown(address)})


def _tokens(path: Path) -> Iterator[tuple[re.Match[bytes], bytes]]:
    """Each control word, symbol and brace, with the text before it; the file is read in pieces."""
    rest = b""
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            data, at = rest + piece, 0
            # A word at the end of a piece may go on in the next one.
            end = len(data) - LONGEST
            for match in _TOKEN.finditer(data):
                if match.start() >= end and len(piece) == PIECE:
                    break
                yield match, data[at : match.start()]
                at = match.end()
            rest = data[at:][-max(MAX_TEXT, LONGEST) :] if len(piece) == PIECE else b""
