"""Elliptic curves of GOST R 34.10 and the linear combination that verification needs, in pure Python.

Points are affine ``(x, y)`` in the interface and Jacobian ``(X, Y, Z)``, that is ``(X/Z^2, Y/Z^3)``, internally.
Verification handles no secret, so nothing here runs in constant time.
"""

import functools
from dataclasses import dataclass

Point = tuple[int, int]
Jacobian = tuple[int, int, int]
INFINITY: Jacobian = (0, 1, 0)
# Widths of the signed digits: the table of the base point is cached, that of a key is computed each time.
BASE_WIDTH, KEY_WIDTH = 8, 5


@dataclass(frozen=True)
class Curve:
    """y^2 = x^3 + ax + b over p; the base point has prime order q; numbers are written in ``size`` octets."""

    name: str
    p: int
    a: int
    b: int
    q: int
    base: Point
    size: int
    cofactor: int = 1

    def holds(self, point: Point) -> bool:
        """Whether ``point`` is on the curve and has order q."""
        x, y = point
        if not (0 <= x < self.p and 0 < y < self.p and (y * y - x * x * x - self.a * x - self.b) % self.p == 0):
            return False
        return self.cofactor == 1 or combine(self, 0, point, self.q) is None


# Kazakhstan's 34.310-2004: GostR3410-2001-CryptoPro-A (RFC 4357, 11.4).
KZ_2004 = Curve(
    "GOST 34.310-2004 A",
    p=2**256 - 617,
    a=-3,
    b=166,
    q=0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF6C611070995AD10045841B09B761B893,
    base=(1, 0x8D91E471E0989CDA27DF505A453F2B7635294F2DDF23E3B122ACC99C9E9F1E14),
    size=32,
)
# id-tc26-gost-3410-2012-256-paramSetA (RFC 7836, A.2) in its Weierstrass form.
KZ_2015_256 = Curve(
    "GOST R 34.10-2015 256 A",
    p=2**256 - 617,
    a=0xC2173F1513981673AF4892C23035A27CE25E2013BF95AA33B22C656F277E7335,
    b=0x295F9BAE7428ED9CCC20E7C359A9D41A22FCCD9108E17BF7BA9337A6F8AE9513,
    q=0x400000000000000000000000000000000FD8CDDFC87B6635C115AF556C360C67,
    base=(
        0x91E38443A5E82C0D880923425712B2BB658B9196932E02C78B2582FE742DAA28,
        0x32879423AB1A0375895786C4BB46E9565FDE0B5344766740AF268ADB32322E5C,
    ),
    size=32,
    cofactor=4,
)
# id-tc26-gost-3410-12-512-paramSetA (RFC 7836, A.1).
KZ_2015_512 = Curve(
    "GOST R 34.10-2015 512 A",
    p=2**512 - 569,
    a=-3,
    b=int(
        "E8C2505DEDFC86DDC1BD0B2B6667F1DA34B82574761CB0E879BD081CFD0B6265"
        "EE3CB090F30D27614CB4574010DA90DD862EF9D4EBEE4761503190785A71C760",
        16,
    ),
    q=int("F" * 64 + "27E69532F48D89116FF22B8D4E0560609B4B38ABFAD2B85DCACDB1411F10B275", 16),
    base=(
        3,
        int(
            "7503CFE87A836AE3A61B8816E25450E6CE5E1C93ACF1ABC1778064FDCBEFA921"
            "DF1626BE4FD036E93D75E6A50E3A41E98028FE5FC235F5B889A589CB5215F2A4",
            16,
        ),
    ),
    size=64,
)


def combine(curve: Curve, of_base: int, point: Point, of_point: int) -> Point | None:
    """``of_base * base + of_point * point``, or ``None`` for the point at infinity."""
    pairs = [
        (_digits(of_base, BASE_WIDTH), _base_table(curve)),
        (_digits(of_point, KEY_WIDTH), _odd_multiples(curve, point, KEY_WIDTH) if of_point else ()),
    ]
    total = INFINITY
    for place in range(max(len(digits) for digits, _ in pairs) - 1, -1, -1):
        total = _double(curve, total)
        for digits, table in pairs:
            if place < len(digits) and (digit := digits[place]):
                x, y = table[abs(digit) >> 1]
                total = _add(curve, total, x, y if digit > 0 else curve.p - y)
    return _all_affine(curve, [total])[0] if total[2] else None


def _digits(number: int, width: int) -> list[int]:
    """Signed odd digits (wNAF), lowest first; of ``width`` adjacent digits at most one is not zero."""
    digits = []
    full, half = 1 << width, 1 << (width - 1)
    while number:
        digit = 0
        if number & 1:
            digit = number & (full - 1)
            digit -= full if digit >= half else 0
            number -= digit
        digits.append(digit)
        number >>= 1
    return digits


@functools.cache
def _base_table(curve: Curve) -> tuple[Point, ...]:
    return _odd_multiples(curve, curve.base, BASE_WIDTH)


def _odd_multiples(curve: Curve, point: Point, width: int) -> tuple[Point, ...]:
    """1, 3, 5, ... times the point."""
    multiples: list[Jacobian] = [(*point, 1)]
    (twice,) = _all_affine(curve, [_double(curve, multiples[0])])
    for _ in range((1 << (width - 2)) - 1):
        multiples.append(_add(curve, multiples[-1], *twice))
    return _all_affine(curve, multiples)


def _all_affine(curve: Curve, points: list[Jacobian]) -> tuple[Point, ...]:
    """Convert all points to affine with a single inversion."""
    products = [1]
    for _, _, z in points:
        products.append(products[-1] * z % curve.p)
    inverse = pow(products[-1], -1, curve.p)
    found = []
    for (x, y, z), before in zip(reversed(points), reversed(products[:-1]), strict=True):
        inverse_z = inverse * before % curve.p
        inverse = inverse * z % curve.p
        square = inverse_z * inverse_z % curve.p
        found.append((x * square % curve.p, y * square * inverse_z % curve.p))
    return tuple(reversed(found))


def _double(curve: Curve, point: Jacobian) -> Jacobian:
    x, y, z = point
    p = curve.p
    yy, zz = y * y % p, z * z % p
    s = 4 * x * yy % p
    m = (3 * (x - zz) * (x + zz) if curve.a == -3 else 3 * x * x + curve.a * zz * zz) % p  # noqa: PLR2004
    new_x = (m * m - 2 * s) % p
    return new_x, (m * (s - new_x) - 8 * yy * yy) % p, 2 * y * z % p


def _add(curve: Curve, point: Jacobian, x2: int, y2: int) -> Jacobian:
    """``point`` plus the affine point ``(x2, y2)``."""
    x1, y1, z1 = point
    p = curve.p
    if not z1:
        return x2, y2, 1
    zz = z1 * z1 % p
    h, r = (x2 * zz - x1) % p, (y2 * zz * z1 - y1) % p
    if not h:
        return INFINITY if r else _double(curve, point)
    hh = h * h % p
    hhh, v = h * hh % p, x1 * hh % p
    x3 = (r * r - hhh - 2 * v) % p
    return x3, (r * (v - x3) - y1 * hhh) % p, z1 * h % p
