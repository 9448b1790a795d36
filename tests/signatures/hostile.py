"""Signatures that are expensive to verify, for tests that count the work and ``bench.hostile``, which measures it."""

from signatures.asn1 import der, oids
from tests.signatures.gost_makers import GostPki
from tests.signatures.makers import RSA_KEY, Owner, Pki, algorithm, attribute, octets, sequence

LARGE = 250_000


def nested(size: int) -> bytes:
    """Nested sequences."""
    made = octets(b"")
    while len(made) < size:
        made = sequence(made)
    return made


def wide(count: int) -> bytes:
    return sequence(*[b"\x05\x00"] * count)


def hostile(pki: Pki, person: Owner) -> dict[str, bytes]:
    """Hostile signatures by name; each is under 10 MB, most are just under the size limit of a signature."""
    many = [attribute(f"1.2.3.{number}", b"\x05\x00") for number in range(5000)]
    rsa = pki.person(RSA_KEY)
    pss = sequence(der.encode(0xA2, der.encode(der.INTEGER, b"\x7f" + b"\xff" * 200_000)))
    return {
        "10 MB of text": b"A" * 10_000_000,
        "PEM of blanks": b"-----BEGIN CMS-----\n" + b" \n" * LARGE + b"-----END CMS-----\n",
        "nested in itself": nested(LARGE),
        "nested attribute": person.sign(more=[attribute("1.2.3.4", nested(LARGE))]),
        "nested unsigned attribute": person.sign(unsigned=[attribute("1.2.3.4", nested(LARGE))]),
        "5,000 signed attributes": person.sign(more=many),
        "5,000 unsigned attributes": person.sign(unsigned=many),
        "100,000 elements": wide(100_000),
        "a large attribute": person.sign(more=[attribute("1.2.3.4", octets(b"x" * LARGE))]),
        "a large identifier": sequence(der.encode(der.OID, b"\xff" * LARGE + b"\x01"), der.encode(0xA0, b"")),
        "a large serial number": person.sign(identifier=sequence(sequence(), der.encode(der.INTEGER, b"\x01" * LARGE))),
        "a large signature": person.sign(signature=b"\x30" * LARGE),
        "a large salt": rsa.sign(algorithm=algorithm(oids.RSA_PSS, pss)),
        "200 signers": person.sign(infos=200),
        "100 certificates": person.sign(certificates=[person.certificate] * 100),
        "30 cross-signed authorities": person.sign(certificates=_cross_signed(30)),
        "a certificate of noise": _with_certificate(person, sequence(sequence(octets(b"x" * LARGE)), sequence(), b"")),
        "a nested certificate": _with_certificate(person, nested(LARGE)),
    }


def slow(gost: GostPki) -> dict[str, bytes]:
    """Hostile GOST signatures, whose digests are computed in pure Python."""
    person = gost.person()
    return {
        "GOST, a good one": person.sign(),
        "GOST, a large attribute": person.sign(more=[attribute("1.2.3.4", octets(b"x" * LARGE))]),
        "GOST, an attribute just small enough": person.sign(more=[attribute("1.2.3.4", octets(b"x" * 3700))]),
    }


def _cross_signed(count: int) -> list:
    """Authorities of two names that issue each other's certificates."""
    one, other = Pki.make("TEST"), Pki.make("TEST")
    made = []
    for number in range(count):
        above, below = (one, other) if number % 2 else (other, one)
        made.append(above.root.subordinate(f"TEST {number}", _span(), below.issuer.key).certificate)
    return made


def _span():
    from tests.signatures.makers import SPAN

    return SPAN


def _with_certificate(person: Owner, data: bytes) -> bytes:
    """A signature that carries these bytes in place of a certificate."""
    good = person.sign(certificates=[person.certificate])
    info, wrapped = der.element(good).children()
    version, digests, content, certificates, infos = wrapped.children()[0].children()
    assert certificates.tag == 0xA0
    made = sequence(version.raw, digests.raw, content.raw, der.encode(0xA0, data), infos.raw)
    return sequence(info.raw, der.encode(0xA0, made))
