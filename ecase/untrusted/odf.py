"""Checks an OpenDocument text (ISO/IEC 26300) by its entries and by the links in its XML."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from xml.parsers import expat

from ecase.untrusted import addresses
from ecase.untrusted.findings import (
    DAMAGED,
    EMBEDDED,
    ENCRYPTED,
    EXTERNAL,
    LINK,
    MACRO,
    OLE,
    PROGRAM,
    SCRIPT,
    Faulty,
    Finding,
    refuse_doctype,
)
from ecase.untrusted.office import OLE_HEAD, PROGRAM_HEAD
from ecase.untrusted.packages import SIGNATURE, Package

ODT, MIMETYPE = "odt", "mimetype"
TEXT = b"application/vnd.oasis.opendocument.text"
# Folders of macros (part 2, 2.2.1, and what LibreOffice writes).
_MACROS = ("basic/", "scripts/", "dialogs/")
# Elements that start a program or run a script; every link but the first kind is loaded without a click.
_ACTIVE = {"event-listener": SCRIPT, "script": SCRIPT, "dde-connection": PROGRAM, "dde-source": PROGRAM}
_ACTIVE |= {"applet": PROGRAM, "plugin": PROGRAM, "dde-connection-decl": PROGRAM, "object-ole": OLE}
_CLICKED = "a"
_XLINK = "http://www.w3.org/1999/xlink href"


def examine(path: Path) -> tuple[str, list[Finding]]:
    """``odt`` if the package at ``path`` is a text document, else empty; and the objections to it, one of a kind."""
    with path.open("rb") as file:
        package = Package(file)
        known = {entry.filename: entry for entry in package.entries}
        if MIMETYPE not in known or b"".join(package.pieces(known[MIMETYPE])).strip() != TEXT:
            return "", []
        once = {finding.code: finding for finding in _found(package)}
    return ODT, list(once.values())


def _found(package: Package) -> Iterator[Finding]:
    for entry in package.entries:
        name = entry.filename.lower()
        if name.startswith(_MACROS) and not name.endswith(("script-lc.xml", "script-lb.xml", "dialog-lc.xml")):
            yield Finding(MACRO, {"part": entry.filename})
        pieces = package.pieces(entry)
        head = next(pieces, b"")
        for mark, code in ((OLE_HEAD, OLE), (PROGRAM_HEAD, PROGRAM), (SIGNATURE, EMBEDDED)):
            if head.startswith(mark):
                yield Finding(code, {"part": entry.filename})
        if name.endswith(".xml"):
            yield from _Links(entry.filename).read(head, pieces)
        for _piece in pieces:
            pass


class _Links:
    """One XML part, read to its end."""

    def __init__(self, part: str) -> None:
        self.part, self.found = part, list[Finding]()
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.StartDoctypeDeclHandler = partial(refuse_doctype, part)
        self.parser.StartElementHandler = self._element

    def read(self, head: bytes, pieces: Iterator[bytes]) -> list[Finding]:
        """The objections to the part."""
        try:
            self.parser.Parse(head)
            for piece in pieces:
                self.parser.Parse(piece)
            self.parser.Parse(b"", True)
        except expat.ExpatError as fault:
            raise Faulty(DAMAGED, part=self.part) from fault
        return self.found

    def _element(self, name: str, attributes: dict[str, str]) -> None:
        local, target = name.rpartition(" ")[2], attributes.get(_XLINK, "")
        if local == "encryption-data":
            self._say(ENCRYPTED)
        elif code := _ACTIVE.get(local):
            self._say(code)
        elif local == _CLICKED and not addresses.may_be_clicked(target):
            self._say(LINK, address=addresses.shown(target))
        elif local != _CLICKED and target and not addresses.stays_local(target):
            self._say(EXTERNAL, address=addresses.shown(target))

    def _say(self, code: str, **detail: str) -> None:
        self.found.append(Finding(code, {"part": self.part, **detail}))
