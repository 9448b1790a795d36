"""Verification of signatures: ``signatures``, with this installation's trust and the expected signer."""

import dataclasses
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

import signatures
from ecase.officers.models import Officer, Post
from ecase.problems import Problem, SignatureRefused, Undecided
from ecase.trust import evidence, faults
from ecase.trust import services as trusted
from signatures import Evidence
from signatures.clients.evidence import Collected
from signatures.keys import seals
from signatures.keys.sealer import Sealer
from signatures.report import INDICATIONS

FIELD = "cms"

# Faults that a person can correct have their own sentences, by the name of the verifier's check.
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
    "NO_POE": _("The timestamp of the signature does not hold."),
    "TIMESTAMP_ORDER_FAILURE": _("The timestamps of the signature contradict each other."),
    "CRYPTO_CONSTRAINTS_FAILURE_NO_POE": _(
        "The signature's algorithm is no longer accepted, and nothing proves that the signature is older."
    ),
}
OTHER = _("The signature could not be confirmed.")


@lru_cache(maxsize=1)
def _load_seals(path: Path, *_marks: object) -> seals.Seals:
    """The service's seals, cached until one of their files changes."""
    return seals.load(path)


def trust() -> signatures.TrustStore:
    """The authorities and seals that are trusted now: those of ``settings.TRUST_DIR`` and those of ``ecase.trust``.

    Loaded again when either changes. Raises :class:`ImproperlyConfigured` if the folder cannot be read, or if
    production finds trust anchors that are not for production.
    """
    return trusted.at(timezone.now()).store


def sealer() -> Sealer:
    """The newest trusted seal of the service: it seals acts that no officer signs.

    Read again when a file changes. Raises :class:`ImproperlyConfigured` if there is none.
    """
    try:
        path = Path(settings.SERVICE_KEY_FILE)
        known = _load_seals(path, trusted.mark(path), trusted.mark(seals.folder(path)))
        return known.signing(timezone.now(), trust().seals)
    except (OSError, ValueError) as fault:
        raise ImproperlyConfigured(f"ECASE_SERVICE_KEY: {fault}") from fault


def verify_signature(
    cms: bytes, content: bytes, by: Post | Officer | None, at: datetime, *, created_after: datetime | None = None
) -> signatures.Report:
    """Verify that ``cms`` (DER or PEM) is a signature over exactly ``content`` by that person, judged at ``at``.

    A :class:`Post` asks for a certificate of the post's organisation and role; an :class:`Officer` for the person only;
    ``None`` for anybody's, whom the report then names. ``created_after``: an instant that is named in ``content``,
    before which it cannot have been signed. Raises :class:`SignatureRefused` with one problem per failed check at field
    ``cms``: its code is the sub-indication of EN 319 102-1, ``indication`` in its parameters the indication.
    """
    return _passed(_judged(cms, content, by, at, created_after))


@dataclass(frozen=True)
class Received:
    """A signature received at ``at``. ``collected`` is the evidence that was fetched, ``None`` if nothing was."""

    cms: bytes
    at: datetime
    collected: Collected | None = None


def receive(
    cms: bytes, content: bytes, by: Post, at: datetime, created_after: datetime, earlier: Evidence | None = None
) -> Received:
    """Receive a signature: fetch its evidence from the configured services, unless it is invalid anyway.

    ``earlier``: the evidence of an earlier attempt. Uses the network, so call it without holding a lock.
    """
    if not evidence.is_configured():
        return Received(cms, at)
    first = _judged(cms, content, by, at, created_after)
    promising = first.passed or _lacks_information(first)
    return Received(cms, at, evidence.collect(cms, content, earlier) if promising else None)


def verify_received(received: Received, content: bytes, by: Post, created_after: datetime) -> signatures.Report:
    """As :func:`verify_signature` with the fetched evidence; judged at the time of receipt, or the proven time.

    Raises :class:`Undecided` if only information is missing, :class:`SignatureRefused` if anything is wrong.
    """
    found = received.collected
    report = _judged(received.cms, content, by, received.at, created_after, found.evidence if found else None)
    if found and _lacks_information(report):
        raise Undecided([_problem(check) for check in report.failures])
    note = "; ".join(found.missing) if found else evidence.NOT_CONFIGURED
    check = signatures.Check("collected", True, note)
    return dataclasses.replace(_passed(report), checks=(*report.checks, check))


def _judged(
    cms: bytes,
    content: bytes,
    by: Post | Officer | None,
    at: datetime,
    created_after: datetime | None,
    proof: Evidence | None = None,
) -> signatures.Report:
    officer = by.officer if isinstance(by, Post) else by
    now = timezone.now()
    current = trusted.at(now)
    rule = current.rule(by.role if isinstance(by, Post) else None)
    expected = signatures.Expected(
        iin=officer.iin if officer else None,
        bin=by.organisation.bin if isinstance(by, Post) else None,
        roles=rule.usages,
        created_after=created_after,
    )
    if proof is None:
        return signatures.verify(cms, content, trust=current.store, expected=expected, at=at, policy=rule.policy)
    policy = dataclasses.replace(rule.policy, needs_timestamp=bool(settings.TSA_URLS))
    return signatures.verify(
        cms, content, trust=current.store, expected=expected, at=at, policy=policy, evidence=proof, now=max(now, at)
    )


def _lacks_information(report: signatures.Report) -> bool:
    """Whether nothing is wrong, and only information is missing that may become available later."""
    return bool(report.failures) and {check.sub_indication for check in report.failures} == {"TRY_LATER"}


def verify_seal(cms: bytes, content: bytes, at: datetime) -> signatures.Report:
    """Verify the service's own seal over ``content``. Raises :class:`SignatureRefused`."""
    return _passed(signatures.verify(cms, content, trust=trust(), expected=signatures.Expected(usage="seal"), at=at))


def _passed(report: signatures.Report) -> signatures.Report:
    if not report.passed:
        raise SignatureRefused([_problem(check) for check in report.failures])
    return report


def _problem(check: signatures.Check) -> Problem:
    message = BY_CHECK.get(check.name) or BY_SUB_INDICATION.get(check.sub_indication, OTHER)
    params: dict[str, Any] = {
        "check": check.name,
        "indication": INDICATIONS[check.sub_indication],
        "detail": check.detail,
    }
    if check.fault:
        params |= {"detail": faults.lazy_sentence(check.fault), "fault": check.fault.as_dict()}
    return Problem(check.sub_indication, message, FIELD, params)
