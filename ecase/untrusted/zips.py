"""Checks a plain ZIP archive: every entry is unpacked, counted, and read as if it had been uploaded by itself.

Accepted inside are documents, pictures, recordings, texts and data of unknown form; not programs, scripts, archives.
"""

import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path, PurePosixPath

from ecase.untrusted import forms
from ecase.untrusted.findings import EMBEDDED, PROGRAM, Finding
from ecase.untrusted.packages import Package

ZIP = "zip"
MAX_UNPACKED = 4 * 1024 * 1024 * 1024
# A larger entry is a film or a disk image: it is counted, and only its head is looked at.
MAX_EXAMINED = 256 * 1024 * 1024
_PROGRAMS = (
    b"MZ",
    b"\x7fELF",
    b"\xca\xfe\xba\xbe",
    b"\xcf\xfa\xed\xfe",
    b"\xce\xfa\xed\xfe",
    b"#!",
    b"\x4c\x00\x00\x00\x01\x14\x02\x00",
)
# What a double click on Windows, macOS or Linux would run.
_RUN = frozenset(
    {"bat", "cmd", "com", "cpl", "dll", "exe", "hta", "js", "jse", "lnk", "msc", "msi", "pif", "ps1", "psm1"}
)
_RUN |= {
    "jar",
    "py",
    "reg",
    "scr",
    "sh",
    "vb",
    "vbe",
    "vbs",
    "wsf",
    "wsh",
    "desktop",
    "url",
    "htm",
    "html",
    "xhtml",
    "svg",
}
_ARCHIVES = frozenset({"7z", "rar", "gz", "bz2", "xz", "tar", "cab", "iso", "arj", "ace"})
Examine = Callable[[Path, str], tuple[str, list[Finding]]]


def examine(path: Path, examine_entry: Examine) -> tuple[str, list[Finding]]:
    """The objections to the archive at ``path``, the first of each code; ``examine_entry`` reads what is inside."""
    once: dict[str, Finding] = {}
    with path.open("rb") as file:
        package = Package(file, MAX_UNPACKED)
        for entry in package.entries:
            for finding in _of_entry(package, entry, examine_entry):
                once.setdefault(finding.code, finding)
    return ZIP, list(once.values())


def _of_entry(package: Package, entry: zipfile.ZipInfo, examine_entry: Examine) -> list[Finding]:
    ending, part = PurePosixPath(entry.filename).suffix[1:].lower(), {"part": entry.filename[:100]}
    if ending in _RUN:
        return [Finding(PROGRAM, part)]
    if ending in _ARCHIVES:
        return [Finding(EMBEDDED, part)]
    with tempfile.TemporaryFile() as copy:
        head, size = b"", 0
        for piece in package.pieces(entry):
            head = head or piece
            size += len(piece)
            if size <= MAX_EXAMINED:
                copy.write(piece)
        copy.flush()
        if head.startswith(_PROGRAMS):
            return [Finding(PROGRAM, part)]
        form = forms.presented(copy) if size <= MAX_EXAMINED else ""
        if form not in forms.STRUCTURED:
            return []
        # The file has no name any more; it is gone with this process, however that ends.
        kind, findings = examine_entry(Path(f"/dev/fd/{copy.fileno()}"), form)
    if kind == ZIP:
        return [Finding(EMBEDDED, part)]
    return [Finding(finding.code, {**part, **finding.detail}) for finding in findings]
