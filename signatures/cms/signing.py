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


def encapsulated(
    content: bytes,
    content_type: str,
    key: ec.EllipticCurvePrivateKey,
    chain: tuple[x509.Certificate, ...],
    signed_at: datetime,
) -> bytes:
    """A CMS signature in DER with the content inside, as a timestamp token has it; ``chain`` as in :func:`build`."""
    attributes = _signed_attributes(content, chain[0], signed_at, content_type)
    signature = key.sign(der.encode_set(*attributes), ec.ECDSA(hashes.SHA256()))
    inside = der.encode(der.CONTEXT_0, der.encode(der.OCTET_STRING, content))
    carried = der.encode(der.SEQUENCE, der.encode_oid(content_type), inside)
    return _content_info(chain, _signer_info(chain[0], attributes, signature), carried, version=3)


def build(
    content: bytes, key: ec.EllipticCurvePrivateKey, chain: tuple[x509.Certificate, ...], signed_at: datetime
) -> bytes:
    """A detached CMS signature in DER over ``content``; ``chain``: the signer's certificate first."""
    attributes = _signed_attributes(content, chain[0], signed_at)
    signature = key.sign(der.encode_set(*attributes), ec.ECDSA(hashes.SHA256()))
    absent = der.encode(der.SEQUENCE, der.encode_oid(oids.DATA))
    return _content_info(chain, _signer_info(chain[0], attributes, signature), absent, version=1)


def _attribute(oid: str, value: bytes) -> bytes:
    return der.encode(der.SEQUENCE, der.encode_oid(oid), der.encode_set(value))


def _signed_attributes(
    content: bytes, certificate: x509.Certificate, signed_at: datetime, content_type: str = oids.DATA
) -> list[bytes]:
    digest = der.encode(der.OCTET_STRING, hashlib.sha256(content).digest())
    return [
        _attribute(oids.CONTENT_TYPE, der.encode_oid(content_type)),
        _attribute(oids.MESSAGE_DIGEST, digest),
        _attribute(oids.SIGNING_TIME, der.encode_time(signed_at)),
        _attribute(oids.SIGNING_CERTIFICATE_V2, _certificate_reference(certificate)),
    ]


def _certificate_reference(certificate: x509.Certificate) -> bytes:
    """SigningCertificateV2 with one ESSCertIDv2; SHA-256 is its default and is left out, as DER requires."""
    digest = hashlib.sha256(certificate.public_bytes(Encoding.DER)).digest()
    entry = der.encode(der.SEQUENCE, der.encode(der.OCTET_STRING, digest))
    return der.encode(der.SEQUENCE, der.encode(der.SEQUENCE, entry))


def _signer_info(certificate: x509.Certificate, attributes: list[bytes], signature: bytes) -> bytes:
    serial = der.encode_integer(certificate.serial_number)
    return der.encode(
        der.SEQUENCE,
        der.encode_integer(1),
        der.encode(der.SEQUENCE, certificate.issuer.public_bytes(), serial),
        _algorithm(oids.SHA256),
        der.encode(0xA0, *sorted(attributes)),
        _algorithm(oids.ECDSA_SHA256),
        der.encode(der.OCTET_STRING, signature),
    )


def _algorithm(oid: str) -> bytes:
    return der.encode(der.SEQUENCE, der.encode_oid(oid))


def _content_info(chain: tuple[x509.Certificate, ...], signer: bytes, carried: bytes, *, version: int) -> bytes:
    signed_data = der.encode(
        der.SEQUENCE,
        der.encode_integer(version),
        der.encode_set(_algorithm(oids.SHA256)),
        carried,
        der.encode(0xA0, *sorted(certificate.public_bytes(Encoding.DER) for certificate in chain)),
        der.encode_set(signer),
    )
    return der.encode(der.SEQUENCE, der.encode_oid(oids.SIGNED_DATA), der.encode(0xA0, signed_data))
