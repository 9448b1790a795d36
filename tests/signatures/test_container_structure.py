"""S-F4: a container is byte for byte what the service writes, so that every tool opens the same files in it."""

import io
import itertools
import stat
import struct
import zipfile
import zlib

import pytest

from signatures import container
from signatures.container import Evidence, archive, asics, strict_zip
from signatures.container.strict_zip import Entry, Member
from tests.signatures.acts import PDF, Court

GRANTED, REFUSED = b"GRANTED", b"REFUSED"
ENTRIES = [Entry("mimetype", b"x", stored=True), Entry("files/decision.pdf", REFUSED * 20), Entry("шешім.txt", b"y")]


def by_zipfile(entries: list[Entry]) -> bytes:
    """As containers were written until now, with the standard library."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as made:
        for entry in entries:
            info = zipfile.ZipInfo(entry.name, (1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_STORED if entry.stored else zipfile.ZIP_DEFLATED
            info.external_attr = (stat.S_IFREG | 0o644) << 16
            made.writestr(info, entry.data)
    return buffer.getvalue()


def test_s_f4_containers_of_before_are_the_same_bytes():
    assert strict_zip.write(ENTRIES) == by_zipfile(ENTRIES)
    assert strict_zip.read(by_zipfile(ENTRIES)) == ENTRIES


def test_s_f4_a_stream_of_another_zlib_is_read_and_not_made_again():
    """Levels stand for versions of zlib, which compress differently."""
    packed = [strict_zip.write(ENTRIES)]
    for level in (0, 1, 9):
        buffer = io.BytesIO()
        members = []
        for entry in ENTRIES:
            deflater = zlib.compressobj(level, wbits=-15)
            data = entry.data if entry.stored else deflater.compress(entry.data) + deflater.flush()
            crc, method = zlib.crc32(entry.data), 0 if entry.stored else 8
            members.append(Member(entry.name, method, crc, len(data), len(entry.data), buffer.tell()))
            buffer.write(members[-1].header() + data)
        buffer.write(strict_zip._ending(members, buffer.tell()))
        packed.append(buffer.getvalue())
        assert strict_zip.read(packed[-1]) == ENTRIES
    assert len(set(packed)) > 1


class Parts:
    """An archive taken apart: entries with their headers, lines of the directory, end record. Each may be changed."""

    def __init__(self, entries: list[Entry] = ENTRIES) -> None:
        data = strict_zip.write(entries)
        with zipfile.ZipFile(io.BytesIO(data)) as found:
            infos = found.infolist()
        begins = [info.header_offset for info in infos] + [found.start_dir]
        self.entries = [data[begin:end] for begin, end in itertools.pairwise(begins)]
        self.lines, rest = [], data[found.start_dir : -22]
        for info in infos:
            size = 46 + len(info.filename.encode())
            self.lines.append(rest[:size])
            rest = rest[size:]
        self.end = data[-22:]

    def joined(self, *, shift: bool = True) -> bytes:
        """Put together, with offsets as they come to lie."""
        made, lines, count = b"", [], len(self.lines)
        places = iter(self.lines)
        for entry in self.entries:
            if entry[:4] == b"PK\x03\x04":
                line = next(places)
                lines.append(line[:42] + struct.pack("<I", len(made)) + line[46:] if shift else line)
            made += entry
        directory = b"".join(lines)
        end = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, count, count, len(directory), len(made), 0)
        return made + directory + end


def changed(data: bytes, place: int, value: bytes) -> bytes:
    return data[:place] + value + data[place + len(value) :]


def second_entry() -> bytes:
    """1. Another local entry between two, which is not in the directory: a streaming reader opens it."""
    parts = Parts()
    hidden = Parts([Entry("files/decision.pdf", GRANTED)]).entries[0]
    parts.entries[0] += hidden
    return parts.joined()


def second_directory() -> bytes:
    """2. Another directory before the one that the end record names."""
    parts = Parts()
    hidden = Parts([Entry("files/decision.pdf", GRANTED)])
    parts.entries[-1] += hidden.joined()
    return parts.joined()


def unicode_path() -> bytes:
    """3. Info-ZIP's extra field 0x7075: `unzip -l` shows another name."""
    parts = Parts()
    line, name = parts.lines[1], b"files/old.pdf"
    crc = zlib.crc32(line[46:])
    body = struct.pack("<BI", 1, crc) + name
    extra = struct.pack("<HH", 0x7075, len(body)) + body
    parts.lines[1] = changed(line, 30, struct.pack("<H", len(extra))) + extra
    return parts.joined()


