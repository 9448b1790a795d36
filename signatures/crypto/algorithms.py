"""The table of digest and signature algorithms.

A signature algorithm is looked up by its object identifier and receives the certificate, not a parsed key, because
``cryptography`` cannot parse keys of national algorithms. To add one, put a :class:`SignatureAlgorithm` into
``Policy.signatures`` and its digest into ``Policy.digests``.
"""

import functools
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

from signatures.asn1 import der, oids
from signatures.crypto import budget
from signatures.crypto.budget import Unsuitable
from signatures.crypto.gost import curves, hash_94, streebog
from signatures.crypto.gost.verify import Scheme, matches, read_point
from signatures.report.faults import Fault, FaultError, fault_of

MIN_RSA_BITS, MAX_RSA_BITS = 2048, 8192
MIN_RSA_EXPONENT, MAX_RSA_EXPONENT = 65537, 2**32
RSA_STEPS = (1024, 2048, 3072, 4096)
NATIONAL = {
    oids.GOST_2004: "GOST 34.310-2004",
    oids.GOST_256: "GOST R 34.10-2015 256",
    oids.GOST_512: "GOST R 34.10-2015 512",
}
CURVES = (ec.SECP256R1, ec.SECP384R1)
NULL = b"\x05\x00"
# The same people sign repeatedly: what is read from their certificates and from those above them is cached.
MAX_KEPT = 512
NAMED = bytes([der.OID])
MAX_SLOW_BYTES = 256 * 1024


@dataclass(frozen=True)
class AlgorithmIdentifier:
    """An algorithm and the DER of its parameters, empty if they are absent."""

    oid: str
    parameters: bytes = b""

    @classmethod
    def read(cls, element: der.Element) -> "AlgorithmIdentifier":
        return _identifier(element.expect(der.SEQUENCE).raw)


@der.kept
def _identifier(raw: bytes) -> AlgorithmIdentifier:
    oid, *rest = der.element(raw).children()
    if len(rest) > 1:
        raise FaultError(Fault("algorithm-parameters-several"))
    return AlgorithmIdentifier(oid.oid(), rest[0].raw if rest else b"")


@dataclass(frozen=True)
class Digest:
    """A digest algorithm: ``compute`` returns ``size`` octets; ``primitive`` is the one of ``cryptography``, if any."""

    name: str
    size: int
    compute: Callable[[bytes], bytes]
    primitive: hashes.HashAlgorithm | None = None

    @property
    def is_slow(self) -> bool:
        """Whether it is computed in pure Python."""
        return self.primitive is None


T = TypeVar("T")
Verify = Callable[[x509.Certificate, bytes, bytes, Digest, bytes], None]


@dataclass(frozen=True)
class SignatureAlgorithm:
    """How one kind of signature is checked.

    ``verify(certificate, signature, message, digest, parameters)`` raises :class:`Unsuitable` for a key or parameter
    that is not allowed and ``InvalidSignature`` for a signature that does not match. ``digest`` is the identifier of
    the digest that the algorithm implies, or ``None`` if the signature names it separately. ``identity`` maps all
    encodings of a signature to the same bytes. ``fits(certificate)`` raises :class:`Unsuitable` for a key of another
    algorithm; it is called before a slow digest is computed.
    """

    name: str
    digest: str | None
    verify: Verify
    identity: Callable[[x509.Certificate, bytes], bytes] = lambda _certificate, signature: signature
    fits: Callable[[x509.Certificate], object] = lambda _certificate: None


def _digest(name: str, primitive: hashes.HashAlgorithm) -> Digest:
    begin = getattr(hashlib, primitive.name)
    return Digest(name, primitive.digest_size, lambda data: begin(data).digest(), primitive)


def _bounded(compute: Callable[[bytes], bytes]) -> Callable[[bytes], bytes]:
    """Limit a digest in pure Python to ``MAX_SLOW_BYTES``: a megabyte takes a second or more."""

    def bounded(data: bytes) -> bytes:
        if len(data) > MAX_SLOW_BYTES:
            raise Unsuitable(Fault("too-many-bytes-for-gost", limit=MAX_SLOW_BYTES))
        budget.spend(len(data))
        return compute(data)

    return bounded


def _kept_by_certificate(read: Callable[[x509.Certificate], T]) -> Callable[[x509.Certificate], T]:
    """Caches what is read from a certificate, by the object: hashing its bytes costs as much as a tenth of a signature.

    The object is kept too, so that its identity stays its own. Errors are not cached.
    """
    known: dict[int, tuple[x509.Certificate, T]] = {}

    @functools.wraps(read)
    def found(certificate: x509.Certificate) -> T:
        kept = known.get(id(certificate))
        if kept is None:
            if len(known) >= MAX_KEPT:
                known.clear()
            kept = known[id(certificate)] = (certificate, read(certificate))
        return kept[1]

    return found


