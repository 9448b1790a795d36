"""Makes a minimal CAdES-B signature (ETSI EN 319 122-1) that the verifier accepts.

Used for the service's own seals, never for an officer's signature.
"""

import hashlib
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from signatures.asn1 import der, oids

# Algorithm identifiers, both without parameters.
SHA256 = der.encode(der.SEQUENCE, der.encode_oid(oids.SHA256))
ECDSA_SHA256 = der.encode(der.SEQUENCE, der.encode_oid(oids.ECDSA_SHA256))


def encapsulated(
    content: bytes,
    content_type: str,
    key: ec.EllipticCurvePrivateKey,
    chain: tuple[x509.Certificate, ...],
    signed_at: datetime,
) -> bytes:
    """A CMS signature in DER with the content inside, as a timestamp token has it; ``chain`` as in :func:`build`."""
    signer = _signer_info(content, content_type, key, chain[0], signed_at)
    inside = der.encode(der.CONTEXT_0, der.encode(der.OCTET_STRING, content))
    carried = der.encode(der.SEQUENCE, der.encode_oid(content_type), inside)
    return _content_info(chain, signer, carried, version=3)


def build(
    content: bytes, key: ec.EllipticCurvePrivateKey, chain: tuple[x509.Certificate, ...], signed_at: datetime
) -> bytes:
    """A detached CMS signature in DER over ``content``; ``chain``: the signer's certificate first."""
    signer = _signer_info(content, oids.DATA, key, chain[0], signed_at)
    absent = der.encode(der.SEQUENCE, der.encode_oid(oids.DATA))
    return _content_info(chain, signer, absent, version=1)


def _signer_info(
    content: bytes,
    content_type: str,
    key: ec.EllipticCurvePrivateKey,
    certificate: x509.Certificate,
    signed_at: datetime,
) -> bytes:
    """SigningCertificateV2 has one ESSCertIDv2; SHA-256 is its default and is left out, as DER requires."""
    named = der.encode(der.OCTET_STRING, hashlib.sha256(certificate.public_bytes(Encoding.DER)).digest())
    entries = der.encode(der.SEQUENCE, der.encode(der.SEQUENCE, named))
    values = {
        oids.CONTENT_TYPE: der.encode_oid(content_type),
        oids.MESSAGE_DIGEST: der.encode(der.OCTET_STRING, hashlib.sha256(content).digest()),
        oids.SIGNING_TIME: der.encode_time(signed_at),
        oids.SIGNING_CERTIFICATE_V2: der.encode(der.SEQUENCE, entries),
    }
    attributes = [der.encode(der.SEQUENCE, der.encode_oid(oid), der.encode_set(value)) for oid, value in values.items()]
    signature = key.sign(der.encode_set(*attributes), ec.ECDSA(hashes.SHA256()))
    serial = der.encode_integer(certificate.serial_number)
    return der.encode(
        der.SEQUENCE,
        der.encode_integer(1),
        der.encode(der.SEQUENCE, certificate.issuer.public_bytes(), serial),
        SHA256,
        der.encode(0xA0, *sorted(attributes)),
        ECDSA_SHA256,
        der.encode(der.OCTET_STRING, signature),
    )


def _content_info(chain: tuple[x509.Certificate, ...], signer: bytes, carried: bytes, *, version: int) -> bytes:
    signed_data = der.encode(
        der.SEQUENCE,
        der.encode_integer(version),
        der.encode_set(SHA256),
        carried,
        der.encode(0xA0, *sorted(certificate.public_bytes(Encoding.DER) for certificate in chain)),
        der.encode_set(signer),
    )
    return der.encode(der.SEQUENCE, der.encode_oid(oids.SIGNED_DATA), der.encode(0xA0, signed_data))
