"""Small files of the types that courts meet besides PDF and Office: made here byte by byte, whole and hostile."""

import base64
import io
import struct
import zipfile
from collections.abc import Mapping

from PIL import Image

from tests.cases import samples

# A picture of 64 x 64 pixels, as telephones write it (H.265).
HEIC = base64.b64decode(
    "AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAVZtZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAAACJpbG9jAAAA"
    "AERAAAEAAQAAAAABegABAAAAAAAAABwAAAAjaWluZgAAAAAAAQAAABVpbmZlAgAAAAABAABodmMxAAAAAA5waXRtAAAAAAABAAAA1mlwcnAAAAC3"
    "aXBjbwAAAHhodmNDAQNwAAAAkAAAAAAAHvAA/P34+AAADwNgAAEAGEABDAH//wNwAAADAJAAAAMAAAMAHroCQGEAAQArQgEBA3AAAAMAkAAAAwAA"
    "AwAeoCCBBZbqSSmubgIaDAgAAAMAyAAAAwAIQGIAAQAHRAHBcrAiQAAAABNjb2xybmNseAABAA0ABoAAAAAUaXNwZQAAAAAAAABAAAAAQAAAABBw"
    "aXhpAAAAAAMICAgAAAAXaXBtYQAAAAAAAAABAAEEgQIDBAAAACRtZGF0AAAAGCgBrxmA9wkZvo0Ike4fkU2qZj7N+NIc/g=="
)
SECTOR, FREE, END, FAT_SECTOR = 512, 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def tiff(pages: int = 1) -> bytes:
    """A scan of some pages, packed as faxes are."""
    buffer = io.BytesIO()
    first, *others = [
        Image.linear_gradient("L").resize((40, 30)).point(lambda grey: grey > 99, "1") for _ in range(pages)
    ]
    first.save(buffer, "TIFF", save_all=True, append_images=others, compression="group4")
    return buffer.getvalue()


# -- MS-CFB -------------------------------------------------------------------------------------------------------


def compound(streams: Mapping[str, bytes]) -> bytes:
    """A compound file of streams by their paths; each fills whole sectors, at least the eight of a normal stream."""
    names = sorted({"/".join(path.split("/")[: depth + 1]) for path in streams for depth in range(path.count("/") + 1)})
    data, starts, sizes = b"", {}, {}
    fat: list[int] = []
    for path in names:
        if path in streams:
            content = streams[path].ljust(4096, b"\0")
            content += bytes(-len(content) % SECTOR)
            starts[path], sizes[path] = len(fat), len(content)
            data += content
            count = len(content) // SECTOR
            fat += [*range(len(fat) + 1, len(fat) + count), END]
    children: dict[str, list[int]] = {}
    for number, path in enumerate(names, 1):
        children.setdefault(path.rpartition("/")[0], []).append(number)
    entries = [_entry("Root Entry", 5, children.get("", []), FREE, END, 0)]
    for number, path in enumerate(names, 1):
        siblings = children[path.rpartition("/")[0]]
        after = siblings[siblings.index(number) + 1 :]
        kind = 2 if path in streams else 1
        begins = starts.get(path, 0)
        entries.append(
            _entry(
                path.rpartition("/")[2],
                kind,
                children.get(path, []),
                next(iter(after), FREE),
                begins,
                sizes.get(path, 0),
            )
        )
    directory = b"".join(entries)
    directory += bytes(-len(directory) % SECTOR)
    at, count = len(fat), len(directory) // SECTOR
    fat += [*range(at + 1, at + count), END]
    fat.append(FAT_SECTOR)
    table = struct.pack(f"<{len(fat)}I", *fat).ljust(SECTOR, b"\xff")
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<5H", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<9I", 0, 1, at, 0, 4096, END, 0, END, 0) + struct.pack("<109I", len(fat) - 1, *[FREE] * 108)
    return header + data + directory + table


def _entry(name: str, kind: int, children: list[int], right: int, start: int, size: int) -> bytes:
    encoded = name.encode("utf-16-le")
    child = children[0] if children else FREE
    fixed = struct.pack("<H2B3I", len(encoded) + 2, kind, 1, FREE, right, child) + bytes(36)
    return encoded.ljust(64, b"\0") + fixed + struct.pack("<IQ", start, size)


def doc(text: bytes = b"", flags: int = 0, **others: bytes) -> bytes:
    """A Word document of 1997 with a text; ``others``: more streams, ``__`` for ``/``."""
    begin = struct.pack("<5HH", 0xA5EC, 0xC1, 0, 0, 0, flags)
    return compound(
        {
            "WordDocument": begin + text,
            "1Table": b"",
            **{path.replace("__", "/"): data for path, data in others.items()},
        }
    )


# -- texts --------------------------------------------------------------------------------------------------------


def rtf(inside: bytes = b"") -> bytes:
    return rb"{\rtf1\ansi\ansicpg1251{\fonttbl{\f0 Times;}}\f0 \'cf\'f0\'ee\'f2\'ee\'ea\'ee\'eb." + inside + b"}"


def zipped(entries: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries.items():
            archive.writestr(name, data, zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


NAMESPACES = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
    ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
    ' xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0" xmlns:xlink="http://www.w3.org/1999/xlink"'
    ' xmlns:script="urn:oasis:names:tc:opendocument:xmlns:script:1.0"'
)


def odt(body: str = "<text:p>Хаттама</text:p>", **others: bytes) -> bytes:
    content = f"<office:document-content {NAMESPACES}><office:body>{body}</office:body></office:document-content>"
    mimetype = b"application/vnd.oasis.opendocument.text"
    more = {path.replace("__", "/"): data for path, data in others.items()}
    return zipped({"mimetype": mimetype, "content.xml": content.encode(), "META-INF/manifest.xml": b"<m/>", **more})


# -- sound and film -----------------------------------------------------------------------------------------------

FRAME = b"\xff\xfb\x90\x00" + bytes(413)


def mp3(frames: int = 20) -> bytes:
    """Silence at 128 kbit/s, with tags before and behind."""
    return b"ID3\x04\0\0\0\0\0\x0a" + bytes(10) + FRAME * frames + b"TAG" + bytes(125)


def box(kind: bytes, content: bytes = b"") -> bytes:
    return struct.pack(">I4s", 8 + len(content), kind) + content


def mp4(reference_flags: int = 1, data: bytes = bytes(1000)) -> bytes:
    """A film of one track, whose data is in the file itself unless the flags say otherwise."""
    dref = box(b"dref", struct.pack(">2I", 0, 1) + box(b"url ", struct.pack(">I", reference_flags)))
    moov = box(b"moov", box(b"trak", box(b"mdia", box(b"minf", box(b"dinf", dref)))))
    return box(b"ftyp", b"isom\0\0\2\0isommp41") + moov + box(b"mdat", data)


def archive(**others: bytes) -> bytes:
    """What an expert sends: a report, a photograph, a table."""
    held = {"отчёт.pdf": samples.pdf(), "фото/1.jpg": samples.JPEG, "опись.docx": samples.office(), "лог.txt": b"1;2"}
    return zipped({**held, **others})