def _primitive(digest: Digest) -> hashes.HashAlgorithm:
    if digest.primitive is None:
        raise Unsuitable(Fault("digest-misfits-algorithm", digest=digest.name))
    return digest.primitive


@_kept_by_certificate
def _loaded_key(certificate: x509.Certificate) -> object:
    """The key as the library reads it: its size and the key itself are asked for. Failures are not cached."""
    return certificate.public_key()


@_kept_by_certificate
def _rsa_key(certificate: x509.Certificate) -> rsa.RSAPublicKey:
    """The certificate's key, if it is one for RSA signatures. Failures are not cached."""
    key = _loaded_key(certificate)
    if not isinstance(key, rsa.RSAPublicKey):
        raise Unsuitable(Fault("key-not-rsa"))
    numbers = key.public_numbers()
    if not MIN_RSA_BITS <= key.key_size <= MAX_RSA_BITS:
        raise Unsuitable(Fault("rsa-key-size", bits=key.key_size))
    if not MIN_RSA_EXPONENT <= numbers.e <= MAX_RSA_EXPONENT or not numbers.e % 2 or not numbers.n % 2:
        raise Unsuitable(Fault("rsa-key-exponent", exponent=str(numbers.e)))
    return key


@_kept_by_certificate
def _ec_key(certificate: x509.Certificate) -> ec.EllipticCurvePublicKey:
    """The certificate's key, if it is on an accepted curve. Failures are not cached."""
    key = _loaded_key(certificate)
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, CURVES):
        raise Unsuitable(Fault("key-not-on-nist-curve"))
    # The library accepts explicit parameters of a curve that it knows (RFC 5480 forbids them; see CVE-2020-0601).
    if public_key(certificate)[0].parameters[:1] != NAMED:
        raise Unsuitable(Fault("key-curve-not-named"))
    return key


def _pkcs1(certificate: x509.Certificate, signature: bytes, message: bytes, digest: Digest, parameters: bytes) -> None:
    if parameters not in (b"", NULL):
        raise Unsuitable(Fault("pkcs1-parameters"))
    # RFC 4055, 1.2: a key that is marked for PSS makes no other signatures.
    if public_key(certificate)[0].oid != oids.RSA:
        raise Unsuitable(Fault("key-for-pss-only"))
    _rsa_key(certificate).verify(signature, message, padding.PKCS1v15(), _primitive(digest))


def _pss(certificate: x509.Certificate, signature: bytes, message: bytes, digest: Digest, parameters: bytes) -> None:
    """A salt of any length from the digest's up, as tools make it: pyHanko and OpenSSL take the longest that fits."""
    primitive, key, named = _primitive(digest), _rsa_key(certificate), public_key(certificate)[0]
    oid, salt = _pss_choice(parameters)
    longest = (key.key_size + 6) // 8 - digest.size - 2
    if DIGESTS.get(oid) != digest or not digest.size <= salt <= longest:
        raise Unsuitable(Fault("pss-choice"))
    # A key that is marked for PSS may prescribe the digest and the shortest salt (RFC 4055, 1.2 and 3.3).
    if named.oid == oids.RSA_PSS and named.parameters:
        prescribed, shortest = _pss_choice(named.parameters)
        if prescribed != oid or salt < shortest:
            raise Unsuitable(Fault("pss-parameters-of-key"))
    key.verify(signature, message, padding.PSS(padding.MGF1(primitive), salt), primitive)


@der.kept
def _pss_choice(parameters: bytes) -> tuple[str, int]:
    """Digest and salt length that parameters of RSA-PSS name (RFC 4055, 3.1). :class:`Unsuitable` for other forms.

    One digest throughout, and no field left to its default, which is SHA-1 with a salt of 20.
    """
    try:
        members = der.element(parameters).expect(der.SEQUENCE).children()
        hashed, mask, salt = (
            der.element(member.expect(tag).content) for member, tag in zip(members, (0xA0, 0xA1, 0xA2), strict=True)
        )
        digest, generator = AlgorithmIdentifier.read(hashed), AlgorithmIdentifier.read(mask)
        inner = AlgorithmIdentifier.read(der.element(generator.parameters))
        length = salt.integer()
    except ValueError as fault:
        raise Unsuitable(Fault("pss-choice")) from fault
    if generator.oid != oids.MGF1 or inner.oid != digest.oid or {digest.parameters, inner.parameters} - {b"", NULL}:
        raise Unsuitable(Fault("pss-choice"))
    return digest.oid, length


def _ecdsa(certificate: x509.Certificate, signature: bytes, message: bytes, digest: Digest, parameters: bytes) -> None:
    if parameters:
        raise Unsuitable(Fault("ecdsa-parameters"))
    _ec_key(certificate).verify(signature, message, ec.ECDSA(_primitive(digest)))


