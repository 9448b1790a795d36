"""People, certificates and CMS signatures for the tests: valid ones, and ones that are wrong in a chosen place."""

import asyncio
import hashlib
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, pkcs12

from signatures import TrustStore
from signatures.asn1 import der, oids
from signatures.crypto.algorithms import DIGESTS
from signatures.demo.issuing import SIGNING, Issuer, Key, Profile, Span, person_name

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)
SPAN = Span(NOW - 100 * DAY, NOW + 100 * DAY)
CONTENT = b'{"schema":"ecase.act/1"}'
IIN, BIN = "850101300018", "210540000101"
PERSON = {"iin": IIN, "surname": "Ахметов", "given_name": "Данияр", "patronymic": "Серікұлы", "bin_": BIN}
RSA_KEY = rsa.generate_private_key(65537, 2048)
P256_KEY = ec.generate_private_key(ec.SECP256R1())


@dataclass
class Pki:
    """A root, an issuing authority, and their revocation lists."""

    root: Issuer
    issuer: Issuer
    revoked: list[tuple[int, datetime, x509.ReasonFlags]] = field(default_factory=list)

    @classmethod
    def make(cls, label: str = "TEST") -> "Pki":
        root = Issuer.root(f"{label} ROOT", SPAN)
        return cls(root, root.subordinate(f"{label} ISSUER", SPAN))

    def trust(self, **changes: Any) -> TrustStore:
        lists = [self.root.revocation_list(SPAN), self.issuer.revocation_list(SPAN, self.revoked)]
        given = {"purpose": "test", "lists": lists, **changes}
        return TrustStore.of(given.pop("purpose"), [self.root.certificate, self.issuer.certificate], **given)

    def person(
        self, key: Key = P256_KEY, profile: Profile = SIGNING, span: Span = SPAN, subject: x509.Name | None = None
    ) -> "Owner":
        certificate = self.issuer.issue(subject or person_name(**PERSON), key, profile, span)
        return Owner(key, certificate, [self.issuer.certificate, self.root.certificate])


@dataclass(frozen=True)
class Owner:
    """A key with a certificate for it."""

    key: Key
    certificate: x509.Certificate
    chain: list[x509.Certificate]

    def pkcs12(self) -> bytes:
        return pkcs12.serialize_key_and_certificates(
            b"key", self.key, self.certificate, self.chain, BestAvailableEncryption(b"demo")
        )

    def sign(self, content: bytes = CONTENT, **changes: Any) -> bytes:
        """A CMS made by hand; see :class:`Form` for what can be changed."""
        return replace(Form(self, content), **changes).der()


def by_pyhanko(owner: Owner, content: bytes = CONTENT, digest: str = "sha256", *, pss: bool = False) -> bytes:
    """A CAdES signature by pyHanko, which shares no code with ours."""
    from pyhanko.sign.signers import SimpleSigner

    signer = SimpleSigner.load_pkcs12_data(owner.pkcs12(), other_certs=[], passphrase=b"demo")
    signer.prefer_pss = pss
    made = asyncio.run(signer.async_sign_general_data(content, digest, detached=True, use_cades=True))
    return made.dump()


def algorithm(oid: str, parameters: bytes = b"") -> bytes:
    return der.encode(der.SEQUENCE, der.encode_oid(oid), parameters)


def attribute(oid: str, *values: bytes) -> bytes:
    return der.encode(der.SEQUENCE, der.encode_oid(oid), der.encode_set(*values))


def octets(data: bytes) -> bytes:
    return der.encode(der.OCTET_STRING, data)


def sequence(*parts: bytes) -> bytes:
    return der.encode(der.SEQUENCE, *parts)


def ess(
    certificate: x509.Certificate, *, prefix: bytes = b"", digest: bytes | None = None, suffix: bytes = b""
) -> bytes:
    """The signingCertificateV2 attribute in the short form that NCALayer writes, without hash algorithm."""
    value = digest or hashlib.sha256(certificate.public_bytes(Encoding.DER)).digest()
    return attribute(oids.SIGNING_CERTIFICATE_V2, sequence(sequence(sequence(prefix, octets(value), suffix))))


