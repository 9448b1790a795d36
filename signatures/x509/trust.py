"""The trust folder: the only certificates to which a signature's path can lead.

Layout::

    policy.yaml      purpose: demo | test | production, and more (``signatures.x509.trust_policy``)
    *.pem *.der *.cer *.crt    roots (self-signed) and intermediate authorities
    *.crl            their revocation lists, PEM or DER
    seals/           certificates of the service's own seals, pinned one by one

The folder is checked when it is loaded: every authority must lead to a root of the same folder, and every revocation
list with an authority's name must be signed by it. Otherwise loading raises a ``ValueError`` that names the file. A
list that cannot be used (of an authority that is not in the folder, a delta without its complete list, a partial one)
is ignored and named in ``notes``. A certificate from a signature never becomes part of a path.
"""

import contextlib
import functools
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding

from signatures.crypto.algorithms import DIGESTS, SIGNATURES, Digest, SignatureAlgorithm, Signed, check_issued
from signatures.report.faults import Fault, FaultError, fault_of
from signatures.x509.crl import RevocationList, names_serial, pair_deltas
from signatures.x509.facts import Facts, facts_of
from signatures.x509.identity import comparable
from signatures.x509.rules import ALWAYS, Period
from signatures.x509.trust_policy import TrustPolicy

CERTIFICATE_SUFFIXES = (".pem", ".der", ".cer", ".crt")
NOT_FOR_PRODUCTION = ("DEMO", "TEST", "ТЕСТ")
# Authorities above an authority.
MAX_DEPTH = 8


@dataclass(frozen=True)
class Authority:
    """A pinned authority: its certificate, the pinned path above it (empty for a root), its revocation lists.

    ``period``: when it is trusted, in addition to its certificate's validity.
    """

    certificate: x509.Certificate
    path: tuple[x509.Certificate, ...]
    lists: tuple[RevocationList, ...]
    period: Period = ALWAYS

    @functools.cached_property
    def facts(self) -> Facts:
        """The facts of its certificate."""
        return facts_of(self.certificate)


Chain = tuple[Authority, ...]