def _ecdsa_identity(certificate: x509.Certificate, signature: bytes) -> bytes:
    """(r, s) and (r, n - s) are both valid and count as the same signature: the one with the lower s."""
    r, s = decode_dss_signature(signature)
    lower = _ec_key(certificate).curve.group_order - s
    # DER is read strictly: the same numbers have the same bytes.
    return signature if s <= lower else encode_dss_signature(r, lower)


@_kept_by_certificate
def fields_of(certificate: x509.Certificate) -> list[der.Element]:
    """Serial number, algorithm, issuer, validity, subject and key; without the version and the extensions."""
    fields = der.element(certificate.tbs_certificate_bytes).children()
    begin = int(fields[0].tag == der.CONTEXT_0)
    return fields[begin : begin + 6]


@_kept_by_certificate
def public_key(certificate: x509.Certificate) -> tuple[AlgorithmIdentifier, bytes]:
    """The certificate's key as encoded in it, for algorithms that ``cryptography`` does not know."""
    algorithm, key = fields_of(certificate)[5].expect(der.SEQUENCE).children()
    return AlgorithmIdentifier.read(algorithm), key.bits()


def _national(name: str, digest_oid: str, scheme: Scheme) -> SignatureAlgorithm:
    """GOST R 34.10 on the curve of ``scheme``, which the certificate must name."""

    def verify(
        certificate: x509.Certificate, signature: bytes, message: bytes, digest: Digest, parameters: bytes
    ) -> None:
        if parameters not in (b"", NULL):
            raise Unsuitable(Fault("gost-parameters", curve=scheme.curve.name))
        key = _gost_key(certificate, scheme)
        budget.spend(budget.GOST_SIGNATURE)
        if not matches(scheme.curve, key, digest.compute(message), signature):
            raise InvalidSignature

    return SignatureAlgorithm(name, digest_oid, verify, fits=lambda certificate: _gost_key(certificate, scheme))


def _gost_key(certificate: x509.Certificate, scheme: Scheme) -> curves.Point:
    named, key = public_key(certificate)
    if named.oid != scheme.key_oid or not named.parameters:
        raise Unsuitable(Fault("key-of-another-kind", curve=scheme.curve.name))
    curve, *_digest_and_more = der.element(named.parameters).children()
    if curve.oid() != scheme.parameters_oid:
        raise Unsuitable(Fault("key-on-another-curve", curve=scheme.curve.name))
    try:
        return read_point(scheme.curve, der.element(key).expect(der.OCTET_STRING).content)
    except ValueError as fault:
        raise Unsuitable(fault_of(fault)) from fault


DIGESTS: Mapping[str, Digest] = {
    oids.SHA256: _digest("SHA-256", hashes.SHA256()),
    oids.SHA384: _digest("SHA-384", hashes.SHA384()),
    oids.SHA512: _digest("SHA-512", hashes.SHA512()),
    oids.GOST_34311: Digest("GOST 34.311-95", 32, _bounded(hash_94.gost34311)),
    oids.STREEBOG256: Digest("Streebog-256", 32, _bounded(streebog.streebog256)),
    oids.STREEBOG512: Digest("Streebog-512", 64, _bounded(streebog.streebog512)),
}


_KZ_2004 = _national("GOST 34.310-2004", oids.GOST_34311, Scheme(curves.KZ_2004, oids.GOST_2004, oids.GOST_2004_A))
_KZ_256 = _national(
    "GOST R 34.10-2015 256", oids.STREEBOG256, Scheme(curves.KZ_2015_256, oids.GOST_256, oids.GOST_256_A)
)
_KZ_512 = _national(
    "GOST R 34.10-2015 512", oids.STREEBOG512, Scheme(curves.KZ_2015_512, oids.GOST_512, oids.GOST_512_A)
)

SIGNATURES: Mapping[str, SignatureAlgorithm] = {
    oids.RSA: SignatureAlgorithm("RSA", None, _pkcs1),
    oids.RSA_SHA256: SignatureAlgorithm("RSA with SHA-256", oids.SHA256, _pkcs1),
    oids.RSA_SHA384: SignatureAlgorithm("RSA with SHA-384", oids.SHA384, _pkcs1),
    oids.RSA_SHA512: SignatureAlgorithm("RSA with SHA-512", oids.SHA512, _pkcs1),
    oids.RSA_PSS: SignatureAlgorithm("RSA-PSS", None, _pss),
    oids.ECDSA_SHA256: SignatureAlgorithm("ECDSA with SHA-256", oids.SHA256, _ecdsa, _ecdsa_identity),
    oids.ECDSA_SHA384: SignatureAlgorithm("ECDSA with SHA-384", oids.SHA384, _ecdsa, _ecdsa_identity),
    oids.ECDSA_SHA512: SignatureAlgorithm("ECDSA with SHA-512", oids.SHA512, _ecdsa, _ecdsa_identity),
    # Signing software names the signature or only the key, since a GOST key implies its digest.
    **dict.fromkeys((oids.GOST_2004_SIGNATURE, oids.GOST_2004), _KZ_2004),
    **dict.fromkeys((oids.GOST_256_SIGNATURE, oids.GOST_256), _KZ_256),
    **dict.fromkeys((oids.GOST_512_SIGNATURE, oids.GOST_512), _KZ_512),
}


