"""Our DER reader compared with the strict one of ``cryptography``: the same elements, or both refuse."""

from typing import Annotated

import pytest
from cryptography.hazmat import asn1
from hypothesis import given, settings
from hypothesis import strategies as st

from signatures.asn1 import der
from tests.signatures.makers import Pki
from tests.signatures.mutations import mutated


@asn1.sequence
class Wrapped:
    items: Annotated[list[asn1.TLV], asn1.Size(0, der.MAX_ELEMENTS)]


GOOD = Pki.make().person().sign()


def ours(data: bytes) -> list[tuple[int, bytes]] | None:
    try:
        return [(element.tag, element.content) for element in der.elements(data)]
    except ValueError:
        return None


def theirs(data: bytes) -> list[tuple[int, bytes]] | None:
    """The elements as ``cryptography`` reads them, wrapped in a SEQUENCE OF inside a SEQUENCE."""
    try:
        items = asn1.decode_der(Wrapped, der.encode(der.SEQUENCE, der.encode(der.SEQUENCE, data))).items
    except ValueError:
        return None
    short = all(len(item.tag_bytes) == 1 for item in items)
    return [(item.tag_bytes[0], bytes(item.data)) for item in items] if short else None


@settings(max_examples=1000, deadline=None)
@given(st.binary(max_size=40))
def test_any_octets_are_read_as_the_library_reads_them(data):
    assert ours(data) == theirs(data)


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_changed_signatures_are_read_as_the_library_reads_them(data):
    waiting = [data.draw(mutated(GOOD))]
    while waiting:
        content = waiting.pop()
        found = ours(content)
        assert found == theirs(content)
        waiting += [inner for tag, inner in found or () if tag & 0x20]


@pytest.mark.parametrize(
    "data",
    [
        "05",
        "0501",
        "0480",
        "30800000",
        "048100",
        "04817f",
        "0482007f",
        "04820080",
        "0483000100",
        "04ff",
        "1f0100",
        "3f8100",
        "048580",
    ],
)
def test_forms_that_are_not_der(data):
    spoilt = bytes.fromhex(data) + b"\x00" * 140
    assert ours(spoilt) is None
    assert theirs(spoilt) is None


@pytest.mark.parametrize("size", [0, 1, 127, 128, 255, 256, 65_535, 65_536])
def test_what_is_written_is_read(size):
    made = der.encode(der.OCTET_STRING, b"x" * size)
    one = der.element(made)
    assert (one.tag, len(one.content), one.raw) == (der.OCTET_STRING, size, made)


def test_number_of_elements():
    assert len(der.elements(b"\x05\x00" * der.MAX_ELEMENTS)) == der.MAX_ELEMENTS
    with pytest.raises(ValueError, match="more than"):
        der.elements(b"\x05\x00" * (der.MAX_ELEMENTS + 1))
