"""Checks an image: header, structure and all pixels of all its pages must be readable."""

import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

import pi_heif
from PIL import Image, ImageSequence, UnidentifiedImageError

from ecase.untrusted import archives
from ecase.untrusted.findings import ARCHIVE, CUT, DAMAGED, TOO_MANY_PAGES, TOO_MANY_PIXELS, Faulty, Finding

MAX_PIXELS = 100_000_000
MAX_PAGES = 1_000
# JPEG is decoded at an eighth of its size: every byte is read, and a sixty-fourth of the memory is needed.
SHRINK = 8
# Exceptions of Pillow, and of libheif, for malformed files.
FAULTS = (
    *(OSError, SyntaxError, ValueError, KeyError, IndexError, TypeError, EOFError, RuntimeError),
    *(struct.error, zlib.error),
    Image.DecompressionBombError,
    UnidentifiedImageError,
)
# Tags of a TIFF: where its strips or tiles begin, and how long they are.
STRIPS = ((273, 279), (324, 325))
PNG, JPEG, TIFF, HEIC = "PNG", "JPEG", "TIFF", "HEIF"
# One thread: the limits of the process count them all.
pi_heif.options.DECODE_THREADS = 1
pi_heif.register_heif_opener(thumbnails=False)


def examine(path: Path, form: str) -> Iterator[Finding]:
    """All objections to the picture at ``path``; ``form`` is Pillow's name of its format."""
    if archives.is_archive(path):
        yield Finding(ARCHIVE)
    Image.MAX_IMAGE_PIXELS = None
    try:
        with Image.open(path, formats=[form]) as image:
            _require_few_pixels(image)
        if form == PNG:
            with Image.open(path, formats=[PNG]) as image:
                image.verify()
        with Image.open(path, formats=[form]) as image:
            if form == JPEG:
                image.draft(None, (max(1, image.width // SHRINK), max(1, image.height // SHRINK)))
            image.load()
    except FAULTS as fault:
        raise Faulty(DAMAGED) from fault
    if form in (TIFF, HEIC):
        _read_pages(path, form)


def _require_few_pixels(image: Image.Image) -> None:
    width, height = image.size
    if width * height > MAX_PIXELS:
        raise Faulty(TOO_MANY_PIXELS, limit=MAX_PIXELS, width=width, height=height)


def _read_pages(path: Path, form: str) -> None:
    """Read every page after the first: scanners and faxes write many into one file."""
    size = path.stat().st_size
    try:
        with Image.open(path, formats=[form]) as image:
            number = 0
            for number, page in enumerate(ImageSequence.Iterator(image)):
                if number >= MAX_PAGES:
                    raise Faulty(TOO_MANY_PAGES, limit=MAX_PAGES)
                _require_few_pixels(page)
                if form == TIFF:
                    _require_whole(page, size)
                page.load()
            if form == TIFF and number + 1 < _count_directories(path):
                raise Faulty(CUT)
    except FAULTS as fault:
        raise Faulty(DAMAGED) from fault


def _require_whole(page: Image.Image, size: int) -> None:
    """Every strip or tile of a page of a TIFF is inside the file: decoders fill what is missing with white."""
    tags = getattr(page, "tag_v2", {})
    for offsets, counts in STRIPS:
        places = zip(tags.get(offsets, ()), tags.get(counts, ()), strict=True)
        if any(place + count > size for place, count in places):
            raise Faulty(CUT)


def _count_directories(path: Path) -> int:
    """How many pages a TIFF says that it has, up to the first that is not there, which counts (TIFF 6.0, section 2)."""
    with path.open("rb") as file:
        order = "<" if file.read(4).startswith(b"II") else ">"
        for number in range(MAX_PAGES):
            (at,) = struct.unpack(order + "I", file.read(4))
            if not at:
                return number
            file.seek(at)
            head = file.read(2)
            if len(head) < 2:  # noqa: PLR2004 - the size of the number of entries
                return number + 1
            file.seek(at + 2 + 12 * struct.unpack(order + "H", head)[0])
    return MAX_PAGES