DIGEST_CLASSES = {oids.SHA256: hashes.SHA256(), oids.SHA384: hashes.SHA384(), oids.SHA512: hashes.SHA512()}
SHA1, MD5 = "1.3.14.3.2.26", "1.2.840.113549.2.5"


@dataclass(frozen=True)
class Form:
    """The parts of a CMS signature, each replaceable; ``None`` means the valid value."""

    owner: Owner
    content: bytes
    attributes: list[bytes] | None = None
    more: list[bytes] = field(default_factory=list)
    without: str | None = None
    sort: bool = True
    signed: bool = True
    digest: str = oids.SHA256
    algorithm: bytes | None = None
    certificates: list[x509.Certificate] | None = None
    content_info: bytes | None = None
    content_type: str = oids.SIGNED_DATA
    identifier: bytes | None = None
    version: int = 1
    unsigned: list[bytes] = field(default_factory=list)
    signature: bytes | None = None
    infos: int = 1
    # A key of an algorithm that ``cryptography`` does not know.
    signer: Any = None

    def _attributes(self) -> list[bytes]:
        known = DIGESTS.get(self.digest, DIGESTS[oids.SHA256])
        digest = known.compute(self.content)
        usual = {
            oids.CONTENT_TYPE: attribute(oids.CONTENT_TYPE, der.encode_oid(oids.DATA)),
            oids.MESSAGE_DIGEST: attribute(oids.MESSAGE_DIGEST, octets(digest)),
            oids.SIGNING_TIME: attribute(oids.SIGNING_TIME, der.encode_time(NOW)),
            oids.SIGNING_CERTIFICATE_V2: ess(self.owner.certificate),
        }
        usual.pop(self.without or "", None)
        made = [*(usual.values() if self.attributes is None else self.attributes), *self.more]
        return sorted(made) if self.sort else sorted(made, reverse=True)

    def _sign(self, message: bytes) -> tuple[bytes, bytes]:
        if self.signer:
            return algorithm(self.signer.family.signature), self.signer.sign(message)
        digest = DIGEST_CLASSES.get(self.digest, hashes.SHA256())
        if isinstance(self.owner.key, rsa.RSAPrivateKey):
            return algorithm(oids.RSA, b"\x05\x00"), self.owner.key.sign(message, padding.PKCS1v15(), digest)
        names = {oids.SHA384: oids.ECDSA_SHA384, oids.SHA512: oids.ECDSA_SHA512}
        return algorithm(names.get(self.digest, oids.ECDSA_SHA256)), self.owner.key.sign(message, ec.ECDSA(digest))

    def signer_info(self) -> bytes:
        attributes = self._attributes()
        message = der.encode(der.SET, *attributes) if self.signed else self.content
        used, signature = self._sign(message)
        own = self.owner.certificate
        return sequence(
            der.encode_integer(self.version),
            self.identifier or sequence(own.issuer.public_bytes(), der.encode_integer(own.serial_number)),
            algorithm(self.digest),
            der.encode(0xA0, *attributes) if self.signed else b"",
            self.algorithm or used,
            octets(self.signature or signature),
            der.encode(0xA1, *self.unsigned) if self.unsigned else b"",
        )

    def der(self) -> bytes:
        given = [self.owner.certificate, *self.owner.chain] if self.certificates is None else self.certificates
        signed_data = sequence(
            der.encode_integer(1),
            der.encode_set(algorithm(self.digest)),
            self.content_info or sequence(der.encode_oid(oids.DATA)),
            der.encode(0xA0, *(certificate.public_bytes(Encoding.DER) for certificate in given)) if given else b"",
            der.encode(der.SET, *[self.signer_info()] * self.infos),
        )
        return sequence(der.encode_oid(self.content_type), der.encode(0xA0, signed_data))
