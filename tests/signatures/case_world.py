"""Makers for the 62 cases: a world with one authority, and signatures that are each wrong in one place."""

import base64
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.name import _ASN1Type
from cryptography.x509.oid import AuthorityInformationAccessOID

from signatures import Report, TrustStore, verify
from signatures.asn1 import der, oids
from signatures.cms import parse
from signatures.demo import issuing
from signatures.demo.issuing import SIGNING, Issuer, person_name
from signatures.policy import DEFAULT
from tests.signatures.gost_makers import GostPki
from tests.signatures.makers import (
    BIN,
    CONTENT,
    DAY,
    NOW,
    P256_KEY,
    PERSON,
    SHA1,
    SPAN,
    Owner,
    Pki,
    algorithm,
    attribute,
    octets,
    sequence,
)
from tests.signatures.oracles import Given
from tests.signatures.services import asked, evidence, imprint, responder, tsa, value_of

LATER = NOW + 5 * DAY
TOKEN = "1.2.840.113549.1.9.16.2.14"
COMPROMISE, HOLD = x509.ReasonFlags.key_compromise, x509.ReasonFlags.certificate_hold

# The library encodes subject serial numbers as PrintableString, which has no full-width digits.
UTF8 = _ASN1Type.UTF8String


class World:
    """One authority with its people, made for each run."""

    def __init__(self) -> None:
        self.pki = Pki.make()
        self.person = self.pki.person()
        self.good = self.person.sign()
        self.tsa = tsa(self.pki.issuer)
        self.reachable = self._reachable()

    def _reachable(self) -> Owner:
        """A person whose certificate names a responder, without which pyHanko ignores responses."""
        place = x509.UniformResourceIdentifier("http://127.0.0.1:9/ocsp")
        named = x509.AuthorityInformationAccess([x509.AccessDescription(AuthorityInformationAccessOID.OCSP, place)])
        certificate = self.pki.issuer.issue(person_name(**PERSON), P256_KEY, SIGNING, SPAN, [named])
        return Owner(P256_KEY, certificate, self.person.chain)

    def given(self, cms: bytes, content: bytes = CONTENT, pki: Pki | None = None, **changes: Any) -> Given:
        """The input for the verifiers, with the lists of the authority unless others are given."""
        pki = pki or self.pki
        lists = changes.pop("lists", None)
        if lists is None:
            lists = [pki.root.revocation_list(SPAN), pki.issuer.revocation_list(SPAN, pki.revoked)]
        return Given(
            cms,
            content,
            roots=(self.pki.root.certificate,),
            issuers=(self.pki.issuer.certificate,),
            lists=tuple(listed if isinstance(listed, bytes) else listed.public_bytes(Encoding.DER) for listed in lists),
            **changes,
        )

    def signed(self, **changes: Any) -> Given:
        return self.given(self.person.sign(**changes))

    def owned(self, *key: Any, sign: dict[str, Any] | None = None, **changes: Any) -> Given:
        return self.given(self.pki.person(*key, **changes).sign(**(sign or {})))

    def revoked(self, at: datetime, reason: x509.ReasonFlags = COMPROMISE, **changes: Any) -> Given:
        entry = (self.person.certificate.serial_number, at, reason)
        return self.given(self.good, pki=replace(self.pki, revoked=[entry]), **changes)

    def stamped(self, token: bytes, owner: Owner | None = None, **changes: Any) -> Given:
        """Input judged five days later, with a token; the other verifiers get it as an unsigned attribute."""
        owner = owner or self.person
        cms = owner.sign() if owner != self.person else self.good
        carried = owner.sign(signature=value_of(cms), unsigned=[attribute(TOKEN, token)])
        return self.given(cms, at=LATER, tokens=(token,), stamped=carried, **changes)

    def token(self, owner: Owner | None = None, **changes: Any) -> bytes:
        return self.tsa.token(imprint(value_of(self.good)), **changes)

    def stamped_by(self, by: Any) -> Given:
        """Input with a token of that timestamp authority."""
        return self.stamped(by.token(imprint(value_of(self.good))))

    def listed(self, *lists: x509.CertificateRevocationList) -> Given:
        """Input with those lists of the issuing authority."""
        return self.given(self.good, lists=[self.pki.root.revocation_list(SPAN), *lists])

    def asked(self, by: Any, owner: Owner | None = None) -> Given:
        """Input with the answer of that responder."""
        return self.answered(asked(owner or self.reachable, by))

    def answered(self, response: bytes) -> Given:
        """Input with revocation of the signer by OCSP alone."""
        lists = [self.pki.root.revocation_list(SPAN)]
        return self.given(self.reachable.sign(), lists=lists, responses=(response,))


def ours(given: Given) -> Report:
    """Our verdict, from the same input as the others' and the expected signer."""
    trust = given.trust or TrustStore.of("test", [*given.roots, *given.issuers])
    kept = evidence(given.cms, *given.tokens, content=given.content, crls=given.lists, ocsp=given.responses)
    return verify(given.cms, given.content, trust=trust, expected=given.expected, at=given.at, evidence=kept)


