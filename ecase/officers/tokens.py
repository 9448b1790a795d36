"""Access tokens of REST clients: issued for one post, found in one query, worthless once the post ends."""

from django.db import transaction
from django.utils import timezone
from knox.crypto import hash_token

from ecase.audit import services as audit
from ecase.officers.models import Post, Token
from ecase.officers.posts import NO_CURRENT_POST
from ecase.problems import NotAllowed

# How much of a token's digest names it in the audit log: enough to tell tokens apart, nothing that opens a door.
SHOWN = 16


def issue(post: Post) -> tuple[Token, str]:
    """A new token of ``post`` and its text, which is shown once and stored nowhere. Audited as ``token.issued``.

    Raises :class:`NotAllowed` (``no-current-post``) unless the post is held now. Expired tokens of the officer go.
    """
    if not post.is_current():
        raise NotAllowed(NO_CURRENT_POST)
    with transaction.atomic():
        Token.objects.filter(user=post.officer, expiry__lte=timezone.now()).delete()
        token, text = Token.objects.create(user=post.officer, post=post)
        _audit("token.issued", token)
    return token, text


def find(text: str) -> Token | None:
    """The token with this text, its post, officer and organisation in one query; ``None`` if it gives no access now.

    Looked up by its digest (SHA-512), so that comparing takes the same time whatever is guessed.
    """
    now = timezone.now()
    known = Token.objects.select_related("post__officer", "post__organisation")
    token = known.filter(digest=hash_token(text), expiry__gt=now).first()
    return token if token and token.post.is_current(now) else None


def revoke(token: Token) -> None:
    """End a token before its time. Audited as ``token.revoked``."""
    with transaction.atomic():
        _audit("token.revoked", token)
        token.delete()


def _audit(event: str, token: Token) -> None:
    audit.append(
        event,
        chain=f"officer:{token.user_id}",
        actor=token.post.as_actor(),
        subject={"officer": str(token.user_id), "token": token.digest[:SHOWN]},
    )
