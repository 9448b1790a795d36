"""The table of digest and signature algorithms.

A signature algorithm is looked up by its object identifier and gets the certificate itself, not a parsed key: the key
of a national algorithm is one that ``cryptography`` cannot parse. To add one, put a :class:`SignatureAlgorithm` into
``Policy.signatures`` and its digest into ``Policy.digests``.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

from signatures import der, oids

MIN_RSA_BITS, MAX_RSA_BITS = 2048, 8192
MIN_RSA_EXPONENT, MAX_RSA_EXPONENT = 65537, 2**32
CURVES = (ec.SECP256R1, ec.SECP384R1)
NULL = b"\x05\x00"


class Unsuitable(ValueError):
    """The algorithm, its parameters or the key are not allowed; the text says which."""


@dataclass(frozen=True)
class AlgorithmIdentifier:
    """An algorithm and the DER of its parameters; empty when they are absent."""

    oid: str
    parameters: bytes = b""

    @classmethod
    def read(cls, element: der.Element) -> "AlgorithmIdentifier":
        oid, *rest = element.expect(der.SEQUENCE).children()
        if len(rest) > 1:
            raise ValueError("an algorithm identifier has at most one parameter")
        return cls(oid.oid(), rest[0].raw if rest else b"")


@dataclass(frozen=True)
class Digest:
    """A digest algorithm: ``compute`` gives ``size`` octets; ``primitive`` is what ``cryptography`` calls it."""

    name: str
    size: int
    compute: Callable[[bytes], bytes]
    primitive: hashes.HashAlgorithm | None = None


Verify = Callable[[x509.Certificate, bytes, bytes, Digest, bytes], None]


@dataclass(frozen=True)
class SignatureAlgorithm:
    """How one kind of signature is checked.

    ``verify(certificate, signature, message, digest, parameters)`` raises :class:`Unsuitable` for a key or parameter
    that is not allowed and ``InvalidSignature`` for a signature that does not match. ``digest`` is the identifier of
    the digest that the algorithm implies, or ``None`` when the signature names it apart. ``identity`` maps all the
    encodings of one signature to one.
    """

    name: str
    digest: str | None
    verify: Verify
    identity: Callable[[x509.Certificate, bytes], bytes] = lambda _certificate, signature: signature


def _digest(name: str, primitive: hashes.HashAlgorithm) -> Digest:
    def compute(data: bytes) -> bytes:
        state = hashes.Hash(primitive)
        state.update(data)
        return state.finalize()

    return Digest(name, primitive.digest_size, compute, primitive)


def _primitive(digest: Digest) -> hashes.HashAlgorithm:
    if digest.primitive is None:
        raise Unsuitable(f"digest {digest.name} does not go with this algorithm")
    return digest.primitive


def _rsa_key(certificate: x509.Certificate) -> rsa.RSAPublicKey:
    key = certificate.public_key()
    if not isinstance(key, rsa.RSAPublicKey):
        raise Unsuitable("the certificate's key is not an RSA key")
    numbers = key.public_numbers()
    if not MIN_RSA_BITS <= key.key_size <= MAX_RSA_BITS:
        raise Unsuitable(f"an RSA key of {key.key_size} bits")
    if not MIN_RSA_EXPONENT <= numbers.e <= MAX_RSA_EXPONENT or not numbers.e % 2 or not numbers.n % 2:
        raise Unsuitable(f"an RSA key with exponent {numbers.e}")
    return key


def _ec_key(certificate: x509.Certificate) -> ec.EllipticCurvePublicKey:
    key = certificate.public_key()
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, CURVES):
        raise Unsuitable("the certificate's key is not on P-256 or P-384")
    return key


def _pkcs1(certificate: x509.Certificate, signature: bytes, message: bytes, digest: Digest, parameters: bytes) -> None:
    if parameters not in (b"", NULL):
        raise Unsuitable("RSA PKCS#1 v1.5 takes no parameters")
    _rsa_key(certificate).verify(signature, message, padding.PKCS1v15(), _primitive(digest))


def _pss(certificate: x509.Certificate, signature: bytes, message: bytes, digest: Digest, parameters: bytes) -> None:
    primitive = _primitive(digest)
    if parameters not in _pss_parameters(digest):
        raise Unsuitable("RSA-PSS must use one digest throughout and a salt of its length")
    scheme = padding.PSS(padding.MGF1(primitive), digest.size)
    _rsa_key(certificate).verify(signature, message, scheme, primitive)


def _pss_parameters(digest: Digest) -> set[bytes]:
    """The DER forms of the only parameters that are allowed (RFC 4055): with the digest's NULL and without it."""
    named = [oid for oid, known in DIGESTS.items() if known == digest]
    return {_pss_form(oid, digest.size, null) for oid in named for null in (b"", NULL)}


