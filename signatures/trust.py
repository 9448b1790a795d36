"""The trust folder: the only certificates that a signature can lead to.

Layout::

    policy.yaml      purpose: demo | test | production
    *.pem *.der *.cer *.crt    roots (self-signed) and intermediate authorities
    *.crl            their revocation lists, PEM or DER
    seals/           certificates of the service's own seals, pinned one by one

Everything is checked when it is loaded: every authority must lead to a root of the same folder, and every revocation
list must be signed by an authority of the folder. What does not stops the start with a ``ValueError`` that names the
file. A certificate that came with a signature never becomes part of a path.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import yaml
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding

from signatures.algorithms import DIGESTS, SIGNATURES, Digest, SignatureAlgorithm, Signed, check_issued

PURPOSES = ("demo", "test", "production")
CERTIFICATE_SUFFIXES = (".pem", ".der", ".cer", ".crt")
NOT_FOR_PRODUCTION = ("DEMO", "TEST", "ТЕСТ")
MAX_DEPTH = 4
# A list with such a critical extension covers another set of certificates than its issuer's: delta and indirect lists.
SCOPED_LISTS = (x509.DeltaCRLIndicator, x509.IssuingDistributionPoint)


@dataclass(frozen=True)
class Authority:
    """A pinned authority: its certificate, the pinned path above it (empty for a root), its revocation lists."""

    certificate: x509.Certificate
    path: tuple[x509.Certificate, ...]
    lists: tuple[x509.CertificateRevocationList, ...]


@dataclass(frozen=True)
class TrustStore:
    """Pinned authorities, revocation lists and seals. Immutable: load it anew when the folder changes."""

    purpose: str
    authorities: tuple[Authority, ...]
    seals: tuple[x509.Certificate, ...] = ()
    _by_subject: dict[x509.Name, list[Authority]] = field(default_factory=dict, repr=False, compare=False)

    def __post_init__(self) -> None:
        for authority in self.authorities:
            self._by_subject.setdefault(authority.certificate.subject, []).append(authority)

    @classmethod
    def load(cls, folder: Path | str, *, purpose: str | None = None) -> "TrustStore":
        """Load a trust folder. ``purpose``, if given, is the only one that is accepted.

        Raises ``ValueError`` naming the file at fault, ``OSError`` if the folder cannot be read.
        """
        folder = Path(folder)
        actual = _purpose(folder / "policy.yaml")
        if purpose not in (None, actual):
            raise ValueError(f"{folder}: a trust folder for {actual}, where {purpose} is required")
        return cls.of(
            actual,
            [one for path in _files(folder, CERTIFICATE_SUFFIXES) for one in read_certificates(path)],
            [_read_list(path) for path in _files(folder, (".crl",))],
            [one for path in _files(folder / "seals", CERTIFICATE_SUFFIXES) for one in read_certificates(path)],
        )

    @classmethod
    def of(
        cls,
        purpose: str,
        certificates: Iterable[x509.Certificate],
        lists: Iterable[x509.CertificateRevocationList] = (),
        seals: Iterable[x509.Certificate] = (),
        *,
        signatures: Mapping[str, SignatureAlgorithm] = SIGNATURES,
        digests: Mapping[str, Digest] = DIGESTS,
    ) -> "TrustStore":
        """A store of the given certificates, checked as :meth:`load` checks a folder."""
        certificates = tuple(dict.fromkeys(certificates))
        keys = _Keys(signatures, digests)
        _check_names(purpose, certificates)
        owned = _owned_lists(tuple(lists), certificates, keys)
        return cls(
            purpose,
            tuple(Authority(one, _path(one, certificates, keys), owned.get(one, ())) for one in certificates),
            tuple(seals),
        )

    def issuers_of(self, certificate: x509.Certificate) -> list[Authority]:
        """The pinned authorities that bear the name of the certificate's issuer."""
        return self._by_subject.get(certificate.issuer, [])

    def authority(self, certificate: x509.Certificate) -> Authority:
        """The pinned authority with that certificate."""
        return next(one for one in self.authorities if one.certificate == certificate)