@dataclass(frozen=True)
class TrustStore:
    """Pinned authorities, revocation lists and seals. Immutable: load it again when the folder changes.

    ``periods``: periods of trust by the SHA-256 of certificates. ``notes``: revocation lists that were ignored because
    they cannot be used, and why; all others are used.
    """

    purpose: str
    authorities: tuple[Authority, ...]
    seals: tuple[x509.Certificate, ...] = ()
    periods: Mapping[str, Period] = field(default_factory=dict)
    notes: tuple[Fault, ...] = field(default=(), compare=False)
    # Of signers whose certificates an authority here has issued (:mod:`signatures.x509.certificates`).
    kept_paths: dict[Facts, Any] = field(default_factory=dict, init=False, repr=False, compare=False)
    _by_subject: dict[object, list[Chain]] = field(default_factory=dict, init=False, repr=False, compare=False)
    _by_encoding: dict[bytes, list[Chain]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        for authority in self.authorities:
            chain = (authority, *[self.authority(above) for above in authority.path])
            same_name = self._by_subject.setdefault(authority.facts.subject, [])
            same_name.append(chain)
            self._by_encoding[authority.certificate.subject.public_bytes()] = same_name

    @classmethod
    def load(cls, folder: Path | str, *, purpose: str | None = None) -> "TrustStore":
        """Load a trust folder. ``purpose``, if given, is the only accepted one.

        Raises ``ValueError`` naming the file at fault, ``OSError`` if the folder cannot be read.
        """
        folder = Path(folder)
        policy = TrustPolicy.load(folder)
        actual = policy.purpose
        if purpose not in (None, actual):
            raise FaultError(Fault("trust-folder-purpose", folder=str(folder), found=actual, expected=purpose))
        return cls.of(
            actual,
            [
                read_certificate
                for path in _files(folder, CERTIFICATE_SUFFIXES)
                for read_certificate in read_certificates(path)
            ],
            [_read_list(path) for path in _files(folder, (".crl",))],
            [
                read_certificate
                for path in _files(folder / "seals", CERTIFICATE_SUFFIXES)
                for read_certificate in read_certificates(path)
            ],
            periods=policy.trusted,
        )

    @classmethod
    def of(
        cls,
        purpose: str,
        certificates: Iterable[x509.Certificate],
        lists: Iterable[x509.CertificateRevocationList] = (),
        seals: Iterable[x509.Certificate] = (),
        *,
        periods: Mapping[str, Period] | None = None,
        signatures: Mapping[str, SignatureAlgorithm] = SIGNATURES,
        digests: Mapping[str, Digest] = DIGESTS,
    ) -> "TrustStore":
        """A store of the given certificates, checked as :meth:`load` checks a folder."""
        certificates, seals, periods = tuple(dict.fromkeys(certificates)), tuple(seals), periods or {}
        keys = _Keys(signatures, digests)
        _check_pinned(purpose, certificates, seals, periods)
        owned, notes = _owned_lists(tuple(lists), certificates, keys)
        bare = [
            Authority(certificate, _path(certificate, certificates, keys), (), periods.get(sha256(certificate), ALWAYS))
            for certificate in certificates
        ]
        speaking, authorities = assign_lists(owned, bare), []
        for authority in bare:
            fitting, passed_over = pair_deltas(speaking[authority.certificate])
            place = authority.certificate.subject.rfc4514_string()
            notes += [Fault("at-place", place=place, fault=note) for note in passed_over]
            authorities.append(replace(authority, lists=fitting))
        # Once for keys of one name.
        return cls(purpose, tuple(authorities), seals, periods, tuple(dict.fromkeys(notes)))

    def is_seal(self, certificate: x509.Certificate, at: datetime) -> bool:
        """Whether it is pinned as a seal and trusted at ``at``."""
        return certificate in self.seals and self.periods.get(sha256(certificate), ALWAYS).holds(at)

    def issuers_of(self, facts: Facts) -> list[Chain]:
        """The pinned authorities with the name of the certificate's issuer, each with those above it."""
        # Fast look-up by encoding; a name may have several encodings.
        same_name = self._by_encoding.get(facts.issuer_name)
        return self._by_subject.get(facts.issuer, []) if same_name is None else same_name

    def authority(self, certificate: x509.Certificate) -> Authority:
        """The pinned authority with that certificate."""
        return next(authority for authority in self.authorities if authority.certificate == certificate)

    def owner_of(self, revoked: x509.CertificateRevocationList) -> x509.Certificate:
        """The pinned authority that signed a revocation list; ``ValueError`` if none did."""
        pinned = tuple(authority.certificate for authority in self.authorities)
        return _list_owner(revoked, pinned, _Keys(SIGNATURES, DIGESTS))


@dataclass(frozen=True)
class _Keys:
    signatures: Mapping[str, SignatureAlgorithm]
    digests: Mapping[str, Digest]

    def signed(self, issued: x509.Certificate | x509.CertificateRevocationList, issuer: x509.Certificate) -> bool:
        data = issued.public_bytes(Encoding.DER)
        try:
            check_issued(Signed.read(data), issuer, self.signatures, self.digests)
        except (InvalidSignature, UnsupportedAlgorithm, ValueError):
            return False
        return True


def _files(folder: Path, suffixes: tuple[str, ...]) -> list[Path]:
    return sorted(path for path in folder.glob("*") if path.suffix.lower() in suffixes)


def read_certificates(path: Path) -> list[x509.Certificate]:
    """The certificates of a PEM or DER file; ``ValueError`` names the file."""
    data = path.read_bytes()
    try:
        return x509.load_pem_x509_certificates(data) if b"-----" in data else [x509.load_der_x509_certificate(data)]
    except ValueError as fault:
        raise FaultError(Fault("file-not-a-certificate", file=str(path), reason=fault_of(fault))) from fault


def _read_list(path: Path) -> x509.CertificateRevocationList:
    data = path.read_bytes()
    try:
        return x509.load_pem_x509_crl(data) if b"-----" in data else x509.load_der_x509_crl(data)
    except ValueError as fault:
        raise FaultError(Fault("file-not-a-revocation-list", file=str(path), reason=fault_of(fault))) from fault


def _check_pinned(
    purpose: str,
    certificates: tuple[x509.Certificate, ...],
    seals: tuple[x509.Certificate, ...],
    periods: Mapping[str, Period],
) -> None:
    """Raise ``FaultError`` also for a period of an unknown certificate: the intended certificate would lack it."""
    if not certificates:
        raise FaultError(Fault("trust-folder-empty"))
    for certificate in certificates:
        name = certificate.subject.rfc4514_string()
        if purpose == "production" and any(word in name.upper() for word in NOT_FOR_PRODUCTION):
            raise FaultError(Fault("authority-not-for-production", authority=name))
    if unknown := sorted(periods.keys() - set(map(sha256, (*certificates, *seals)))):
        raise FaultError(Fault("periods-of-strangers", certificates=", ".join(unknown)))


def _path(
    certificate: x509.Certificate, pinned: tuple[x509.Certificate, ...], keys: _Keys
) -> tuple[x509.Certificate, ...]:
    """The pinned certificates above an authority, its root last."""
    path: list[x509.Certificate] = []
    lowest = certificate
    while not (facts_of(lowest).subject == facts_of(lowest).issuer and keys.signed(lowest, lowest)):
        named = [authority for authority in pinned if facts_of(authority).subject == facts_of(lowest).issuer]
        issuer = next((authority for authority in named if keys.signed(lowest, authority)), None)
        if issuer is None:
            raise FaultError(Fault("authority-issuer-missing", authority=lowest.subject.rfc4514_string()))
        path.append(issuer)
        lowest = issuer
        if len(path) >= MAX_DEPTH:
            raise FaultError(Fault("authority-leads-to-no-root", authority=certificate.subject.rfc4514_string()))
    return tuple(path)


def rooted(certificates: Iterable[x509.Certificate]) -> list[x509.Certificate]:
    """The certificates that lead to a root among them, for example after an authority has been removed."""
    known = tuple(certificates)
    found = []
    for authority in known:
        with contextlib.suppress(ValueError):
            _path(authority, known, _Keys(SIGNATURES, DIGESTS))
            found.append(authority)
    return found


def _owned_lists(
    lists: tuple[x509.CertificateRevocationList, ...], pinned: tuple[x509.Certificate, ...], keys: _Keys
) -> tuple[dict[x509.Certificate, tuple[x509.CertificateRevocationList, ...]], list[Fault]]:
    """The lists by the authority that signed them; lists of unknown authorities are named in the second value.

    A list with an authority's name but not its signature is forged or damaged: ``ValueError``.
    """
    owned: dict[x509.Certificate, tuple[x509.CertificateRevocationList, ...]] = {}
    notes = []
    for listed in lists:
        if not any(facts_of(certificate).subject == comparable(listed.issuer) for certificate in pinned):
            notes.append(Fault("revocation-list-foreign", issuer=listed.issuer.rfc4514_string()))
            continue
        owner = _list_owner(listed, pinned, keys)
        owned[owner] = (*owned.get(owner, ()), listed)
    return owned, notes


Lists = Mapping[x509.Certificate, Iterable[x509.CertificateRevocationList]]


def assign_lists(
    owned: Lists, authorities: Iterable[Authority], known_lists: Lists | None = None
) -> dict[x509.Certificate, list[x509.CertificateRevocationList]]:
    """The lists that speak for each authority, out of those that each of them signed.

    Another key of the same name may sign them, after a change of keys or as a key for lists only, if it leads to the
    same root (RFC 5280, 6.3.3 (f)), was trusted and valid when it signed, and is revoked by none of ``known_lists``.
    """
    known_lists = owned if known_lists is None else known_lists
    known = tuple(authorities)
    found: dict[x509.Certificate, list[x509.CertificateRevocationList]] = {}
    for authority in known:
        speaking = found.setdefault(authority.certificate, [])
        for signer in known:
            facts, own = signer.facts, signer is authority
            if facts.key_usage is None or not facts.key_usage.crl_sign:
                continue
            if not own and not _may_stand_in(signer, authority, known_lists):
                continue
            for listed in owned.get(signer.certificate, ()):
                made_at = listed.last_update_utc
                if own or (facts.not_before <= made_at <= facts.not_after and signer.period.holds(made_at)):
                    speaking.append(listed)
    return found


def _may_stand_in(signer: Authority, authority: Authority, known_lists: Lists) -> bool:
    """Whether another key of an authority's name may sign its lists; a root's lists are signed by itself."""
    if signer.facts.subject != authority.facts.subject or not signer.path or not authority.path:
        return False
    above = signer.path[0]
    revoked = any(names_serial(listed, signer.facts.serial) for listed in known_lists.get(above, ()))
    return signer.path[-1] == authority.path[-1] and not revoked


def _list_owner(
    revoked: x509.CertificateRevocationList, pinned: tuple[x509.Certificate, ...], keys: _Keys
) -> x509.Certificate:
    for candidate in pinned:
        if facts_of(candidate).subject == comparable(revoked.issuer) and keys.signed(revoked, candidate):
            return candidate
    raise FaultError(Fault("revocation-list-foreign", issuer=revoked.issuer.rfc4514_string()))


def sha256(certificate: x509.Certificate) -> str:
    """The SHA-256 of a certificate in hexadecimal, as trust folders use it."""
    return hashlib.sha256(certificate.public_bytes(Encoding.DER)).hexdigest()