def _pss_form(oid: str, salt: int, null: bytes) -> bytes:
    algorithm = der.encode(der.SEQUENCE, der.encode_oid(oid), null)
    mask = der.encode(der.SEQUENCE, der.encode_oid(oids.MGF1), algorithm)
    return der.encode(
        der.SEQUENCE,
        der.encode(0xA0, algorithm),
        der.encode(0xA1, mask),
        der.encode(0xA2, der.encode_integer(salt)),
    )


def _ecdsa(certificate: x509.Certificate, signature: bytes, message: bytes, digest: Digest, parameters: bytes) -> None:
    if parameters:
        raise Unsuitable("ECDSA takes no parameters")
    _ec_key(certificate).verify(signature, message, ec.ECDSA(_primitive(digest)))


def _ecdsa_identity(certificate: x509.Certificate, signature: bytes) -> bytes:
    """(r, s) and (r, n - s) are both valid and are one signature: the lower s stands for both."""
    r, s = decode_dss_signature(signature)
    order = _ec_key(certificate).curve.group_order
    return encode_dss_signature(r, min(s, order - s))


DIGESTS: Mapping[str, Digest] = {
    oids.SHA256: _digest("SHA-256", hashes.SHA256()),
    oids.SHA384: _digest("SHA-384", hashes.SHA384()),
    oids.SHA512: _digest("SHA-512", hashes.SHA512()),
}

SIGNATURES: Mapping[str, SignatureAlgorithm] = {
    oids.RSA: SignatureAlgorithm("RSA", None, _pkcs1),
    oids.RSA_SHA256: SignatureAlgorithm("RSA with SHA-256", oids.SHA256, _pkcs1),
    oids.RSA_SHA384: SignatureAlgorithm("RSA with SHA-384", oids.SHA384, _pkcs1),
    oids.RSA_SHA512: SignatureAlgorithm("RSA with SHA-512", oids.SHA512, _pkcs1),
    oids.RSA_PSS: SignatureAlgorithm("RSA-PSS", None, _pss),
    oids.ECDSA_SHA256: SignatureAlgorithm("ECDSA with SHA-256", oids.SHA256, _ecdsa, _ecdsa_identity),
    oids.ECDSA_SHA384: SignatureAlgorithm("ECDSA with SHA-384", oids.SHA384, _ecdsa, _ecdsa_identity),
    oids.ECDSA_SHA512: SignatureAlgorithm("ECDSA with SHA-512", oids.SHA512, _ecdsa, _ecdsa_identity),
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
    """Check a signature by the key of ``certificate``; the algorithm used is returned.

    Raises :class:`Unsuitable` or ``InvalidSignature``.
    """
    known = find_signature(algorithm.oid, digest.oid, signatures)
    if digest.oid not in digests or digest.parameters not in (b"", NULL):
        raise Unsuitable(f"digest algorithm {digest.oid} is not allowed")
    known.verify(certificate, signature, message, digests[digest.oid], algorithm.parameters)
    return known


def find_signature(oid: str, digest: str, signatures: Mapping[str, SignatureAlgorithm]) -> SignatureAlgorithm:
    """The algorithm with that identifier, if it goes with that digest."""
    if oid not in signatures:
        raise Unsuitable(f"signature algorithm {oid} is not allowed")
    if signatures[oid].digest not in (None, digest):
        raise Unsuitable("the signature algorithm implies another digest than the one named")
    return signatures[oid]


def check_issued(
    signed: "Signed",
    issuer: x509.Certificate,
    signatures: Mapping[str, SignatureAlgorithm],
    digests: Mapping[str, Digest],
) -> None:
    """Check the signature of an authority on a certificate or a revocation list.

    Raises :class:`Unsuitable` or ``InvalidSignature``.
    """
    algorithm = signed.algorithm
    known = signatures.get(algorithm.oid)
    digest = (known and known.digest) or _pss_digest(algorithm)
    check_signature(
        issuer,
        signed.signature,
        signed.message,
        algorithm,
        AlgorithmIdentifier(digest),
        digests=digests,
        signatures=signatures,
    )


def _pss_digest(algorithm: AlgorithmIdentifier) -> str:
    """The digest named inside the parameters of RSA-PSS; SHA-256 for anything that names none, to be refused later."""
    for oid, digest in DIGESTS.items():
        if algorithm.parameters in _pss_parameters(digest):
            return oid
    return oids.SHA256


@dataclass(frozen=True)
class Signed:
    """What every X.509 structure is: bytes, an algorithm, a signature over the bytes."""

    message: bytes
    algorithm: AlgorithmIdentifier
    signature: bytes

    @classmethod
    def read(cls, data: bytes) -> "Signed":
        """From the DER of a certificate or a revocation list; the algorithm inside must be the one outside."""
        message, algorithm, signature = der.element(data).children()
        if signature.expect(0x03).content[:1] != b"\x00":
            raise ValueError("a signature has whole octets")
        inside = next(child for child in message.children() if child.tag == der.SEQUENCE)
        if inside.raw != algorithm.raw:
            raise ValueError("the signature algorithm named inside is not the one outside")
        return cls(message.raw, AlgorithmIdentifier.read(algorithm), signature.content[1:])


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
]