def local_extra() -> bytes:
    parts = Parts()
    entry, extra = parts.entries[1], struct.pack("<HH", 0x7075, 0)
    place = 30 + len("files/decision.pdf")
    parts.entries[1] = changed(entry[:place], 28, struct.pack("<H", len(extra))) + extra + entry[place:]
    return parts.joined()


def after_the_stream() -> bytes:
    """4. Bytes after the end of a compressed stream, counted to its compressed size in both headers."""
    parts = Parts()
    packed = struct.unpack("<I", parts.lines[1][20:24])[0] + 4
    parts.entries[1] = changed(parts.entries[1], 18, struct.pack("<I", packed)) + b"junk"
    parts.lines[1] = changed(parts.lines[1], 20, struct.pack("<I", packed))
    return parts.joined()


def in_both(local: int, line: int, value: bytes) -> bytes:
    parts = Parts()
    parts.entries[1] = changed(parts.entries[1], local, value)
    parts.lines[1] = changed(parts.lines[1], line, value)
    return parts.joined()


def in_line(place: int, value: bytes) -> bytes:
    parts = Parts()
    parts.lines[1] = changed(parts.lines[1], place, value)
    return parts.joined()


def in_local(place: int, value: bytes) -> bytes:
    parts = Parts()
    parts.entries[1] = changed(parts.entries[1], place, value)
    return parts.joined()


def same_place() -> bytes:
    """Two names for one entry."""
    parts = Parts([Entry("a", b"x", stored=True), Entry("b", b"x", stored=True)])
    parts.lines[1] = changed(parts.lines[1], 42, bytes(4))
    return parts.joined(shift=False)


def another_order() -> bytes:
    parts = Parts()
    data = parts.joined()
    directory = b"".join(parts.lines)
    return data.replace(directory, b"".join(reversed(parts.lines)))


TRICKS = {
    "a second entry that is not in the directory": second_entry,
    "a second directory": second_directory,
    "an extra field with another name": unicode_path,
    "an extra field in the local header": local_extra,
    "bytes after a compressed stream": after_the_stream,
    "bytes before the directory": lambda: (
        Parts().joined()[: -22 - sum(map(len, Parts().lines))] + b"gap" + b"".join([*Parts().lines, Parts().end])
    ),
    "the directory in another order": another_order,
    "two names for one entry": same_place,
    "encrypted, in the local header": lambda: in_local(6, b"\x01\x00"),
    "headers masked, bit 13": lambda: in_both(6, 8, b"\x00\x20"),
    "sizes after the data, bit 3": lambda: in_both(6, 8, b"\x08\x00"),
    "a name in UTF-8 that is ASCII": lambda: in_both(6, 8, b"\x00\x08"),
    "another size in the local header": lambda: in_local(22, b"\x01\x00\x00\x00"),
    "another checksum in the local header": lambda: in_local(14, b"abcd"),
    "another method in the local header": lambda: in_local(8, b"\x00\x00"),
    "another time": lambda: in_both(10, 12, b"\x01\x00"),
    "another version": lambda: in_both(4, 6, b"\x2d\x00"),
    "a directory of DOS": lambda: in_line(38, b"\x10"),
    "setuid": lambda: in_line(40, struct.pack("<H", stat.S_IFREG | 0o4755)),
    "no attributes": lambda: in_line(38, bytes(4)),
    "text, in the internal attributes": lambda: in_line(36, b"\x01\x00"),
    "another disk": lambda: in_line(34, b"\x01\x00"),
    "a size in ZIP64": lambda: in_both(22, 24, b"\xff\xff\xff\xff"),
    "one more entry in the end record": lambda: changed(Parts().joined(), -14, b"\x04\x00\x04\x00"),
    "another disk in the end record": lambda: changed(Parts().joined(), -18, b"\x01\x00"),
}
REASONS = r"archive|ZIP|its data|beyond reason|plain file|Bad CRC"