@dataclass(frozen=True)
class _Keys:
    signatures: Mapping[str, SignatureAlgorithm]
    digests: Mapping[str, Digest]

    def signed(self, data: bytes, issuer: x509.Certificate) -> bool:
        try:
            check_issued(Signed.read(data), issuer, self.signatures, self.digests)
        except (InvalidSignature, UnsupportedAlgorithm, ValueError):
            return False
        return True


def _purpose(path: Path) -> str:
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as fault:
        raise ValueError(f"{path}: {fault}") from fault
    purpose = content.get("purpose") if isinstance(content, dict) else None
    if purpose not in PURPOSES:
        raise ValueError(f"{path}: purpose must be one of {', '.join(PURPOSES)}, not {purpose!r}")
    return str(purpose)


def _files(folder: Path, suffixes: tuple[str, ...]) -> list[Path]:
    return sorted(path for path in folder.glob("*") if path.suffix.lower() in suffixes)


def read_certificates(path: Path) -> list[x509.Certificate]:
    """The certificates of a PEM or DER file; ``ValueError`` names the file."""
    data = path.read_bytes()
    try:
        return x509.load_pem_x509_certificates(data) if b"-----" in data else [x509.load_der_x509_certificate(data)]
    except ValueError as fault:
        raise ValueError(f"{path}: not a certificate: {fault}") from fault


def _read_list(path: Path) -> x509.CertificateRevocationList:
    data = path.read_bytes()
    try:
        return x509.load_pem_x509_crl(data) if b"-----" in data else x509.load_der_x509_crl(data)
    except ValueError as fault:
        raise ValueError(f"{path}: not a revocation list: {fault}") from fault


def _check_names(purpose: str, certificates: tuple[x509.Certificate, ...]) -> None:
    if not certificates:
        raise ValueError("the trust folder holds no authority")
    for certificate in certificates:
        name = certificate.subject.rfc4514_string()
        if purpose == "production" and any(word in name.upper() for word in NOT_FOR_PRODUCTION):
            raise ValueError(f"{name}: an authority of this name has no place in a production trust folder")


def _path(
    certificate: x509.Certificate, pinned: tuple[x509.Certificate, ...], keys: _Keys
) -> tuple[x509.Certificate, ...]:
    """The pinned certificates above an authority, its root last."""
    path: list[x509.Certificate] = []
    lowest = certificate
    while not _is_root(lowest, keys):
        lowest = _issuer(lowest, pinned, keys)
        path.append(lowest)
        if len(path) >= MAX_DEPTH:
            raise ValueError(f"{certificate.subject.rfc4514_string()}: does not lead to a root of the folder")
    return tuple(path)


def _is_root(certificate: x509.Certificate, keys: _Keys) -> bool:
    return certificate.subject == certificate.issuer and keys.signed(_der(certificate), certificate)


def _issuer(certificate: x509.Certificate, pinned: tuple[x509.Certificate, ...], keys: _Keys) -> x509.Certificate:
    named = [one for one in pinned if one.subject == certificate.issuer]
    for candidate in named:
        if keys.signed(_der(certificate), candidate):
            return candidate
    raise ValueError(f"{certificate.subject.rfc4514_string()}: its issuer is not in the trust folder")


def _owned_lists(
    lists: tuple[x509.CertificateRevocationList, ...], pinned: tuple[x509.Certificate, ...], keys: _Keys
) -> dict[x509.Certificate, tuple[x509.CertificateRevocationList, ...]]:
    owned: dict[x509.Certificate, tuple[x509.CertificateRevocationList, ...]] = {}
    for one in lists:
        owner = _list_owner(one, pinned, keys)
        owned[owner] = (*owned.get(owner, ()), one)
    return owned


def _list_owner(
    revoked: x509.CertificateRevocationList, pinned: tuple[x509.Certificate, ...], keys: _Keys
) -> x509.Certificate:
    name = revoked.issuer.rfc4514_string()
    if any(isinstance(extension.value, SCOPED_LISTS) for extension in revoked.extensions):
        raise ValueError(f"revocation list of {name}: delta and partial lists are not taken")
    for candidate in pinned:
        if candidate.subject == revoked.issuer and keys.signed(revoked.public_bytes(Encoding.DER), candidate):
            return candidate
    raise ValueError(f"revocation list of {name}: not signed by an authority of the trust folder")


def _der(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.DER)
