"""The trust for judging signatures: the seed folder and the administrators' rows, reloaded when either changes.

New signatures are judged by current trust (:func:`at`), old ones by the trust of their time (:func:`known`).
"""

import hashlib
import logging
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db.models import Subquery

from ecase.audit import services as audit
from ecase.trust.models import Revision, RuleChange, SignerRule, TrustedCertificate
from signatures import TrustStore
from signatures.x509.rules import Change, Period, Rule, Rules
from signatures.x509.trust import rooted, sha256

logger = logging.getLogger(__name__)

PRODUCTION = "production"
CHAIN = "system"


@dataclass(frozen=True)
class Trust:
    """A trust store and the signer rules by role, at one instant."""

    store: TrustStore
    rules: Mapping[str, Rule]

    def rule(self, role: str | None) -> Rule:
        """The rule of a role; the settings' rule for a role without one, and for a person without a role."""
        return self.rules.get(role or "") or usual()


@dataclass(frozen=True)
class Known:
    """All past and present trust, each certificate for its period, and the signer rules with their changes."""

    store: TrustStore
    rules: Rules


def usual() -> Rule:
    """The rule of signers without a rule of their own, from the settings."""
    return Rule(frozenset(settings.SIGNER_ROLES))


def mark(path: Path) -> object:
    """A value that changes whenever a file of the folder, or the file, is added, removed, replaced or written."""
    return _once(path, lambda: _mark(path))


def _mark(path: Path) -> object:
    try:
        status = path.stat()
    except FileNotFoundError:
        # A missing file is reported at loading; a file may also disappear while the folder is read.
        return None
    inside = tuple(_mark(entry) for entry in sorted(path.iterdir())) if stat.S_ISDIR(status.st_mode) else ()
    return (path, status.st_mtime_ns, status.st_size, inside)


class _Held:
    """Loaded trust, cached until the folder or the rows change, or a row starts or ceases to count."""

    _marks: object = None
    _rows: Sequence[TrustedCertificate] = ()
    _trusts: Mapping[tuple[int, ...], Trust] = MappingProxyType({})
    _known: Known | None = None

    def get(self, folder: Path, at: datetime) -> Trust:
        self._refresh(folder)
        counting = [row for row in self._rows if Period(row.valid_from, row.valid_to).holds(at)]
        key = tuple(row.pk for row in counting)
        held = self._trusts.get(key)
        if held is None:
            rules = {rule.role: _rule(rule) for rule in SignerRule.objects.all()}
            held = Trust(_load(folder, counting), rules)
            self._trusts = {key: held}
        return held

    def known(self, folder: Path) -> Known:
        self._refresh(folder)
        if self._known is None:
            changes: dict[str, tuple[Change, ...]] = {}
            for row in RuleChange.objects.all():
                change = Change(row.since, None if row.usual else _rule(row))
                changes[row.role] = (*changes.get(row.role, ()), change)
            self._known = Known(_load(folder, self._rows, only_rooted=True), Rules(usual(), changes))
        return self._known

    def _refresh(self, folder: Path) -> None:
        newest = _once(Revision, lambda: Revision.objects.values_list("mark", flat=True).first())
        marks = (folder, mark(folder), newest, settings.DEMO)
        if self._marks != marks:
            self._rows, self._trusts, self._marks = list(TrustedCertificate.objects.all()), {}, marks
            self._known = None


_HELD = _Held()
# What the open block has read: the mark of the revision, and those of files and folders.
_read: ContextVar[dict[object, object] | None] = ContextVar("read", default=None)


# The mark of the newest revision of the rows, to be read in another query and given to :func:`reading_once`.
REVISION_MARK = Subquery(Revision.objects.values("mark")[:1])


@contextmanager
def reading_once(*mark: Any) -> Iterator[None]:
    """Asks once whether rows or files have changed; not for rows if their ``mark`` has just been read.

    For one request.
    """
    if _read.get() is not None:
        yield
        return
    outside = _read.set(dict(zip([Revision], mark, strict=False)))
    try:
        yield
    finally:
        _read.reset(outside)


def _once(thing: object, read: Callable[[], object]) -> object:
    known = _read.get()
    if known is None:
        return read()
    if thing not in known:
        known[thing] = read()
    return known[thing]


def at(instant: datetime) -> Trust:
    """The trust at an instant. Raises :class:`ImproperlyConfigured` if it cannot be loaded."""
    return _HELD.get(Path(settings.TRUST_DIR), instant)


