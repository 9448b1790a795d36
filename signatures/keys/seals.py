"""The service's seals: several may be valid at once, and the newest signs, so that a change needs no downtime.

A seal is one PEM file: its certificate, those above it, and either the private key or the URI of a key in a token
(``pkcs11:...``, see ``signatures.keys.pkcs11``). The first seal is the file named in the service's configuration; later
ones are in the folder of the same name with ``.d``.
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
        """The newest seal that is valid at ``at`` and pinned as a seal, so that every verifier accepts it.

        ``ValueError`` if there is none.
        """
        fit = [
            seal
            for seal in self.known
            if seal.certificate in pinned
            and seal.certificate.not_valid_before_utc <= at <= seal.certificate.not_valid_after_utc
        ]
        if not fit:
            raise ValueError("no seal of the service is both valid now and pinned as trusted")
        return fit[-1]


def load(path: Path) -> Seals:
    """The seal at ``path`` and those in its folder ``.d``. ``ValueError`` names the file at fault; ``OSError``."""
    found = [load_one(file) for file in files(path)]
    return Seals(tuple(sorted(found, key=lambda seal: seal.certificate.not_valid_before_utc)))


def files(path: Path) -> Iterator[Path]:
    """The files of all seals, the configured one first."""
    yield path
    yield from sorted(folder(path).glob("*.pem"))


def folder(path: Path) -> Path:
    """The folder of the later seals."""
    return path.with_name(path.name + MORE)


def load_one(path: Path) -> Sealer:
    """One seal. ``ValueError`` if it is malformed or others may open the file."""
    data = read_private(path)
    try:
        return Sealer.of(private_key(data), x509.load_pem_x509_certificates(data))
    except (ValueError, TypeError) as fault:
        raise ValueError(f"{path}: {fault}") from fault


def private_key(data: bytes) -> ec.EllipticCurvePrivateKey:
    """The private key in a PEM text, or the key in a token that the text names. Raises ``ValueError``."""
    if named := _URI_LINE.search(data):
        # Imported only for a token: the offline verifier does not include python-pkcs11.
        from signatures.keys.pkcs11 import KeyUri, TokenKey

        return TokenKey(KeyUri.parse(named[0].decode()))
    key = load_pem_private_key(data, None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise ValueError("the service's key must be on P-256")  # noqa: TRY004 - one error for callers
    return key
