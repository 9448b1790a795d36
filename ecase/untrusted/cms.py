"""Checks that a file is a CMS signature (RFC 5652) with at least one certificate; who signed is verified elsewhere."""

from collections.abc import Iterator
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import pkcs7

from ecase.untrusted import archives
from ecase.untrusted.findings import ARCHIVE, DAMAGED, LIMITS, Faulty, Finding

# The whole structure is held in memory.
MAX_BYTES = 64 * 1024 * 1024


def examine(path: Path) -> Iterator[Finding]:
    """All objections to the signature at ``path``."""
    if path.stat().st_size > MAX_BYTES:
        raise Faulty(LIMITS)
    if archives.is_archive(path):
        yield Finding(ARCHIVE)
    data = path.read_bytes()
    load = (
        pkcs7.load_pem_pkcs7_certificates if data.lstrip().startswith(b"-----") else pkcs7.load_der_pkcs7_certificates
    )
    # RFC 7468 knows this label too, and NCALayer writes it.
    data = data.replace(b"-----BEGIN CMS-----", b"-----BEGIN PKCS7-----").replace(
        b"-----END CMS-----", b"-----END PKCS7-----"
    )
    try:
        load(data)
    except (ValueError, UnsupportedAlgorithm) as fault:
        raise Faulty(DAMAGED) from fault
