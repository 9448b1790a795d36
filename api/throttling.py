"""Limits of the REST API as REST framework asks for them; the counting is that of ``ecase.limits``."""

from typing import Any

from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from ecase.limits import services as limits
from ecase.limits.rates import Allowance
from ecase.officers.models import Token

CHANGES = "post-changes"


class AnonymousThrottle(BaseThrottle):
    """Counts one address at the view's ``throttle_scope``. Raises ``TooMany`` once the limit is used up."""

    def allow_request(self, request: Request, view: Any) -> bool:
        """Count the request."""
        _remember(request, limits.require(view.throttle_scope, request._request))  # noqa: SLF001
        return True


class PostThrottle(BaseThrottle):
    """Counts one post behind a token, its changes also by themselves. Raises ``TooMany`` once a limit is used up."""

    def allow_request(self, request: Request, view: Any) -> bool:
        """Count the request; one without a token is counted where it is refused."""
        if not isinstance(request.auth, Token):
            return True
        post = str(request.auth.post_id)
        scopes = ("post",) if request.method in SAFE_METHODS else ("post", CHANGES)
        for scope in scopes:
            allowance = limits.spend_in_process(scope, post)
            _remember(request, allowance)
            if allowance.is_exceeded:
                raise limits.refusal(allowance)
        return True


def _remember(request: Request, allowance: Allowance) -> None:
    request._request.allowance = allowance  # type: ignore[attr-defined]  # noqa: SLF001


def allowance_of(request: Request) -> Allowance | None:
    """How the client stood when this request was counted last, for the answer's headers."""
    return getattr(request._request, "allowance", None)  # noqa: SLF001
