"""Rate limits of the REST API in the form that REST framework expects; ``ecase.limits`` does the counting."""

from typing import Any

from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from ecase.limits import services as limits
from ecase.limits.rates import Allowance
from ecase.officers.models import Token

CHANGES = "post-changes"


class AnonymousThrottle(BaseThrottle):
    """Counts requests of one address at the view's ``throttle_scope``. Raises ``TooMany`` above the limit."""

    def allow_request(self, request: Request, view: Any) -> bool:
        _remember(request, limits.require(view.throttle_scope, request._request))  # noqa: SLF001
        return True


class PostThrottle(BaseThrottle):
    """Counts requests of one post with a token, and its changes separately. Raises ``TooMany`` above a limit."""

    def allow_request(self, request: Request, view: Any) -> bool:
        """Count the request; requests without a token are counted where they are refused."""
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
    """The allowance of the client when this request was counted, for the answer's headers."""
    return getattr(request._request, "allowance", None)  # noqa: SLF001
