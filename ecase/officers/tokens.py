"""Access tokens of REST clients: issued for one post, found in one query, invalid once the post ends."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from knox.crypto import hash_token

from ecase.audit import services as audit
from ecase.audit.refusals import append_refusal
from ecase.officers.models import Officer, Post, Token
from ecase.officers.posts import NO_CURRENT_POST, why_lost
from ecase.problems import NotAllowed
from ecase.statements import HotQuery, read_first

# Length of the digest prefix that names a token in the audit log: enough to distinguish tokens, useless for access.
SHOWN = 16


def issue(post: Post) -> tuple[Token, str]:
    """A new token of ``post`` and its text, which is shown once and never stored. Audited as ``token.issued``.

    Raises :class:`NotAllowed` (``no-current-post``) unless the post is held now. Deletes the officer's expired tokens.
    """
    if not post.is_current():
        raise NotAllowed(NO_CURRENT_POST)
    with transaction.atomic():
        Token.objects.filter(user=post.officer, expiry__lte=timezone.now()).delete()
        token, text = Token.objects.create(user=post.officer, post=post)
        _audit("token.issued", token)
    return token, text


def find(text: str) -> Token | None:
    """The token with this text, its post, officer and organisation in one query; ``None`` if it is not valid now.

    A token whose post has ended, or whose officer is deactivated, is audited as ``token.refused``.

    The lookup is by digest (SHA-512), so that the time of comparison does not depend on the guess.
    """
    now = timezone.now()
    found = read_first(partial(_TOKENS.rows, digest=hash_token(text), now=now))
    token = found[0] if found else None
    if token and not token.post.is_current(now):
        _audit("token.refused", token, {"problems": [why_lost(token.post).code]}, append_refusal)
        return None
    return token


def _valid(digest: str, now: datetime) -> "QuerySet[Token]":
    rows = Token.objects.filter(digest=digest, expiry__gt=now)
    return rows.select_related("post__officer", "post__organisation")


# Every request of a REST client begins here.
_TOKENS: HotQuery[Token] = HotQuery(_valid)


def of_officer(officer: Officer) -> "QuerySet[Token]":
    """The valid tokens of this officer, the newest first."""
    rows = Token.objects.filter(user=officer, expiry__gt=timezone.now())
    return rows.select_related("post__organisation", "post__officer").order_by("-created")


def revoke_named(post: Post, name: str) -> bool:
    """Revoke the token of this officer whose shown digest is ``name``; false if there is none."""
    found = [token for token in of_officer(post.officer) if token.digest[:SHOWN] == name]
    for token in found:
        revoke(token)
    return bool(found)


def revoke(token: Token) -> None:
    """Revoke a token before its expiry. Audited as ``token.revoked``."""
    with transaction.atomic():
        _audit("token.revoked", token)
        token.delete()


def _audit(
    event: str, token: Token, data: dict[str, Any] | None = None, append: Callable[..., object] = audit.append
) -> None:
    append(
        event,
        chain=f"officer:{token.user_id}",
        actor=token.post.as_actor(),
        subject={"officer": str(token.user_id), "token": token.digest[:SHOWN]},
        data=data,
    )
