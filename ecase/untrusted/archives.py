"""Detects files that can also be opened as a ZIP archive, whatever they begin with."""

import zipfile
from pathlib import Path


def is_archive(path: Path) -> bool:
    """True if a program that searches for an archive from the end of the file finds one with entries."""
    try:
        with zipfile.ZipFile(path) as archive:
            return bool(archive.infolist())
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, UnicodeDecodeError, ValueError, OSError):
        return False
