"""Sessions of the portal: how long they live, which are open, how their owner ends them, and signing once more.

A session ends a set time after it was opened, and earlier when its officer has done nothing for a while; an
administrator's sooner than others'. What an administrator changes needs a signature of the last few minutes.
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

# Activity is written down once a minute, so that pages stay reads.
NOTED_EVERY = timedelta(minutes=1)
AGENT_LENGTH = 200
# How much of a key's digest names a session to its owner: the key itself would open it.
SHOWN = 32
# Requests that a page makes by itself, to stay true while nobody does anything.
BACKGROUND_HEADER = "X-Background"
HELD, HELD_LENGTH, CSRF_FIELD = "held-change", 200_000, "csrfmiddlewaretoken"


@dataclass(frozen=True)
class Lifetime:
    """``whole``: from opening to the end at the latest; ``idle``: from the last activity to the end."""

    whole: timedelta
    idle: timedelta


def lifetime(post: Post) -> Lifetime:
    """How long a session of this post lives."""
    whole, idle = settings.SESSION_LIFETIMES["administrator" if post.role == Role.ADMINISTRATOR else "officer"]
    return Lifetime(whole, idle)


def begin(request: HttpRequest, post: Post) -> None:
    """Write into the session, just opened by a signature, whose it is and since when."""
    now = timezone.now()
    session = request.session
    session[POST_KEY] = str(post.pk)
    session[OPENED] = session[SEEN] = session[SIGNED] = now.timestamp()
    session[AGENT] = request.headers.get("User-Agent", "")[:AGENT_LENGTH]
    session.set_expiry(_end(session, post, now))


def note_activity(request: HttpRequest, post: Post) -> None:
    """Put off the session's end, unless the page asked by itself. At most one write a minute."""
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
    """The sessions of this officer that are open now, in whatever post, the last used first."""
    rows = Session.objects.filter(officer=officer, post__isnull=False, expire_date__gt=timezone.now())
    return rows.select_related("post__organisation", "post__officer").order_by("-seen_at")


def public_id(session_key: str) -> str:
    """The name of a session in pages and log."""
    return hashlib.sha256(session_key.encode()).hexdigest()[:SHOWN]


@transaction.atomic
def end(post: Post, wanted: str) -> bool:
    """End the session of this officer that has this public id; false if there is none. Audited as ``session.ended``."""
    for session in open_sessions(post.officer):
        if public_id(session.session_key) == wanted:
            return _end_all([session], post)
    return False


@transaction.atomic
def end_others(request: HttpRequest, post: Post) -> bool:
    """End every other open session of this officer; false if there is none."""
    others = open_sessions(post.officer).exclude(session_key=request.session.session_key)
    return _end_all(list(others), post)


def _end_all(sessions: list[Session], post: Post) -> bool:
    for session in sessions:
        audit.append(
            "session.ended",
            chain=f"officer:{post.officer_id}",
            actor=post.as_actor(),
            subject={"officer": str(post.officer_id), "session": public_id(session.session_key)},
        )
        session.delete()
    return bool(sessions)


# -- signing once more --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class HeldChange:
    """A form that waits for its officer's signature: where it was sent to, and its fields in order."""

    path: str
    fields: list[tuple[str, str]]


def hold(request: HttpRequest) -> None:
    """Keep the fields of a form that was sent, until its officer has signed once more; the latest one only.

    Raises :class:`Invalid` (``form-too-large``) for more than a session should carry.
    """
    fields = [(name, value) for name, values in request.POST.lists() for value in values if name != CSRF_FIELD]
    if sum(len(name) + len(value) for name, value in fields) > HELD_LENGTH:
        raise Invalid(Problem("form-too-large", _("The form is too large to wait. Sign in again, then fill it in.")))
    request.session[HELD] = {"path": request.get_full_path(), "fields": fields}


def held_change(request: HttpRequest) -> HeldChange | None:
    """The form that waits, or ``None``."""
    held = request.session.get(HELD)
    return HeldChange(held["path"], [(name, value) for name, value in held["fields"]]) if held else None


def forget_held(request: HttpRequest) -> None:
    """The form that waited has been sent, or is given up."""
    request.session.pop(HELD, None)


def is_confirmed(request: HttpRequest) -> bool:
    """Whether the session's officer has signed, in this session, within ``ECASE_ADMIN_CONFIRM_MINUTES``."""
    signed = instant(request.session.get(SIGNED))
    return signed is not None and timezone.now() - signed <= settings.ADMIN_CONFIRM


@transaction.atomic
def confirm(request: HttpRequest, post: Post, officer: Officer) -> None:
    """Take note that the session's own officer has just signed a challenge. Audited as ``session.confirmed``.

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