def known() -> Known:
    """All past and present trust, for judging old signatures. Raises :class:`ImproperlyConfigured`."""
    return _HELD.known(Path(settings.TRUST_DIR))


def _still_rooted(seed: TrustStore, rows: Sequence[TrustedCertificate]) -> list[TrustedCertificate]:
    """Drops authorities whose root was removed from the folder after they ended: they lead nowhere any more."""
    certificates = {row: parsed(row.pem) for row in rows}
    above = [authority.certificate for authority in seed.authorities]
    issuers = [found for row, found in certificates.items() if row.use == TrustedCertificate.Use.AUTHORITY]
    leading = rooted([*above, *issuers])
    return [row for row in rows if row.use == TrustedCertificate.Use.SEAL or certificates[row] in leading]


def _load(folder: Path, rows: Sequence[TrustedCertificate], *, only_rooted: bool = False) -> TrustStore:
    try:
        seed = TrustStore.load(folder, purpose=None if settings.DEMO else PRODUCTION)
        for note in seed.notes:
            logger.warning("ECASE_TRUST_DIR: passed over: %s", note)
        fitting = [row for row in rows if row.purpose == seed.purpose]
        return joined(seed, _still_rooted(seed, fitting) if only_rooted else fitting)
    except (OSError, ValueError) as fault:
        raise ImproperlyConfigured(f"ECASE_TRUST_DIR: {fault}") from fault


def joined(seed: TrustStore, rows: Iterable[TrustedCertificate]) -> TrustStore:
    """The seed and the ``rows`` for its purpose, each for its period; ``ValueError`` names a misfit."""
    fitting = [row for row in rows if row.purpose == seed.purpose]
    if not fitting:
        return seed
    added = {use: [parsed(row.pem) for row in fitting if row.use == use] for use in TrustedCertificate.Use}
    authorities = [authority.certificate for authority in seed.authorities] + added[TrustedCertificate.Use.AUTHORITY]
    kept = [
        revocation_list
        for authority in seed.authorities
        for found in authority.lists
        for revocation_list in (found.base, found.delta)
    ]
    listed = {revocation_list.public_bytes(Encoding.DER) for revocation_list in kept if revocation_list is not None}
    seals = [*seed.seals, *added[TrustedCertificate.Use.SEAL]]
    lists = map(x509.load_der_x509_crl, sorted(listed))
    return TrustStore.of(seed.purpose, authorities, lists, seals, periods=_periods(seed, fitting))


def _periods(seed: TrustStore, rows: Iterable[TrustedCertificate]) -> dict[str, Period]:
    """A certificate that is also in the folder is trusted as long as it is there."""
    always = {
        sha256(certificate) for certificate in (*(authority.certificate for authority in seed.authorities), *seed.seals)
    } - set(seed.periods)
    own = {row.sha256: Period(row.valid_from, row.valid_to) for row in rows if row.sha256 not in always}
    return {**seed.periods, **own}


def parsed(pem: str) -> x509.Certificate:
    """The single certificate of a PEM text; ``ValueError`` for none or several."""
    found = x509.load_pem_x509_certificates(pem.encode())
    if len(found) != 1:
        raise ValueError(f"one certificate is expected, not {len(found)}")
    return found[0]


def _rule(row: SignerRule | RuleChange) -> Rule:
    return Rule(frozenset(row.extended_key_usages), frozenset(row.policies), frozenset(row.key_usages))


def describe(row: TrustedCertificate) -> None:
    """Fill in the columns that are derived from the row's certificate."""
    certificate = parsed(row.pem)
    row.pem = certificate.public_bytes(Encoding.PEM).decode()
    row.sha256 = hashlib.sha256(certificate.public_bytes(Encoding.DER)).hexdigest()
    row.subject = certificate.subject.rfc4514_string()[:500]


def pin_seal(certificate: x509.Certificate, purpose: str, note: str) -> TrustedCertificate:
    """Trust a new seal of the service from now on, and log it. In the caller's transaction."""
    pem = certificate.public_bytes(Encoding.PEM).decode()
    row = TrustedCertificate(pem=pem, use=TrustedCertificate.Use.SEAL, purpose=purpose, note=note)
    describe(row)
    row.save()
    audit.append(
        "seal.pinned",
        chain=CHAIN,
        actor=audit.service_actor(),
        subject={"certificate": row.sha256},
        data={"subject": row.subject, "note": note},
    )
    return row
