"""Checks an MP3: tags, then frames of MPEG audio layer III (ISO/IEC 11172-3, 13818-3) one after the other."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from ecase.untrusted import archives
from ecase.untrusted.findings import ARCHIVE, CUT, DAMAGED, Faulty, Finding

_RATES = {
    1: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    2: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
_SAMPLING = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}
LEAST_FRAMES, MAX_TAGS = 3, 8
# The head of a tag of ID3v2, with its size in four times seven bits; and of a frame of layer III.
_TAG = re.compile(rb"ID3.{3}([\0-\x7f])([\0-\x7f])([\0-\x7f])([\0-\x7f])", re.DOTALL)
_FRAME = re.compile(rb"\xff([\xe2\xe3\xf2\xf3\xfa\xfb])([\x10-\xef]).", re.DOTALL)
TAG_HEAD, HEAD, MPEG_1 = 10, 4, 3
# What may stand behind the last frame: tags of 128 bytes (ID3v1), APE, and padding of recorders.
MAX_TAIL = 256 * 1024
PIECE = 1024 * 1024


def examine(path: Path) -> Iterator[Finding]:
    """All objections to the recording at ``path``."""
    if archives.is_archive(path):
        yield Finding(ARCHIVE)
    size = path.stat().st_size
    with path.open("rb", buffering=PIECE) as file:
        at, frames = _behind_tags(file), 0
        while length := _frame(file, at):
            at, frames = at + length, frames + 1
    if frames < LEAST_FRAMES:
        raise Faulty(DAMAGED)
    # The last frame of a recorder that was switched off is often short.
    if size - at > MAX_TAIL:
        raise Faulty(CUT if at > size else DAMAGED)


def _behind_tags(file: IO[bytes]) -> int:
    """Where the first frame is: behind the tags of ID3v2."""
    at = 0
    for _tag in range(MAX_TAGS):
        file.seek(at)
        head = file.read(TAG_HEAD)
        if not head.startswith(b"ID3"):
            return at
        tag = _TAG.match(head)
        if tag is None:
            raise Faulty(DAMAGED)
        size = 0
        for seven_bits in tag.groups():
            size = size << 7 | seven_bits[0]
        at += TAG_HEAD + size
    raise Faulty(DAMAGED)


def _frame(file: IO[bytes], at: int) -> int:
    """The length of the frame at this place; 0 if there is none."""
    file.seek(at)
    head = file.read(HEAD)
    if _FRAME.match(head) is None:
        return 0
    version, rate, sampling, padding = head[1] >> 3 & 3, head[2] >> 4, head[2] >> 2 & 3, head[2] >> 1 & 1
    rates = dict(enumerate(_SAMPLING[version]))
    if sampling not in rates:
        return 0
    factor, bits = (144, _RATES[1][rate]) if version == MPEG_1 else (72, _RATES[2][rate])
    return factor * bits * 1000 // rates[sampling] + padding
