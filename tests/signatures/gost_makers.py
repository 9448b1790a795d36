"""GOST keys, certificates and lists for the tests: production code only verifies, so signing is implemented here.

A certificate is issued with an ordinary key first; then its key, algorithm and signature are replaced.
"""

import secrets
from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from signatures import TrustStore
from signatures.asn1 import der, oids
from signatures.crypto.algorithms import DIGESTS
from signatures.crypto.gost import curves
from signatures.crypto.gost.curves import Curve, combine
from signatures.demo.issuing import SIGNING, Issuer, Profile, person_name
from tests.signatures.makers import PERSON, SPAN, Owner, algorithm, octets, sequence


@dataclass(frozen=True)
class Family:
    """The identifiers of one kind of key."""

    curve: Curve
    key: str
    parameters: str
    signature: str
    digest: str


FAMILIES = {
    "2004": Family(curves.KZ_2004, oids.GOST_2004, oids.GOST_2004_A, oids.GOST_2004_SIGNATURE, oids.GOST_34311),
    "2015-256": Family(curves.KZ_2015_256, oids.GOST_256, oids.GOST_256_A, oids.GOST_256_SIGNATURE, oids.STREEBOG256),
    "2015-512": Family(curves.KZ_2015_512, oids.GOST_512, oids.GOST_512_A, oids.GOST_512_SIGNATURE, oids.STREEBOG512),
}


@dataclass(frozen=True)
class GostKey:
    """A private key."""

    family: Family
    secret: int

    @classmethod
    def generate(cls, name: str) -> "GostKey":
        family = FAMILIES[name]
        return cls(family, 1 + secrets.randbelow(family.curve.q - 1))

    @property
    def public(self) -> bytes:
        point = combine(self.family.curve, self.secret, self.family.curve.base, 0)
        return b"".join(self._octets(coordinate) for coordinate in point)

    def info(self, public: bytes | None = None) -> bytes:
        """SubjectPublicKeyInfo."""
        parameters = sequence(der.encode_oid(self.family.parameters), der.encode_oid(self.family.digest))
        key = der.encode(der.BIT_STRING, b"\x00", octets(public or self.public))
        return sequence(algorithm(self.family.key, parameters), key)

    def sign(self, message: bytes) -> bytes:
        return self.sign_digest(DIGESTS[self.family.digest].compute(message))

    def sign_digest(self, digest: bytes, nonce: int = 0) -> bytes:
        """Sign (RFC 7091, 6.1); r and s are little-endian."""
        curve = self.family.curve
        nonce = nonce or 1 + secrets.randbelow(curve.q - 1)
        r = combine(curve, nonce, curve.base, 0)[0] % curve.q
        s = (r * self.secret + nonce * (int.from_bytes(digest, "little") % curve.q or 1)) % curve.q
        return self._octets(r) + self._octets(s)

    def _octets(self, number: int) -> bytes:
        return number.to_bytes(self.family.curve.size, "little")


def resigned(data: bytes, signer: GostKey, info: bytes | None = None) -> bytes:
    """A certificate or list with that key in it, signed again."""
    body, old, _ = der.element(data).children()
    own = algorithm(signer.family.signature)
    parts = [own if part.raw == old.raw else part.raw for part in body.children()]
    if info:
        parts[6] = info
    message = sequence(*parts)
    return sequence(message, own, der.encode(der.BIT_STRING, b"\x00", signer.sign(message)))


@dataclass(frozen=True)
class GostOwner(Owner):
    """A person with a key of GOST."""

    gost: GostKey | None = None

    def sign(self, content: bytes = b'{"schema":"ecase.act/1"}', **changes) -> bytes:
        """A signature as NCALayer makes it with such a key."""
        family = self.gost.family
        given = {"digest": family.digest, "signer": self.gost, **changes}
        return super().sign(content, **given)


class GostPki:
    """A root, an issuing authority and their lists, all with keys of one kind."""

    def __init__(self, name: str) -> None:
        self.key, self.above = GostKey.generate(name), GostKey.generate(name)
        root = Issuer.root("TEST GOST ROOT", SPAN)
        self._issuer = root.subordinate("TEST GOST ISSUER", SPAN)
        self._root = root
        self.root = self._certificate(root.certificate, self.above, self.above)
        self.issuer = self._certificate(self._issuer.certificate, self.key, self.above)

    def _certificate(self, made: x509.Certificate, own: GostKey, signer: GostKey, public: bytes | None = None):
        return x509.load_der_x509_certificate(resigned(made.public_bytes(Encoding.DER), signer, own.info(public)))

    def _list(self, issuer: Issuer, signer: GostKey) -> x509.CertificateRevocationList:
        return x509.load_der_x509_crl(resigned(issuer.revocation_list(SPAN).public_bytes(Encoding.DER), signer))

    def lists(self) -> list[x509.CertificateRevocationList]:
        return [self._list(self._root, self.above), self._list(self._issuer, self.key)]

    def trust(self) -> TrustStore:
        return TrustStore.of("test", [self.root, self.issuer], self.lists())

    def issue(self, name: x509.Name, profile: Profile) -> GostOwner:
        """A certificate of another profile: for timestamps, for OCSP."""
        own = GostKey.generate(next(name for name, family in FAMILIES.items() if family == self.key.family))
        made = self._issuer.issue(name, ec.generate_private_key(ec.SECP256R1()), profile, SPAN)
        return GostOwner(own, self._certificate(made, own, self.key), [self.issuer, self.root], own)

    def person(self, key: GostKey | None = None, public: bytes | None = None) -> GostOwner:
        own = key or GostKey.generate(next(name for name, family in FAMILIES.items() if family == self.key.family))
        made = self._issuer.issue(person_name(**PERSON), ec.generate_private_key(ec.SECP256R1()), SIGNING, SPAN)
        certificate = self._certificate(made, own, self.key, public)
        return GostOwner(own, certificate, [self.issuer, self.root], own)
