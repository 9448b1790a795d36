"""Sign-in by a signature over unique bytes that expire soon.

There is no password, no account to reset and no e-mail address: an officer who can sign an act can sign in, nobody else
can. A challenge is used once, whether the answer was right or wrong (but see
:func:`allow_once_more`), and every attempt is in the audit log.
"""

import secrets
import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib import auth
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

import signatures
from ecase.audit import services as audit
from ecase.audit.refusals import append_refusal
from ecase.instants import format_instant
from ecase.officers import posts, sessions, signing
from ecase.officers.models import Challenge, Officer, Post
from ecase.officers.posts import INACTIVE, NO_CURRENT_POST
from ecase.problems import Expired, NotAllowed, Problem, Refused
from signatures.canonical import canonical

SCHEMA = "ecase.sign-in/1"
BACKEND = "ecase.officers.backends.CertificateBackend"
CHALLENGE_BYTES = 16
# Challenges are kept for a day, so that an operator can see what was asked, and removed a few at a time.
KEPT_FOR = timedelta(days=1)
REMOVED_AT_ONCE = 20


def challenge() -> Challenge:
    """A new challenge: ``to_sign`` are the bytes to sign (canonical JSON), valid until ``expires_at``."""
    now = timezone.now()
    old = Challenge.objects.filter(expires_at__lt=now - KEPT_FOR).values("pk")[:REMOVED_AT_ONCE]
    Challenge.objects.filter(pk__in=list(old.values_list("pk", flat=True))).delete()
    to_sign = canonical(
        {
            "schema": SCHEMA,
            "installation": settings.INSTALLATION_ID,
            "challenge": secrets.token_hex(CHALLENGE_BYTES),
            "issued_at": format_instant(now),
        }
    )
    return Challenge.objects.create(to_sign=to_sign, issued_at=now, expires_at=now + settings.CHALLENGE_LIFETIME)


def answer(challenge_id: uuid.UUID | str, cms: bytes) -> Officer:
    """The officer who signed the challenge. ``cms``: detached CAdES over ``to_sign``, DER or PEM.

    Audited as ``sign_in.succeeded`` or ``sign_in.refused``. Raises :class:`Expired` (``challenge-expired``) for a
    challenge that is unknown, used or too old, :class:`SignatureRefused` as ``signing.verify_signature`` does, and
    :class:`NotAllowed` (``officer-unknown``, ``officer-inactive``, ``no-current-post``,
    ``certificate-of-another-organisation``). Must not be called inside a transaction, so that the record of a refusal
    is kept.
    """
    now = timezone.now()
    used = _use(challenge_id, now)
    try:
        report = signing.verify_signature(cms, bytes(used.to_sign), None, now, created_after=used.issued_at)
    except Refused as refusal:
        _record(None, refusal)
        raise
    if report.signer is None:
        raise ValueError("a report that passed names its signer")
    officer = Officer.objects.filter(iin=report.signer.iin).first()
    problem = _objection(report.signer, officer, now)
    if officer is None or problem is not None:
        refused = NotAllowed(problem or [])
        _record(officer, refused, report.signer)
        raise refused
    _record(officer, None, report.signer)
    return officer


def allow_once_more(challenge_id: uuid.UUID | str) -> None:
    """Take the same signed challenge again: its answer was right, and only lacked the post in which to act."""
    Challenge.objects.filter(pk=challenge_id).update(used_at=None)


def open_session(request: HttpRequest, officer: Officer, post: Post) -> None:
    """Open a portal session of ``officer`` in ``post``, under a new session key. Audited as ``session.opened``.

    Raises :class:`NotAllowed` (``no-current-post``) unless the officer holds the post now.
    """
    if not posts.of(officer).filter(pk=post.pk).exists():
        raise NotAllowed(NO_CURRENT_POST)
    with transaction.atomic():
        auth.login(request, officer, backend=BACKEND)
        sessions.begin(request, post)
        audit.append(
            "session.opened", chain=f"officer:{officer.pk}", actor=post.as_actor(), subject={"officer": str(officer.pk)}
        )
    request.post = post  # type: ignore[attr-defined]


def chosen(officer: Officer, post_id: uuid.UUID) -> Post:
    """The post in which an officer who has signed a challenge chooses to act.

    Raises :class:`NotAllowed` (``post-not-held``) for a post that has ended, or is another officer's; audited as
    ``sign_in.refused``. One signed challenge allows one choice. Must not be called inside a transaction.
    """
    found = posts.of(officer).filter(pk=post_id).first()
    if found is None:
        refusal = NotAllowed(Problem("post-not-held", _("You do not hold this post now. Sign in again."), "post"))
        _record(officer, refusal)
        raise refusal
    return found


def _use(challenge_id: uuid.UUID | str, now: datetime) -> Challenge:
    """The challenge, for the first caller only."""
    try:
        key = uuid.UUID(str(challenge_id))
    except ValueError:
        key = None
    if key is None or not Challenge.objects.filter(pk=key, used_at=None, expires_at__gt=now).update(used_at=now):
        message = _("This sign-in has run out or has been used already. Start again.")
        raise Expired(Problem("challenge-expired", message, "challenge"))
    return Challenge.objects.get(pk=key)


def _objection(signer: signatures.Signer, officer: Officer | None, now: datetime) -> Problem | None:
    if officer is None:
        return Problem("officer-unknown", _("The person whom the certificate names is not known to this service."))
    if not officer.active:
        return INACTIVE
    bodies = set(posts.of(officer, now).values_list("organisation__bin", flat=True))
    if not bodies:
        return NO_CURRENT_POST
    if signer.bin not in bodies:
        message = _("The certificate was issued for another organisation than the one in which you hold a post.")
        return Problem("certificate-of-another-organisation", message)
    return None


def _record(officer: Officer | None, refusal: Refused | None, signer: signatures.Signer | None = None) -> None:
    """Log an attempt of ``officer`` (``None``: of an unknown person): refused, or successful without ``refusal``."""
    subject = {"officer": str(officer.pk)} if officer else {}
    actor = {**subject, "name": officer.full_name} if officer else audit.service_actor()
    chain = f"officer:{officer.pk}" if officer else "system"
    data: dict[str, object] = {"certificate": signer.cert_sha256} if signer else {}
    # Durable: inside a caller's transaction, the refusal would roll back its own record.
    with transaction.atomic(durable=True):
        if refusal:
            data["problems"] = [problem.code for problem in refusal.problems]
            append_refusal("sign_in.refused", chain=chain, actor=actor, subject=subject, data=data)
        else:
            audit.append("sign_in.succeeded", chain=chain, actor=actor, subject=subject, data=data)
