"""Checks a PKCS#12 file (RFC 7292) before its password is tried: its iteration counts determine the work.

Encrypted parts cannot be checked; a key inside one has its own counts. This is sufficient for the demo's keys.
"""

from collections.abc import Iterator

from signatures.asn1 import der, oids

MAX_FILE_BYTES = 64 * 1024
# OpenSSL writes 2,048 and ``cryptography`` 20,000; a larger count is an attack.
MAX_ITERATIONS = 1_000_000
MAX_DEPTH = 8
PFX_VERSION = 3
ENCRYPTED_DATA = "1.2.840.113549.1.7.6"
SHROUDED_KEY = "1.2.840.113549.1.12.10.1.2"
PLAIN_BAGS = frozenset({"1.2.840.113549.1.12.10.1.3", "1.2.840.113549.1.12.10.1.4"})


def check(data: bytes) -> None:
    """``ValueError`` for a file that is too large, not in DER, or asks for too many iterations."""
    if len(data) > MAX_FILE_BYTES:
        raise ValueError(f"larger than {MAX_FILE_BYTES} bytes")
    version, safe, mac = der.element(data).expect(der.SEQUENCE).children()
    if version.integer() != PFX_VERSION:
        raise ValueError("not a PKCS#12 file")
    counts = [number for algorithm in _algorithms(safe) for number in _numbers(algorithm, 0)]
    if max([*counts, *_numbers(mac, 0)], default=0) > MAX_ITERATIONS:
        raise ValueError(f"asks for more than {MAX_ITERATIONS} iterations")


def _algorithms(safe: der.Element) -> Iterator[der.Element]:
    """The algorithms that derive a key from the password."""
    for content in _data(safe).children():
        kind, wrapped = content.expect(der.SEQUENCE).children()
        if kind.oid() == ENCRYPTED_DATA:
            _version, encrypted = wrapped.first().children()
            _type, algorithm, *_content = encrypted.children()
            yield algorithm
        else:
            for bag in _data(content).children():
                bag_kind, value, *_attributes = bag.expect(der.SEQUENCE).children()
                if bag_kind.oid() == SHROUDED_KEY:
                    yield value.first().first()
                elif bag_kind.oid() not in PLAIN_BAGS:
                    raise ValueError("a bag of an unknown type")


def _data(content: der.Element) -> der.Element:
    kind, wrapped = content.expect(der.SEQUENCE).children()
    if kind.oid() != oids.DATA:
        raise ValueError("a part of an unknown type")
    return der.element(wrapped.first().expect(der.OCTET_STRING).content).expect(der.SEQUENCE)


def _numbers(element: der.Element, depth: int) -> Iterator[int]:
    """Every INTEGER in the element. ``ValueError`` if it is nested too deeply."""
    if depth > MAX_DEPTH:
        raise ValueError("nested too deeply")
    if element.tag == der.INTEGER:
        yield element.integer()
    elif element.tag & 0x20:
        for child in element.children():
            yield from _numbers(child, depth + 1)
