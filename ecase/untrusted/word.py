"""Checks a Word document of the old binary form (MS-DOC in a compound file, MS-CFB)."""

import re
import struct
from pathlib import Path

import olefile

from ecase.untrusted import archives
from ecase.untrusted.findings import ARCHIVE, CUT, DAMAGED, ENCRYPTED, MACRO, OLE, PROGRAM, Faulty, Finding

DOC = "doc"
TEXT, PACKAGE = "worddocument", "encryptedpackage"
# Storages that hold Visual Basic, and the one that holds objects of other programs (MS-DOC 2.1.9, MS-OVBA 2.2).
_STORAGES = {"macros": MACRO, "_vba_project": MACRO, "_vba_project_cur": MACRO, "vba": MACRO, "objectpool": OLE}
MAX_ENTRIES = 10_000
# Bits of the beginning of WordDocument (FibBase, MS-DOC 2.5.2).
MAGIC, FLAGS_AT, IS_ENCRYPTED = 0xA5EC, 0x0A, 0x0100
# A field begins with this byte; these start another program or load what is elsewhere. The text is in either charset.
_FIELD = re.compile(
    rb"\x13\0?(?:\s\0?){0,20}(D\0?D\0?E\0?(A\0?U\0?T\0?O)?|I\0?N\0?C\0?L\0?U\0?D\0?E\0?(T\0?E\0?X\0?T|P\0?I\0?C\0?T))"
)
PIECE, OVERLAP = 1024 * 1024, 64
FAULTS = (OSError, ValueError, IndexError, KeyError, TypeError, AttributeError, struct.error, RecursionError)


def examine(path: Path) -> tuple[str, list[Finding]]:
    """``doc`` if the compound file at ``path`` is a Word document, else empty; and the objections to it."""
    try:
        with olefile.OleFileIO(path, raise_defects=olefile.DEFECT_INCORRECT) as compound:
            return _examined(compound, path)
    except FAULTS as fault:
        raise Faulty(DAMAGED) from fault


def _examined(compound: olefile.OleFileIO, path: Path) -> tuple[str, list[Finding]]:
    entries = compound.listdir(streams=True, storages=True)
    if len(entries) > MAX_ENTRIES:
        raise Faulty(DAMAGED)
    names = {entry[-1].lower() for entry in entries}
    if PACKAGE in names:
        return DOC, [Finding(ENCRYPTED)]
    if TEXT not in names:
        return "", []
    # An object pool is empty in most documents; its storages are the objects.
    filled = {part.lower() for entry in entries for part in entry[:-1]}
    held = (filled & _STORAGES.keys()) | (names & {"macros", "_vba_project", "vba"})
    codes = sorted({_STORAGES[name] for name in held})
    findings = [Finding(code, {"part": ""}) for code in codes]
    if archives.is_archive(path):
        findings.append(Finding(ARCHIVE))
    return DOC, [*findings, *_of_text(compound)]


def _of_text(compound: olefile.OleFileIO) -> list[Finding]:
    """Whether the text is encrypted, and whether its fields reach out of the document."""
    with compound.openstream("WordDocument") as text:
        piece = text.read(PIECE)
        if len(piece) < FLAGS_AT + 2:
            raise Faulty(CUT)
        if struct.unpack_from("<H", piece)[0] != MAGIC:
            raise Faulty(DAMAGED)
        if struct.unpack_from("<H", piece, FLAGS_AT)[0] & IS_ENCRYPTED:
            return [Finding(ENCRYPTED)]
        while piece:
            if _FIELD.search(piece):
                return [Finding(PROGRAM)]
            more = text.read(PIECE)
            piece = piece[-OVERLAP:] + more if more else b""
    return []
