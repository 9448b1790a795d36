"""Checks an Office Open XML document (ISO/IEC 29500-2) by its content types, relationships and parts.

The names of parts are chosen by the sender and prove nothing: a macro is a part that a relationship or a content type
declares as one, or whose bytes are those of an OLE file. Links that a reader clicks are accepted.
"""

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import IO
from xml.parsers import expat

from ecase.untrusted import addresses
from ecase.untrusted.findings import (
    ACTIVEX,
    DAMAGED,
    EMBEDDED,
    EXTERNAL,
    LINK,
    MACRO,
    OLE,
    PROGRAM,
    Faulty,
    Finding,
    refuse_doctype,
)
from ecase.untrusted.packages import SIGNATURE, Package

CONTENT_TYPES, ROOT_RELATIONSHIPS = "[Content_Types].xml", "_rels/.rels"
DOCX, XLSX = "docx", "xlsx"
_MAIN = {
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml": DOCX,
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml": XLSX,
}
_TYPES = {
    "macroenabled": MACRO,
    "vba": MACRO,
    "macrosheet": MACRO,
    "activex": ACTIVEX,
    "oleobject": OLE,
}
# By the last segment of a relationship's type, which the transitional and the strict form share.
_RELATIONSHIPS = {
    "vbaproject": MACRO,
    "wordvbadata": MACRO,
    "xlmacrosheet": MACRO,
    "xlintlmacrosheet": MACRO,
    "oleobject": OLE,
    "control": ACTIVEX,
    "activexcontrolbinary": ACTIVEX,
    "afchunk": EMBEDDED,
}
# Elements of a workbook's external link that start another program (DDE) or ask an OLE server.
_LINK_ELEMENTS = {"ddeLink": OLE, "oleLink": OLE}
OLE_HEAD, PROGRAM_HEAD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"MZ"
XML_ENDINGS = (".xml", ".rels", ".vml")
MAX_DEPTH = 1
MAX_NESTED = 20 * 1024 * 1024


@dataclass
class _Contents:
    """Information from the parts of one package."""

    defaults: dict[str, str] = field(default_factory=dict)
    overrides: dict[str, str] = field(default_factory=dict)
    main: str = ""
    findings: list[Finding] = field(default_factory=list)


def examine(path: Path) -> tuple[str, list[Finding]]:
    """Whether the package at ``path`` is a ``docx``, an ``xlsx`` or neither (empty), and the objections to it."""
    with path.open("rb") as file:
        return _examined(file, 0)


def _examined(file: IO[bytes], depth: int) -> tuple[str, list[Finding]]:
    package, found = Package(file), _Contents()
    if not {CONTENT_TYPES, ROOT_RELATIONSHIPS} <= {entry.filename for entry in package.entries}:
        return "", []
    for entry in package.entries:
        _read(package, entry, found, depth)
    for entry in package.entries:
        stated = _type_of(found, entry.filename).lower()
        codes = [code for sign, code in _TYPES.items() if sign in stated]
        found.findings.extend(Finding(code, {"part": entry.filename}) for code in codes)
    # The first finding of each code.
    once = {finding.code: finding for finding in reversed(found.findings)}
    return _MAIN.get(_type_of(found, found.main), ""), list(once.values())[::-1]


def _read(package: Package, entry: zipfile.ZipInfo, found: _Contents, depth: int) -> None:
    pieces = package.pieces(entry)
    head = next(pieces, b"")
    if head.startswith((OLE_HEAD, PROGRAM_HEAD)):
        code = OLE if head.startswith(OLE_HEAD) else PROGRAM
        found.findings.append(Finding(code, {"part": entry.filename}))
    if head.startswith(SIGNATURE):
        _nested(head, pieces, entry.filename, found, depth)
    elif entry.filename.lower().endswith(XML_ENDINGS):
        _Xml(entry.filename, found).read(head, pieces)
    # Always read to the end: the output is counted and compared.
    for _piece in pieces:
        pass


def _nested(head: bytes, pieces: Iterator[bytes], part: str, found: _Contents, depth: int) -> None:
    """An embedded package: the workbook behind a chart is accepted if it is one and has no fault itself."""
    data = bytearray(head)
    for piece in pieces:
        data += piece
        if len(data) > MAX_NESTED:
            break
    inside = depth < MAX_DEPTH and len(data) <= MAX_NESTED
    kind, findings = _examined(BytesIO(data), depth + 1) if inside else ("", [])
    found.findings.extend(findings if kind else [Finding(EMBEDDED, {"part": part})])


# -- content types ------------------------------------------------------------------------------------------------


def _type_of(found: _Contents, part: str) -> str:
    name = "/" + part.lstrip("/")
    ending = PurePosixPath(name).suffix[1:].lower()
    return found.overrides.get(name.lower(), found.defaults.get(ending, ""))


# -- XML ----------------------------------------------------------------------------------------------------------


class _Xml:
    """One XML part. Only its beginning is parsed unless it declares what the package contains."""

    def __init__(self, part: str, found: _Contents) -> None:
        self.part, self.found, self.begun = part, found, False
        self.whole = part == CONTENT_TYPES or part.lower().endswith(".rels") or "externallink" in part.lower()
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.StartDoctypeDeclHandler = partial(refuse_doctype, part)
        self.parser.StartElementHandler = self._element

    def read(self, head: bytes, pieces: Iterator[bytes]) -> None:
        try:
            self.parser.Parse(head)
            while self.whole or not self.begun:
                piece = next(pieces, b"")
                self.parser.Parse(piece, not piece)
                if not piece:
                    break
        except expat.ExpatError as fault:
            # A part that does not declare the package's contents may be malformed; readers repair it.
            if self.whole or not self.begun:
                raise Faulty(DAMAGED, part=self.part) from fault

    def _element(self, name: str, attributes: dict[str, str]) -> None:
        self.begun, local = True, name.rpartition(" ")[2]
        if not self.whole:
            self.parser.StartElementHandler = None
        elif self.part == CONTENT_TYPES:
            stated = attributes.get("ContentType", "")
            if part := attributes.get("PartName"):
                self.found.overrides[part.lower()] = stated
            elif ending := attributes.get("Extension"):
                self.found.defaults[ending.lower()] = stated
        elif local == "Relationship":
            self._relationship(attributes)
        elif code := _LINK_ELEMENTS.get(local):
            self._say(code)

    def _relationship(self, attributes: dict[str, str]) -> None:
        kind = attributes.get("Type", "").rpartition("/")[2].lower()
        target = attributes.get("Target", "")
        if self.part == ROOT_RELATIONSHIPS and kind == "officedocument":
            self.found.main = target
        if code := _RELATIONSHIPS.get(kind):
            self._say(code)
        if attributes.get("TargetMode", "").lower() != "external":
            return
        if kind == "hyperlink" and not addresses.may_be_clicked(target):
            self._say(LINK, address=addresses.shown(target))
        elif kind != "hyperlink" and not addresses.stays_local(target):
            self._say(EXTERNAL, address=addresses.shown(target))

    def _say(self, code: str, **detail: str) -> None:
        self.found.findings.append(Finding(code, {"part": self.part, **detail}))
