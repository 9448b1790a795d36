"""Strict DER (X.690), limited to the types that CMS needs.

Indefinite and non-minimal lengths, high tag numbers and trailing bytes raise ``ValueError``; numbers, identifiers and
times are read by the strict parser of ``cryptography``. A structure is read one level at a time and up to a number of
elements, so deep or wide input costs nothing until it is read; the tests compare every reading with that parser's.
The caller checks the order inside a ``SET OF``: for attributes it is part of what is signed, elsewhere it is free
(signing software in use writes certificates in any order).
"""

import functools
from collections.abc import Callable
from datetime import UTC, datetime
from typing import NamedTuple, TypeVar

from cryptography import x509
from cryptography.hazmat import asn1

from signatures.report.faults import Fault, FaultError

SEQUENCE, SET = 0x30, 0x31
CONTEXT_0, CONTEXT_1, CONTEXT_3 = 0xA0, 0xA1, 0xA3
BOOLEAN, BIT_STRING, ENUMERATED = 0x01, 0x03, 0x0A
INTEGER, OCTET_STRING, NULL, OID, UTC_TIME, GENERALIZED_TIME = 0x02, 0x04, 0x05, 0x06, 0x17, 0x18
GENERALIZED_FROM = 2050
LONG_LENGTH, TWO_OCTETS, MAX_LENGTH_OCTETS = 0x80, 0x82, 4
HIGH_TAG = 0x1F
MAX_ELEMENTS = 256
MAX_OID_BYTES = 64
MAX_INTEGER_BYTES = 64
MAX_KEPT, MAX_KEPT_BYTES = 512, 512

T = TypeVar("T")
_make = tuple.__new__


class Element(NamedTuple):
    """One DER value: its identifier octet, its content octets, and all its octets as received."""

    tag: int
    content: bytes
    raw: bytes

    def children(self) -> list["Element"]:
        """The elements inside a constructed value. Raises ``FaultError``."""
        if not self.tag & 0x20:
            raise FaultError(Fault("der-tag-holds-no-elements", tag=f"{self.tag:#04x}"))
        return elements(self.content)

    def first(self) -> "Element":
        """The first element inside a constructed value; ``FaultError`` if it is empty."""
        found = self.children()
        if not found:
            raise FaultError(Fault("der-tag-empty", tag=f"{self.tag:#04x}"))
        return found[0]

    def expect(self, tag: int) -> "Element":
        """This element, if it has that tag; else ``FaultError``."""
        if self.tag != tag:
            raise FaultError(Fault("der-tag-unexpected", expected=f"{tag:#04x}", found=f"{self.tag:#04x}"))
        return self

    def oid(self) -> str:
        """The dotted form of an object identifier."""
        if len(self.expect(OID).content) > MAX_OID_BYTES:
            raise FaultError(Fault("der-oid-too-long"))
        return _read_oid(self.raw)

    def integer(self) -> int:
        """The value of an INTEGER of at most 512 bits (serial numbers have 160)."""
        if len(self.expect(INTEGER).content) > MAX_INTEGER_BYTES:
            raise FaultError(Fault("der-integer-too-large"))
        return _read_integer(self.raw)

    def bits(self) -> bytes:
        """The octets of a BIT STRING without unused bits, as keys and signatures are."""
        if self.expect(BIT_STRING).content[:1] != b"\x00":
            raise FaultError(Fault("der-bit-string-not-whole"))
        return self.content[1:]

    def time(self) -> datetime:
        """The instant of a UTCTime or GeneralizedTime, in UTC."""
        if self.tag == UTC_TIME:
            return asn1.decode_der(asn1.UTCTime, self.raw).as_datetime().astimezone(UTC)
        return asn1.decode_der(asn1.GeneralizedTime, self.expect(GENERALIZED_TIME).raw).as_datetime().astimezone(UTC)


def kept(read: Callable[[bytes], T]) -> Callable[[bytes], T]:
    """Caches what was read from small parts that signatures repeat, keyed by all their bytes. Errors are not cached.

    Parts over ``MAX_KEPT_BYTES`` are read each time, so input cannot fill the memory.
    """
    keeping = functools.lru_cache(maxsize=MAX_KEPT)(read)
    return lambda raw: keeping(raw) if len(raw) <= MAX_KEPT_BYTES else read(raw)


_read_oid = kept(lambda raw: asn1.decode_der(x509.ObjectIdentifier, raw).dotted_string)
_read_integer = kept(lambda raw: asn1.decode_der(int, raw))


def elements(content: bytes) -> list[Element]:
    """The elements that fill ``content`` exactly; ``ValueError`` if it is not strict DER."""
    found: list[Element] = []
    place, end = 0, len(content)
    while place < end:
        if len(found) == MAX_ELEMENTS:
            raise FaultError(Fault("der-too-many-elements", limit=MAX_ELEMENTS))
        if place + 2 > end:
            raise FaultError(Fault("der-element-without-length"))
        tag, size, begin = content[place], content[place + 1], place + 2
        if tag & HIGH_TAG == HIGH_TAG:
            raise FaultError(Fault("der-high-tag"))
        if size == TWO_OCTETS and begin + 1 < end and content[begin]:
            # By far the most frequent of the long forms.
            size = content[begin] << 8 | content[begin + 1]
            begin += 2
        elif size >= LONG_LENGTH:
            begin, size = _long(content, begin, size)
        stop = begin + size
        if stop > end:
            raise FaultError(Fault("der-element-cut-off"))
        # What `Element(...)` does, without a call of Python for each of a signature's hundred elements.
        found.append(_make(Element, (tag, content[begin:stop], content[place:stop])))
        place = stop
    return found


def _long(content: bytes, place: int, first: int) -> tuple[int, int]:
    """Where the content begins, and its size, for a length in the long form."""
    count = first & ~LONG_LENGTH
    octets = content[place : place + count]
    if not count:
        raise FaultError(Fault("der-indefinite-length"))
    if len(octets) != count:
        raise FaultError(Fault("der-element-cut-off"))
    size = int.from_bytes(octets, "big")
    if size < LONG_LENGTH or not octets[0] or count > MAX_LENGTH_OCTETS:
        raise FaultError(Fault("der-length-not-shortest"))
    return place + count, size


def element(data: bytes) -> Element:
    """``data`` as exactly one element; else ``FaultError``."""
    found = elements(data)
    if len(found) != 1:
        raise FaultError(Fault("der-not-one-element", found=len(found)))
    return found[0]


def encode(tag: int, *parts: bytes) -> bytes:
    """One DER value with the given identifier octet and content."""
    content = b"".join(parts)
    size = len(content)
    if size < LONG_LENGTH:
        return bytes([tag, size]) + content
    octets = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, LONG_LENGTH | len(octets)]) + octets + content


def encode_set(*members: bytes) -> bytes:
    """A ``SET OF`` in the order that DER prescribes."""
    return encode(SET, *sorted(members))


def encode_oid(dotted: str) -> bytes:
    return asn1.encode_der(x509.ObjectIdentifier(dotted))


def encode_integer(value: int) -> bytes:
    return asn1.encode_der(value)


def encode_time(instant: datetime) -> bytes:
    """UTCTime up to 2049 and GeneralizedTime after it (RFC 5652, 11.3); whole seconds."""
    instant = instant.astimezone(UTC).replace(microsecond=0)
    return asn1.encode_der(asn1.UTCTime(instant) if instant.year < GENERALIZED_FROM else asn1.GeneralizedTime(instant))
