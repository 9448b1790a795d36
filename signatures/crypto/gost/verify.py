"""Verifies a GOST R 34.10 signature in the encodings of Kazakhstan's National Certification Authority.

A public key is X and Y, a signature is r and s (not s and r as in RFC 4491), and the digest is the number e; all are
little-endian.
"""

from dataclasses import dataclass

from signatures.crypto.gost.curves import Curve, Point, combine
from signatures.report.faults import Fault, FaultError


@dataclass(frozen=True)
class Scheme:
    """A curve with the identifiers that a certificate names for its key."""

    curve: Curve
    key_oid: str
    parameters_oid: str


def read_point(curve: Curve, data: bytes) -> Point:
    """A public key; ``ValueError`` if it is not a point of the curve."""
    if len(data) != 2 * curve.size:
        raise FaultError(Fault("gost-key-size", curve=curve.name, expected=2 * curve.size, found=len(data)))
    point = _number(data[: curve.size]), _number(data[curve.size :])
    if not curve.holds(point):
        raise FaultError(Fault("gost-key-not-a-point", curve=curve.name))
    return point


def matches(curve: Curve, key: Point, digest: bytes, signature: bytes) -> bool:
    """Whether the signature over a digest was made with that key (RFC 7091, 6.2)."""
    if len(signature) != 2 * curve.size or len(digest) != curve.size:
        return False
    r, s = _number(signature[: curve.size]), _number(signature[curve.size :])
    if not (0 < r < curve.q and 0 < s < curve.q):
        return False
    inverse = pow(_number(digest) % curve.q or 1, -1, curve.q)
    point = combine(curve, s * inverse % curve.q, key, -r * inverse % curve.q)
    return point is not None and point[0] % curve.q == r


def _number(octets: bytes) -> int:
    return int.from_bytes(octets, "little")
