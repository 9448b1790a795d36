"""Authentication by bearer token (RFC 6750). A token belongs to one post of one officer."""

from typing import cast

from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.request import Request

from ecase.limits import services as limits
from ecase.officers import tokens
from ecase.officers.models import Officer, Post, Token

SCHEME = "Bearer"


class PostTokenAuthentication(BaseAuthentication):
    """Sets ``request.user`` (officer), ``request.auth`` (token) and ``request.post``, with one query.

    Nothing is cached: a revoked token, an ended post or a deactivated officer loses access at the next request
    (ASVS 8.3.2).
    """

    def authenticate(self, request: Request) -> tuple[Officer, Token] | None:
        """Officer and token of the request; ``None`` if it brings no bearer token.

        Addresses that send wrong tokens too often get ``TooMany``; requests with a valid token are not affected.
        """
        scheme, _separator, secret = get_authorization_header(request).partition(b" ")
        if scheme.lower() != SCHEME.lower().encode():
            return None
        token = tokens.find(secret.strip().decode("latin-1"))
        if token is None:
            limits.require("bad-token", request._request)  # noqa: SLF001
            raise exceptions.AuthenticationFailed(_("The token is unknown, has expired or was revoked."))
        request._request.post = token.post  # type: ignore[attr-defined]  # noqa: SLF001
        return token.post.officer, token

    def authenticate_header(self, request: Request) -> str:
        """The ``WWW-Authenticate`` challenge of a 401."""
        return SCHEME


def post_of(request: Request) -> Post:
    """The post in which an authenticated request acts."""
    return token_of(request).post


def token_of(request: Request) -> Token:
    """The token of an authenticated request."""
    return cast(Token, request.auth)
