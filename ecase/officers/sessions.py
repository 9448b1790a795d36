"""Sessions of the portal: lifetime, the owner's list of open sessions, ending them, and repeated signing.

A session ends a set time after it was opened, or earlier if its officer is idle; an administrator's sooner than
others'. An administrator's changes need a signature of the last few minutes.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ecase.audit import services as audit
from ecase.officers.models import Officer, Post, Role, Session
from ecase.officers.session_store import AGENT, OPENED, POST_KEY, SEEN, SIGNED, instant
from ecase.problems import Invalid, NotAllowed, Problem

# Activity is written once a minute, so that most page views stay read-only.
NOTED_EVERY = timedelta(minutes=1)
AGENT_LENGTH = 200
# Length of the digest prefix that names a session to its owner; the key itself would give access.
SHOWN = 32
# Requests that a page makes by itself to refresh, which are no activity of the officer.
BACKGROUND_HEADER = "X-Background"
HELD, HELD_LENGTH, CSRF_FIELD = "held-change", 200_000, "csrfmiddlewaretoken"


@dataclass(frozen=True)
class Lifetime:
    """``whole``: from opening to the latest end; ``idle``: from the last activity to the end."""

    whole: timedelta
    idle: timedelta


def lifetime(post: Post) -> Lifetime:
    """How long a session of this post lives."""
    whole, idle = settings.SESSION_LIFETIMES["administrator" if post.role == Role.ADMINISTRATOR else "officer"]
    return Lifetime(whole, idle)


def begin(request: HttpRequest, post: Post) -> None:
    """Write officer, post and time of opening into a session that was just opened by a signature."""
    now = timezone.now()
    session = request.session
    session[POST_KEY] = str(post.pk)
    session[OPENED] = session[SEEN] = session[SIGNED] = now.timestamp()
    session[AGENT] = request.headers.get("User-Agent", "")[:AGENT_LENGTH]
    session.set_expiry(_end(session, post, now))


def note_activity(request: HttpRequest, post: Post) -> None:
    """Extend the idle time, unless the page asked by itself. At most one write a minute."""
    now = timezone.now()
    seen = instant(request.session[SEEN])
    if seen is None or now - seen < NOTED_EVERY or BACKGROUND_HEADER in request.headers:
        return
    request.session[SEEN] = now.timestamp()
    request.session.set_expiry(_end(request.session, post, now))


def _end(session: SessionBase, post: Post, now: datetime) -> datetime:
    opened = instant(session[OPENED]) or now
    limits = lifetime(post)
    return min(opened + limits.whole, now + limits.idle)


# -- the owner's list ---------------------------------------------------------------------------------------------


def open_sessions(officer: Officer) -> "QuerySet[Session]":
    """The open sessions of this officer, in all posts, the last used first."""
    rows = Session.objects.filter(officer=officer, post__isnull=False, expire_date__gt=timezone.now())
    return rows.select_related("post__organisation", "post__officer").order_by("-seen_at")


def public_id(session_key: str) -> str:
    """The name of a session in pages and log."""
    return hashlib.sha256(session_key.encode()).hexdigest()[:SHOWN]


@transaction.atomic
def end(post: Post, *, named: str = "", all_but: str | None = None) -> None:
    """End the open session of this officer with the public id ``named``, or all but that with the key ``all_but``.

    Each is audited as ``session.ended``.
    """
    for session in open_sessions(post.officer):
        shown = public_id(session.session_key)
        if session.session_key == all_but or (all_but is None and shown != named):
            continue
        audit.append(
            "session.ended",
            chain=f"officer:{post.officer_id}",
            actor=post.as_actor(),
            subject={"officer": str(post.officer_id), "session": shown},
        )
        session.delete()


# -- repeated signing ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class HeldChange:
    """A form that waits for its officer's signature: its address, and its fields in order."""

    path: str
    fields: list[tuple[str, str]]


def hold(request: HttpRequest) -> None:
    """Keep the fields of a submitted form until its officer has signed again; only the latest form is kept.

    Raises :class:`Invalid` (``form-too-large``) above the size that a session may carry.
    """
    fields = [(name, value) for name, values in request.POST.lists() for value in values if name != CSRF_FIELD]
    if sum(len(name) + len(value) for name, value in fields) > HELD_LENGTH:
        raise Invalid(Problem("form-too-large", _("The form is too large to wait. Sign in again, then fill it in.")))
    request.session[HELD] = {"path": request.get_full_path(), "fields": fields}


def held_change(request: HttpRequest, *, keep: bool) -> HeldChange | None:
    """The form that waits, or ``None``; unless ``keep``, it waits no longer."""
    held = request.session.get(HELD)
    if held and not keep:
        del request.session[HELD]
    return HeldChange(held["path"], [(name, value) for name, value in held["fields"]]) if held else None


def is_confirmed(request: HttpRequest) -> bool:
    """Whether the session's officer has signed, in this session, within ``ECASE_ADMIN_CONFIRM_MINUTES``."""
    signed = instant(request.session.get(SIGNED))
    return signed is not None and timezone.now() - signed <= settings.ADMIN_CONFIRM


@transaction.atomic
def confirm(request: HttpRequest, post: Post, officer: Officer) -> None:
    """Record that the session's own officer has just signed a challenge. Audited as ``session.confirmed``.

    Raises :class:`NotAllowed` (``another-officer``) if somebody else did.
    """
    if officer.pk != post.officer_id:
        raise NotAllowed(Problem("another-officer", _("Sign with your own key: this session is of another officer.")))
    request.session[SIGNED] = timezone.now().timestamp()
    audit.append(
        "session.confirmed",
        chain=f"officer:{post.officer_id}",
        actor=post.as_actor(),
        subject={"officer": str(post.officer_id)},
    )
