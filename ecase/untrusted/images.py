"""Checks an image: header, structure and all pixels must be readable."""

import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from ecase.untrusted import archives
from ecase.untrusted.findings import ARCHIVE, DAMAGED, TOO_MANY_PIXELS, Faulty, Finding

MAX_PIXELS = 100_000_000
# JPEG is decoded at an eighth of its size: every byte is read, and a sixty-fourth of the memory is needed.
SHRINK = 8
# Pillow's exceptions for malformed files.
FAULTS = (
    *(OSError, SyntaxError, ValueError, KeyError, IndexError, TypeError, EOFError, struct.error, zlib.error),
    Image.DecompressionBombError,
    UnidentifiedImageError,
)


def examine(path: Path, form: str) -> Iterator[Finding]:
    """All objections to the picture at ``path``; ``form`` is ``PNG`` or ``JPEG``."""
    if archives.is_archive(path):
        yield Finding(ARCHIVE)
    Image.MAX_IMAGE_PIXELS = None
    try:
        _require_size(path, form)
        if form == "PNG":
            with Image.open(path, formats=["PNG"]) as image:
                image.verify()
        with Image.open(path, formats=[form]) as image:
            if form == "JPEG":
                image.draft(None, (max(1, image.width // SHRINK), max(1, image.height // SHRINK)))
            image.load()
    except FAULTS as fault:
        raise Faulty(DAMAGED) from fault


def _require_size(path: Path, form: str) -> None:
    with Image.open(path, formats=[form]) as image:
        width, height = image.size
    if width * height > MAX_PIXELS:
        raise Faulty(TOO_MANY_PIXELS, limit=MAX_PIXELS, width=width, height=height)
