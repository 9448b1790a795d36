"""The service's seals: several are known, the newest signs, and one follows the other without a pause.

A seal is one PEM file: its certificate, those above it, and either the private key or the line that names one in a
token (``pkcs11:...``, see ``signatures.keys.pkcs11``). The first seal is the file that the service is configured with;
later ones stand in the folder of the same name with ``.d``.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from signatures.keys.private_files import read_private
from signatures.keys.sealer import Sealer

MORE = ".d"
_URI_LINE = re.compile(rb"^pkcs11:\S+$", re.MULTILINE)


@dataclass(frozen=True)
class Seals:
    """All seals that can be used, oldest first."""

    known: tuple[Sealer, ...]

    def signing(self, at: datetime, pinned: tuple[x509.Certificate, ...]) -> Sealer:
        """The newest that is valid at ``at`` and pinned as a seal, so that what it signs is verified everywhere.

        ``ValueError`` if there is none.
        """
        fit = [one for one in self.known if one.certificate in pinned and _valid(one.certificate, at)]
        if not fit:
            raise ValueError("no seal of the service is both valid now and pinned as trusted")
        return fit[-1]


def load(path: Path) -> Seals:
    """The seal at ``path`` and those in the folder beside it; ``ValueError`` names the file at fault, ``OSError``."""
    found = [load_one(file) for file in files(path)]
    return Seals(tuple(sorted(found, key=lambda one: one.certificate.not_valid_before_utc)))


def files(path: Path) -> Iterator[Path]:
    """The files of all seals, the configured one first."""
    yield path
    yield from sorted(folder(path).glob("*.pem"))


def folder(path: Path) -> Path:
    """Where later seals stand."""
    return path.with_name(path.name + MORE)


def load_one(path: Path) -> Sealer:
    """One seal; a file that others may open is refused."""
    data = read_private(path)
    try:
        return Sealer.of(private_key(data), x509.load_pem_x509_certificates(data))
    except (ValueError, TypeError) as fault:
        raise ValueError(f"{path}: {fault}") from fault


def private_key(data: bytes) -> ec.EllipticCurvePrivateKey:
    """The key of a PEM text, or the one in a token that it names."""
    if named := _URI_LINE.search(data):
        # Only where a token is used: the offline verifier comes without the token's package.
        from signatures.keys.pkcs11 import KeyUri, TokenKey

        return TokenKey(KeyUri.parse(named[0].decode()))
    key = load_pem_private_key(data, None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise ValueError("the service's key must be on P-256")  # noqa: TRY004 - one error for callers
    return key


def _valid(certificate: x509.Certificate, at: datetime) -> bool:
    return certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc
