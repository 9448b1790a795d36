"""Signatures that enclose what they sign (RFC 5652, 5.2: eContent), as experts and other bodies send them."""

from dataclasses import dataclass

from signatures.asn1 import der, oids
from signatures.cms.parsing import TAG_0, Malformed, unwrap
from signatures.report.faults import Fault, fault_of


@dataclass(frozen=True)
class Detached:
    """A signature in DER without its content, and the content that it enclosed; ``None`` if it enclosed none."""

    cms: bytes
    content: bytes | None


def detach(data: bytes, limit: int) -> Detached:
    """Take the content out of a signature of at most ``limit`` bytes, DER or PEM. Nothing that is signed changes.

    Raises :class:`Malformed` for anything that is not DER of SignedData.
    """
    body = unwrap(data, limit)
    try:
        return _detached(body)
    except Malformed:
        raise
    # Unpacking a sequence with too few or too many members raises ValueError too.
    except ValueError as fault:
        raise Malformed(Fault("not-cms", reason=fault_of(fault))) from fault


def _detached(body: bytes) -> Detached:
    kind, wrapped = der.element(body).expect(der.SEQUENCE).children()
    if kind.oid() != oids.SIGNED_DATA:
        raise Malformed(Fault("not-signed-data"))
    (signed_data,) = wrapped.expect(TAG_0).children()
    version, digests, encapsulated, *rest = signed_data.expect(der.SEQUENCE).children()
    content_type, *inside = encapsulated.expect(der.SEQUENCE).children()
    if not inside:
        return Detached(body, None)
    (octets,) = inside[0].expect(TAG_0).children()
    bare = der.encode(der.SEQUENCE, content_type.raw)
    members = [version.raw, digests.raw, bare, *(member.raw for member in rest)]
    signed = der.encode(TAG_0, der.encode(der.SEQUENCE, *members))
    return Detached(der.encode(der.SEQUENCE, kind.raw, signed), octets.expect(der.OCTET_STRING).content)