@pytest.mark.parametrize("trick", TRICKS)
def test_s_f4_no_tool_may_see_another_archive(trick):
    data = TRICKS[trick]()
    assert data != strict_zip.write(ENTRIES)
    with pytest.raises(ValueError, match=REASONS):
        strict_zip.read(data)


def test_s_f4_every_byte_outside_the_data_counts():
    """Any other value of any byte of a header, of the directory or of the end record is refused."""
    data = strict_zip.write([Entry("a.txt", b"0123456789", stored=True), Entry("ә/b", b"xyz" * 9)])
    with zipfile.ZipFile(io.BytesIO(data)) as found:
        content = set()
        for info in found.infolist():
            begin = info.header_offset + 30 + len(info.filename.encode())
            content |= set(range(begin, begin + info.compress_size))
    for place in set(range(len(data))) - content:
        for value in {data[place] ^ 1, data[place] ^ 0x80, 0, 255} - {data[place]}:
            with pytest.raises(ValueError, match=r"."):
                strict_zip.read(changed(data, place, bytes([value])))


@pytest.mark.parametrize("cut", [1, 5, 40])
def test_s_f4_compressed_data_end_where_their_size_says(cut):
    """A stream that goes on after its last block, or ends before it."""
    parts = Parts([Entry("a", bytes(range(256)) * 8)])
    packed = struct.unpack("<I", parts.lines[0][20:24])[0] - cut
    parts.entries[0] = changed(parts.entries[0], 18, struct.pack("<I", packed))[:-cut]
    parts.lines[0] = changed(parts.lines[0], 20, struct.pack("<I", packed))
    with pytest.raises(ValueError, match=r"its data|CRC"):
        strict_zip.read(parts.joined())


NAMES = ["a.", "a ", "a./b", "a /b", "x\u202efdp.exe", "x\u200by", "x\x7f", "x\u2028y", "x\x00y", "x\ue000"]


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_s_f4_names_that_a_tool_changes_or_does_not_show(name):
    assert not strict_zip.is_safe(name)
    with pytest.raises(ValueError, match="not a name for an entry"):
        strict_zip.write([Entry(name, b"")])
    member = Member(name, 0, 0, 0, 0, 0)
    header = member.header()
    with pytest.raises(ValueError, match="not a name for an entry"):
        strict_zip.read(header + strict_zip._ending([member], len(header)))


@pytest.mark.parametrize("trick", ["a second entry that is not in the directory", "setuid", "headers masked, bit 13"])
def test_s_f4_the_inner_container_too(trick):
    with pytest.raises(ValueError, match=REASONS):
        asics.read(TRICKS[trick]())


@pytest.mark.parametrize("place", [10, 12, 38])
def test_s_f4_a_whole_container(place):
    """The same evidence in an archive with one other byte in a header is no container."""
    court = Court()
    *previous, protocol = court.chain()
    data = container.write(Evidence(protocol, tuple(previous), {"protocol.pdf": PDF, "справка.pdf": b"second"}))
    assert container.read(data).act_json == protocol.act_json
    other = data.rindex(b"PK\x01\x02") + place
    with pytest.raises(ValueError, match=REASONS):
        container.read(changed(data, other, bytes([data[other] ^ 1])))
    inner = bytearray(asics.write(protocol.act_json, protocol.der))
    inner[inner.rindex(b"PK\x01\x02") + place] ^= 1
    entries = {entry.name: entry for entry in strict_zip.read(data) if entry.name != archive.MANIFEST}
    entries["protocol.asics"] = Entry("protocol.asics", bytes(inner), stored=True)
    with pytest.raises(ValueError, match=REASONS):
        container.read(strict_zip.write([*entries.values(), archive._manifest(list(entries.values()))]))
