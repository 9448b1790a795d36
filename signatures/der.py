"""Strict DER (X.690) in the few shapes that CMS needs.

Reading goes through the strict parser of ``cryptography``: indefinite and non-minimal lengths, high tag numbers and
trailing bytes are ``ValueError``. A structure is read one level at a time, so that depth costs nothing until asked for.
The order inside a ``SET OF`` is left to the caller: it is part of what is signed for attributes, and free elsewhere
(signing software in use writes certificates in any order).
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

from cryptography import x509
from cryptography.hazmat import asn1

SEQUENCE, SET = 0x30, 0x31
INTEGER, OCTET_STRING, NULL, OID, UTC_TIME, GENERALIZED_TIME = 0x02, 0x04, 0x05, 0x06, 0x17, 0x18
GENERALIZED_FROM = 2050
LONG_LENGTH = 0x80
MAX_ELEMENTS = 256
MAX_OID_BYTES = 64
MAX_INTEGER_BYTES = 64


@asn1.sequence
class _Wrapped:
    """Any run of elements, once it is given the header of a SEQUENCE OF inside a SEQUENCE."""

    items: Annotated[list[asn1.TLV], asn1.Size(0, MAX_ELEMENTS)]


@dataclass(frozen=True)
class Element:
    """One DER value: its identifier octet and its content octets."""

    tag: int
    content: bytes

    @property
    def raw(self) -> bytes:
        """The value as it stood in the input: DER has one way only to write it."""
        return encode(self.tag, self.content)

    def children(self) -> list["Element"]:
        """The elements inside a constructed value."""
        if not self.tag & 0x20:
            raise ValueError(f"tag {self.tag:#04x} holds no elements")
        return elements(self.content)

    def expect(self, tag: int) -> "Element":
        """This element, if it has that tag."""
        if self.tag != tag:
            raise ValueError(f"tag {tag:#04x} expected, {self.tag:#04x} found")
        return self

    def oid(self) -> str:
        """The dotted form of an object identifier."""
        if len(self.expect(OID).content) > MAX_OID_BYTES:
            raise ValueError("object identifier too long")
        return asn1.decode_der(x509.ObjectIdentifier, self.raw).dotted_string

    def integer(self) -> int:
        """The value of an INTEGER of at most 512 bits (serial numbers have 160)."""
        if len(self.expect(INTEGER).content) > MAX_INTEGER_BYTES:
            raise ValueError("integer too large")
        return asn1.decode_der(int, self.raw)

    def time(self) -> datetime:
        """The instant of a UTCTime or GeneralizedTime, in UTC."""
        if self.tag == UTC_TIME:
            return asn1.decode_der(asn1.UTCTime, self.raw).as_datetime().astimezone(UTC)
        return asn1.decode_der(asn1.GeneralizedTime, self.expect(GENERALIZED_TIME).raw).as_datetime().astimezone(UTC)


def elements(content: bytes) -> list[Element]:
    """The elements that fill ``content`` exactly; ``ValueError`` if it is not strict DER."""
    items = asn1.decode_der(_Wrapped, encode(SEQUENCE, encode(SEQUENCE, content))).items
    if any(len(item.tag_bytes) != 1 for item in items):
        raise ValueError("tag number above 30")
    return [Element(item.tag_bytes[0], bytes(item.data)) for item in items]


def element(data: bytes) -> Element:
    """The one element that ``data`` is."""
    found = elements(data)
    if len(found) != 1:
        raise ValueError(f"one element expected, {len(found)} found")
    return found[0]


def encode(tag: int, *parts: bytes) -> bytes:
    """One DER value with the given identifier octet and content."""
    content = b"".join(parts)
    return bytes([tag]) + _length(len(content)) + content


def encode_set(*members: bytes) -> bytes:
    """A ``SET OF`` in the order that DER prescribes."""
    return encode(SET, *sorted(members))


def encode_oid(dotted: str) -> bytes:
    """An OBJECT IDENTIFIER."""
    return asn1.encode_der(x509.ObjectIdentifier(dotted))


def encode_integer(value: int) -> bytes:
    """An INTEGER."""
    return asn1.encode_der(value)


def encode_time(instant: datetime) -> bytes:
    """UTCTime up to 2049 and GeneralizedTime after it, as RFC 5652 (11.3) wants; whole seconds."""
    instant = instant.astimezone(UTC).replace(microsecond=0)
    return asn1.encode_der(asn1.UTCTime(instant) if instant.year < GENERALIZED_FROM else asn1.GeneralizedTime(instant))


def _length(size: int) -> bytes:
    if size < LONG_LENGTH:
        return bytes([size])
    octets = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([LONG_LENGTH | len(octets)]) + octets
