"""The service's own key: it seals acts that no officer signs, and the checkpoints of the audit log."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from signatures.cms.signing import build


@dataclass(frozen=True)
class Sealer:
    """A P-256 key with its certificate chain, signer first."""

    key: ec.EllipticCurvePrivateKey
    chain: tuple[x509.Certificate, ...]

    @classmethod
    def load(cls, path: Path | str) -> "Sealer":
        """From one PEM file: private key without password, certificate, issuing authorities.

        ``ValueError`` names the file if the key is not on P-256 or is not the certificate's; ``OSError`` if unreadable.
        """
        data = Path(path).read_bytes()
        try:
            return cls.of(load_pem_private_key(data, None), x509.load_pem_x509_certificates(data))
        except (ValueError, TypeError) as fault:
            raise ValueError(f"{path}: {fault}") from fault

    @classmethod
    def of(cls, key: object, chain: list[x509.Certificate]) -> "Sealer":
        """From a key and its chain; ``ValueError`` if they do not fit."""
        if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
            raise ValueError("the service's key must be on P-256")  # noqa: TRY004 - one error for callers
        if chain[0].public_key() != key.public_key():
            raise ValueError("the certificate is not that of the key")
        return cls(key, tuple(chain))

    @property
    def certificate(self) -> x509.Certificate:
        return self.chain[0]

    def sign(self, content: bytes, at: datetime | None = None) -> bytes:
        """A detached CAdES-B signature (CMS in DER) over ``content``; ``at`` is the time it claims, now by default."""
        return build(content, self.key, self.chain, at or datetime.now(UTC))

    def sign_raw(self, data: bytes) -> bytes:
        """A bare ECDSA signature with SHA-256 (DER of r and s) over ``data``."""
        return self.key.sign(data, ec.ECDSA(hashes.SHA256()))
