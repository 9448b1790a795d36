"""Whose signature it is, and whether it stands: ``signatures``, given this installation's trust and an identity."""

import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Generic, TypeVar

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from signatures.seal import Sealer

import signatures
from ecase.officers.models import Officer, Post
from ecase.problems import Problem, SignatureRefused

FIELD = "cms"
DEMO = "demo"

# The faults that a person can mend have a sentence of their own, by the name of the verifier's check.
BY_CHECK: dict[str, str | Promise] = {}

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
    "SIGNED_DATA_NOT_FOUND": _("What has been signed was not found."),
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

    Raises :class:`ImproperlyConfigured` if the folder cannot be read, or holds a demo's anchors outside a demo.
    """
    return _TRUST.get(settings.TRUST_DIR)


def sealer() -> Sealer:
    """The service's own key, with which it seals what no officer signs; read again as soon as the file changes."""
    return _SEALER.get(settings.SERVICE_KEY_FILE)


def verify_signature(cms: bytes, content: bytes, by: Post | Officer, at: datetime) -> signatures.Report:
    """Verify that ``cms`` (DER or PEM) is a signature over exactly ``content`` by that person, judged at ``at``.

    A :class:`Post` asks for a certificate of the post's organisation; an :class:`Officer` for the person only. Raises
    :class:`SignatureRefused` with one problem per failed check at field ``cms``, whose code is the sub-indication of
    EN 319 102-1.
    """
    report = signatures.verify(cms, content, trust=trust(), expected=_expected(by), at=at)
    refuse_unless_passed(report)
    return report


def verify_anybody(cms: bytes, content: bytes, at: datetime) -> signatures.Report:
    """The same when it is not known yet who signs: the report's signer says who it is."""
    expected = signatures.Expected(iin=None, bin=None, roles=frozenset(settings.SIGNER_ROLES))
    report = signatures.verify(cms, content, trust=trust(), expected=expected, at=at)
    refuse_unless_passed(report)
    return report


def verify_seal(cms: bytes, content: bytes, at: datetime) -> signatures.Report:
    """Verify the service's own seal over ``content``. Raises :class:`SignatureRefused` as the others do."""
    expected = signatures.Expected(iin=None, bin=None, roles=frozenset(), usage="seal")
    report = signatures.verify(cms, content, trust=trust(), expected=expected, at=at)
    refuse_unless_passed(report)
    return report


def refuse_unless_passed(report: signatures.Report) -> None:
    """Raise :class:`SignatureRefused` for a report that did not pass."""
    if not report.passed:
        raise SignatureRefused([_problem(check) for check in report.failures])


def _expected(by: Post | Officer) -> signatures.Expected:
    officer, organisation = (by.officer, by.organisation.bin) if isinstance(by, Post) else (by, None)
    return signatures.Expected(iin=officer.iin, bin=organisation, roles=frozenset(settings.SIGNER_ROLES))


def _problem(check: signatures.Check) -> Problem:
    message = BY_CHECK.get(check.name) or BY_SUB_INDICATION.get(check.sub_indication, OTHER)
    return Problem(check.sub_indication, message, FIELD, {"check": check.name, "detail": check.detail})


def _mark(path: Path) -> object:
    """Changes whenever a file of the folder, or the file, is added, removed, replaced or written to."""
    entries = sorted(os.scandir(path), key=lambda entry: entry.name) if path.is_dir() else [path]
    return tuple((os.fspath(e), e.stat().st_mtime_ns, e.stat().st_size) for e in entries)


def _load_trust(folder: Path) -> signatures.TrustStore:
    store = signatures.TrustStore.load(folder)
    if store.purpose == DEMO and not settings.DEMO:
        raise ImproperlyConfigured(f"ECASE_TRUST_DIR: {folder} holds the trust anchors of a demo, not of production")
    return store


_TRUST = _Cached(_load_trust)
_SEALER = _Cached(Sealer.load)
