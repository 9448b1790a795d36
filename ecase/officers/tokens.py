"""Access tokens of REST clients: issued for one post, found in one query, invalid once the post ends."""

from collections.abc import Callable, Sequence
from functools import cache
from itertools import islice
from typing import Any

from django.db import connection, transaction
from django.db.models import Model, QuerySet
from django.utils import timezone
from knox.crypto import hash_token

from ecase.audit import services as audit
from ecase.audit.refusals import append_refusal
from ecase.officers.models import Officer, Organisation, Post, Token
from ecase.officers.posts import NO_CURRENT_POST, why_lost
from ecase.problems import NotAllowed

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

    The lookup is by digest (SHA-512), so that the time of comparison does not depend on the guess. Raw SQL: every
    request of a REST client begins here, and building the same statement with the ORM took a third of the time of a
    list page.
    """
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(_statement(), [hash_token(text), now])
        row = cursor.fetchone()
    token = _token(row) if row else None
    if token and not token.post.is_current(now):
        _audit("token.refused", token, {"problems": [why_lost(token.post).code]}, append_refusal)
        return None
    return token


_PARTS: tuple[type[Model], ...] = (Token, Post, Officer, Organisation)


@cache
def _statement() -> str:
    columns = [f"{_table(part)}.{_quoted(name)}" for part in _PARTS for name in _columns(part)]
    token, post, officer, organisation = map(_table, _PARTS)
    return (
        f"SELECT {', '.join(columns)} FROM {token} JOIN {post} ON {post}.id = {token}.post_id "  # noqa: S608 - our names
        f"JOIN {officer} ON {officer}.id = {post}.officer_id "
        f"JOIN {organisation} ON {organisation}.id = {post}.organisation_id "
        f"WHERE {token}.digest = %s AND {token}.expiry > %s"
    )


def _token(row: Sequence[Any]) -> Token:
    values = iter(row)
    made: list[Any] = []
    for part in _PARTS:
        fields = [field.attname for field in part._meta.concrete_fields]
        made.append(part.from_db(connection.alias, fields, list(islice(values, len(fields)))))
    token: Token = made[0]
    post, officer, organisation = made[1:]
    post.officer, post.organisation, token.post = officer, organisation, post
    return token


def _columns(part: type[Model]) -> list[str]:
    return [str(field.column) for field in part._meta.concrete_fields]


def _table(part: type[Model]) -> str:
    return _quoted(part._meta.db_table)


def _quoted(name: str) -> str:
    return str(connection.ops.quote_name(name))


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
