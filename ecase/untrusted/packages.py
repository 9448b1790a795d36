"""Reads an archive entry by entry and counts the unpacked bytes: the sizes that the archive states are not trusted."""

import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO

from ecase.untrusted.findings import DAMAGED, ENCRYPTED, EXPANDS, PATH, Faulty

MAX_ENTRIES = 2_000
MAX_UNPACKED = 200 * 1024 * 1024
PIECE = 64 * 1024
LOCAL_HEADER = struct.Struct("<4s5H3I2H")
SIGNATURE = b"PK\x03\x04"
ENCRYPTED_FLAG = 0x1
RAW_DEFLATE = -15


class Package:
    """The entries of a ZIP archive. Raises :class:`Faulty` if it is damaged, encrypted, ambiguous or too large.

    ``unpacked``: bytes of all entries together that are read at most.
    """

    def __init__(self, file: IO[bytes], unpacked: int = MAX_UNPACKED) -> None:
        self.file, self.left, self.most = file, unpacked, unpacked
        try:
            with zipfile.ZipFile(file) as archive:
                self.entries = [entry for entry in archive.infolist() if not entry.is_dir()]
        except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, ValueError, OSError) as fault:
            raise Faulty(DAMAGED) from fault
        if len(self.entries) > MAX_ENTRIES:
            raise Faulty(EXPANDS, limit=MAX_ENTRIES)
        for entry in self.entries:
            # It stays in the folder that it is unpacked to, on every operating system.
            plain = entry.orig_filename.replace("\\", "/")
            if plain.startswith("/") or ":" in plain or "\0" in plain or ".." in plain.split("/"):
                raise Faulty(PATH, part=entry.orig_filename[:100])
        names = [entry.filename.casefold() for entry in self.entries]
        if any(entry.flag_bits & ENCRYPTED_FLAG for entry in self.entries):
            raise Faulty(ENCRYPTED)
        if len(set(names)) != len(names):
            raise Faulty(DAMAGED)

    def pieces(self, entry: zipfile.ZipInfo) -> Iterator[bytes]:
        """The unpacked bytes of an entry; :class:`Faulty` if their number or checksum differs from the stated one."""
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise Faulty(DAMAGED)
        packed = self._packed(entry)
        size = checksum = 0
        for piece in packed if entry.compress_type == zipfile.ZIP_STORED else _inflated(packed):
            self.left -= len(piece)
            if self.left < 0:
                raise Faulty(EXPANDS, limit=self.most)
            size, checksum = size + len(piece), zlib.crc32(piece, checksum)
            yield piece
        if (size, checksum) != (entry.file_size, entry.CRC):
            raise Faulty(DAMAGED)

    def _packed(self, entry: zipfile.ZipInfo) -> Iterator[bytes]:
        self.file.seek(entry.header_offset)
        header = self.file.read(LOCAL_HEADER.size)
        if len(header) < LOCAL_HEADER.size or header[:4] != SIGNATURE:
            raise Faulty(DAMAGED)
        *_rest, name, extra = LOCAL_HEADER.unpack(header)
        self.file.seek(name + extra, 1)
        left = entry.compress_size
        while left:
            piece = self.file.read(min(PIECE, left))
            if not piece:
                raise Faulty(DAMAGED)
            left -= len(piece)
            yield piece


def _inflated(packed: Iterator[bytes]) -> Iterator[bytes]:
    inflater = zlib.decompressobj(RAW_DEFLATE)
    try:
        for piece in packed:
            waiting = piece
            while waiting and not inflater.eof:
                yield inflater.decompress(waiting, PIECE)
                waiting = inflater.unconsumed_tail
            if inflater.unused_data:
                raise Faulty(DAMAGED)
        while not inflater.eof and (more := inflater.decompress(inflater.unconsumed_tail, PIECE)):
            yield more
    except zlib.error as fault:
        raise Faulty(DAMAGED) from fault
    if not inflater.eof:
        raise Faulty(DAMAGED)