def check_signature(
    certificate: x509.Certificate,
    signature: bytes,
    message: bytes,
    algorithm: AlgorithmIdentifier,
    digest: AlgorithmIdentifier,
    *,
    digests: Mapping[str, Digest] = DIGESTS,
    signatures: Mapping[str, SignatureAlgorithm] = SIGNATURES,
) -> SignatureAlgorithm:
    """Check a signature with the key of ``certificate`` and return the algorithm used.

    Raises :class:`Unsuitable` or ``InvalidSignature``.
    """
    known = find_signature(algorithm.oid, digest.oid, signatures)
    if digest.oid not in digests or digest.parameters not in (b"", NULL):
        raise Unsuitable(Fault("digest-algorithm-not-allowed", digest=digest.oid))
    budget.spend(budget.FAST_SIGNATURE)
    known.verify(certificate, signature, message, digests[digest.oid], algorithm.parameters)
    return known


def find_signature(oid: str, digest: str, signatures: Mapping[str, SignatureAlgorithm]) -> SignatureAlgorithm:
    """The algorithm with that identifier; :class:`Unsuitable` if it is unknown or implies another digest."""
    if oid not in signatures:
        raise Unsuitable(Fault("signature-algorithm-not-allowed", algorithm=oid))
    if signatures[oid].digest not in (None, digest):
        raise Unsuitable(Fault("signature-algorithm-implies-another-digest"))
    return signatures[oid]


def check_issued(
    signed: "Signed",
    issuer: x509.Certificate,
    signatures: Mapping[str, SignatureAlgorithm],
    digests: Mapping[str, Digest],
) -> None:
    """Check an authority's signature on a certificate, a revocation list or an OCSP response.

    Raises :class:`Unsuitable` or ``InvalidSignature``.
    """
    algorithm = signed.algorithm
    known = signatures.get(algorithm.oid)
    # RSA-PSS names its digest in its parameters.
    digest = _pss_choice(algorithm.parameters)[0] if algorithm.oid == oids.RSA_PSS else (known and known.digest)
    check_signature(
        issuer,
        signed.signature,
        signed.message,
        algorithm,
        AlgorithmIdentifier(digest or oids.SHA256),
        digests=digests,
        signatures=signatures,
    )


def key_strength(certificate: x509.Certificate) -> str:
    """Kind and size of a certificate's key. RSA keys are rounded down to a standard size, such as RSA-2048."""
    try:
        key = _loaded_key(certificate)
    except UnsupportedAlgorithm:
        return NATIONAL.get(public_key(certificate)[0].oid, "unknown")
    if isinstance(key, rsa.RSAPublicKey):
        return f"RSA-{max(size for size in RSA_STEPS if size <= max(key.key_size, RSA_STEPS[0]))}"
    return key.curve.name if isinstance(key, ec.EllipticCurvePublicKey) else "unknown"


@dataclass(frozen=True)
class Signed:
    """A signed X.509 structure: bytes, an algorithm, a signature over the bytes."""

    message: bytes
    algorithm: AlgorithmIdentifier
    signature: bytes

    @classmethod
    def read(cls, data: bytes) -> "Signed":
        """From the DER of a certificate or revocation list. ``ValueError`` if the inner and outer algorithm differ."""
        message = der.element(data).first()
        return cls._of(data, next(child for child in message.children() if child.tag == der.SEQUENCE))

    @classmethod
    def of_certificate(cls, certificate: x509.Certificate, data: bytes) -> "Signed":
        """The same of a certificate whose DER is ``data``; its fields are not split again."""
        return cls._of(data, fields_of(certificate)[1])

    @classmethod
    def _of(cls, data: bytes, inside: der.Element) -> "Signed":
        message, algorithm, signature = der.element(data).children()
        if inside.raw != algorithm.raw:
            raise FaultError(Fault("inner-algorithm-differs"))
        return cls(message.raw, AlgorithmIdentifier.read(algorithm), signature.bits())


__all__ = [
    "DIGESTS",
    "SIGNATURES",
    "AlgorithmIdentifier",
    "Digest",
    "InvalidSignature",
    "SignatureAlgorithm",
    "Signed",
    "Unsuitable",
    "check_issued",
    "check_signature",
    "find_signature",
    "key_strength",
    "public_key",
]