def pem(world: World, label: str = "CMS") -> bytes:
    body = base64.encodebytes(world.good)
    return f"-----BEGIN {label}-----\n".encode() + body + f"-----END {label}-----\n".encode()


def flipped(data: bytes, place: int) -> bytes:
    return data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]


def attributes_as_content(world: World) -> Given:
    true = parse(world.good, DEFAULT).signer
    forged = world.person.sign(true.signed, signed=False, signature=true.signature)
    return world.given(forged, true.signed)


def inside(world: World) -> Given:
    info = sequence(der.encode_oid(oids.DATA), der.encode(0xA0, octets(CONTENT)))
    return world.signed(content_info=info)


def second_certificate(world: World) -> Given:
    """Two certificates with one key, the signer named by that key."""
    one, other = world.pki.person(), world.pki.person()
    key = one.certificate.extensions[0].value.digest
    return world.given(
        one.sign(identifier=der.encode(0x80, key), version=3, certificates=[one.certificate, other.certificate])
    )


def weak_certificate(world: World) -> Given:
    """A certificate that the authority signed with SHA-1."""
    old = algorithm("1.2.840.10045.4.1")
    fields = der.element(world.person.certificate.tbs_certificate_bytes).children()
    body = sequence(*(old if field.raw == algorithm(oids.ECDSA_SHA256) else field.raw for field in fields))
    value = world.pki.issuer.key.sign(body, ec.ECDSA(hashes.SHA1()))
    weak = x509.load_der_x509_certificate(sequence(body, old, der.encode(0x03, b"\x00", value)))
    return world.given(replace(world.person, certificate=weak).sign())


@dataclass(frozen=True)
class Sha1Signer:
    """Signs with SHA-1, with the interface of the keys that ``cryptography`` does not know."""

    key: ec.EllipticCurvePrivateKey
    signature: str = "1.2.840.10045.4.1"

    @property
    def family(self) -> "Sha1Signer":
        return self

    def sign(self, message: bytes) -> bytes:
        return self.key.sign(message, ec.ECDSA(hashes.SHA1()))


def with_sha1(world: World) -> Given:
    digest = attribute(oids.MESSAGE_DIGEST, octets(sha1(CONTENT)))
    signer = Sha1Signer(world.person.key)
    return world.signed(digest=SHA1, without=oids.MESSAGE_DIGEST, more=[digest], signer=signer)


def low_s(world: World, change: Callable[[int, int, int], tuple[int, int]]) -> Given:
    r, s = decode_dss_signature(value_of(world.good))
    numbers = change(r, s, ec.SECP256R1().group_order)
    return world.signed(signature=sequence(*(der.encode_integer(number) for number in numbers)))


def gost(world: World, **changes: Any) -> Given:
    pki = GostPki("2015-512")
    owner = pki.person()
    made = {name: change(owner) for name, change in changes.items()}
    given = Given(owner.sign(**made), roots=(pki.root,), issuers=(pki.issuer,))
    return replace(given, trust=pki.trust())


def turned_round(owner: Any) -> bytes:
    return owner.gost.sign(CONTENT)[::-1]


def below_a_person(world: World) -> Given:
    person = world.person
    below = Issuer(person.key, person.certificate).issue(person_name(**PERSON), P256_KEY, SIGNING, SPAN)
    return world.given(Owner(P256_KEY, below, [person.certificate, *person.chain]).sign())


def extended(world: World, *extensions: tuple[x509.ExtensionType, bool]) -> Given:
    pki = world.pki
    builder = issuing._builder(person_name(**PERSON), P256_KEY, pki.issuer.certificate.subject, pki.issuer.key, SPAN)
    usage = x509.KeyUsage(**{**issuing.NO_USAGE, "digital_signature": True, "content_commitment": True})
    builder = builder.add_extension(usage, critical=True)
    for extension, critical in (*extensions, (purposes(), False), (policies(), False)):
        builder = builder.add_extension(extension, critical)
    return world.given(Owner(P256_KEY, builder.sign(pki.issuer.key, hashes.SHA256()), world.person.chain).sign())


def purposes() -> x509.ExtendedKeyUsage:
    return x509.ExtendedKeyUsage([x509.ObjectIdentifier(usage) for usage in SIGNING.extended])


def policies() -> x509.CertificatePolicies:
    return x509.CertificatePolicies([x509.PolicyInformation(x509.ObjectIdentifier(SIGNING.policy), None)])


def subject(world: World, *parts: tuple[x509.ObjectIdentifier, str]) -> Given:
    names = [(x509.NameOID.COMMON_NAME, "X"), *parts, (x509.NameOID.ORGANIZATIONAL_UNIT_NAME, f"BIN{BIN}")]
    return world.owned(subject=x509.Name([x509.NameAttribute(oid, text, UTF8) for oid, text in names]))


def never(world: World) -> Given:
    since = {world.reachable.certificate.serial_number: (datetime(1970, 1, 1, tzinfo=UTC), HOLD)}
    return world.asked(responder(world.pki.issuer, revoked=since))


def sha1(data: bytes) -> bytes:
    import hashlib

    return hashlib.sha1(data).digest()
