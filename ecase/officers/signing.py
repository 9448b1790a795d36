"""Whose signature it is, and whether it stands: ``signatures``, given this installation's trust and an identity."""

import stat
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Generic, TypeVar

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

import signatures
from ecase.officers.models import Officer, Post
from ecase.problems import Problem, SignatureRefused
from signatures.seal import Sealer

FIELD = "cms"
PRODUCTION = "production"

# The faults that a person can mend have a sentence of their own, by the name of the verifier's check.
BY_CHECK: dict[str, str | Promise] = {
    "iin": _("The signature was made with another person's certificate."),
    "bin": _("The certificate was issued for another organisation than the one that you act for."),
    "key-usage": _("The certificate is not one for signing. Choose your signing key, not the one for authentication."),
    "role": _("The certificate is not one that an organisation's employees sign with."),
}

BY_SUB_INDICATION: dict[str, str | Promise] = {
    "FORMAT_FAILURE": _("This is not a detached CAdES signature in the expected form."),
    "HASH_FAILURE": _("The signature belongs to another content."),
    "SIG_CRYPTO_FAILURE": _("The signature does not fit the signed data and the certificate."),
    "SIG_CONSTRAINTS_FAILURE": _("The signature lacks something that is required, or holds something forbidden."),
    "CHAIN_CONSTRAINTS_FAILURE": _("The certificate may not be used for this signature."),
    "CERTIFICATE_CHAIN_GENERAL_FAILURE": _("The certificate's chain is not in order."),
    "CRYPTO_CONSTRAINTS_FAILURE": _("The signature's algorithm or key is too weak or not accepted."),
    "EXPIRED": _("The certificate has expired."),
    "NOT_YET_VALID": _("The certificate is not valid yet."),
    "REVOKED": _("The certificate has been revoked."),
    "REVOKED_NO_POE": _("The certificate has been revoked, and nothing proves that the signature is older."),
    "REVOKED_CA_NO_POE": _("The certificate of its issuer has been revoked."),
    "OUT_OF_BOUNDS_NO_POE": _("Nothing proves that the signature was made while the certificate was valid."),
    "NO_CERTIFICATE_CHAIN_FOUND": _("The certificate was not issued by an authority that is trusted here."),
    "NO_SIGNING_CERTIFICATE_FOUND": _("The signature does not carry the signer's certificate."),
    "TRY_LATER": _("Whether the certificate has been revoked cannot be found out right now. Try again later."),
}
OTHER = _("The signature could not be confirmed.")

Loaded = TypeVar("Loaded")


class _Cached(Generic[Loaded]):
    """What was loaded from a path, until something in it changes."""

    def __init__(self, load: Callable[[Path], Loaded]) -> None:
        self._load = load
        self._held: tuple[object, Loaded] | None = None

    def get(self, path: Path) -> Loaded:
        mark = (path, _mark(path))
        if self._held is None or self._held[0] != mark:
            self._held = (mark, self._load(path))
        return self._held[1]


def trust() -> signatures.TrustStore:
    """The trust anchors and revocation lists of ``settings.TRUST_DIR``, read again as soon as a file changes.

    Raises :class:`ImproperlyConfigured` if the folder cannot be read, or if production finds any but its own anchors.
    """
    return _TRUST.get(settings.TRUST_DIR)


def sealer() -> Sealer:
    """The service's own key, with which it seals what no officer signs; read again as soon as the file changes."""
    return _SEALER.get(settings.SERVICE_KEY_FILE)


def verify_signature(
    cms: bytes, content: bytes, by: Post | Officer | None, at: datetime, *, created_after: datetime | None = None
) -> signatures.Report:
    """Verify that ``cms`` (DER or PEM) is a signature over exactly ``content`` by that person, judged at ``at``.

    A :class:`Post` asks for a certificate of the post's organisation; an :class:`Officer` for the person only; ``None``
    for anybody's, whom the report then names. ``created_after``: an instant that is named in ``content``, before which
    it cannot have been signed. Raises :class:`SignatureRefused` with one problem per failed check at field ``cms``,
    whose code is the sub-indication of EN 319 102-1.
    """
    officer = by.officer if isinstance(by, Post) else by
    expected = signatures.Expected(
        iin=officer.iin if officer else None,
        bin=by.organisation.bin if isinstance(by, Post) else None,
        roles=frozenset(settings.SIGNER_ROLES),
        created_after=created_after,
    )
    return _passed(signatures.verify(cms, content, trust=trust(), expected=expected, at=at))


def verify_seal(cms: bytes, content: bytes, at: datetime) -> signatures.Report:
    """Verify the service's own seal over ``content``. Raises :class:`SignatureRefused` as the other does."""
    return _passed(signatures.verify(cms, content, trust=trust(), expected=signatures.Expected(usage="seal"), at=at))


def _passed(report: signatures.Report) -> signatures.Report:
    if not report.passed:
        raise SignatureRefused([_problem(check) for check in report.failures])
    return report


def _problem(check: signatures.Check) -> Problem:
    message = BY_CHECK.get(check.name) or BY_SUB_INDICATION.get(check.sub_indication, OTHER)
    return Problem(check.sub_indication, message, FIELD, {"check": check.name, "detail": check.detail})


def _mark(path: Path) -> object:
    """Changes whenever a file of the folder, or the file, is added, removed, replaced or written to."""
    try:
        status = path.stat()
    except FileNotFoundError:
        # Whether it was to be there is for the loading to say; a file may also go while the folder is read.
        return None
    inside = tuple(_mark(entry) for entry in sorted(path.iterdir())) if stat.S_ISDIR(status.st_mode) else ()
    return (path, status.st_mtime_ns, status.st_size, inside)


def _load_trust(folder: Path) -> signatures.TrustStore:
    try:
        return signatures.TrustStore.load(folder, purpose=None if settings.DEMO else PRODUCTION)
    except (OSError, ValueError) as fault:
        raise ImproperlyConfigured(f"ECASE_TRUST_DIR: {fault}") from fault


def _load_sealer(file: Path) -> Sealer:
    try:
        return Sealer.load(file)
    except (OSError, ValueError) as fault:
        raise ImproperlyConfigured(f"ECASE_SERVICE_KEY: {fault}") from fault


_TRUST = _Cached(_load_trust)
_SEALER = _Cached(_load_sealer)
