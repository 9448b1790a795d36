"""What holds for every answer: none is kept by caches, and HEAD has no effects.

HEAD sends no body, so nothing has been read (RFC 9110, 9.3.2): the effects of reading are skipped.

Views answer HEAD as they answer GET. The effects of reading (a stamp, a log entry, an acknowledged copy) are marked
with :func:`only_where_sent` where they happen, so that no view of portal or REST API has to handle HEAD.
"""

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cached_property, wraps
from typing import ParamSpec, TypeVar

from csp.constants import HEADER
from csp.middleware import CheckableLazyObject, CSPMiddleware
from csp.utils import build_policy
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

P = ParamSpec("P")
R = TypeVar("R")

_bodiless: ContextVar[bool] = ContextVar("bodiless", default=False)


@dataclass(frozen=True)
class CacheControlMiddleware:
    """Forbids to keep any answer, redirects and refusals included: each shows what this officer may see now.

    Answers that say themselves how they are kept (files of the front-end, lists with an ``ETag``) stay as they are.
    """

    get_response: Callable[[HttpRequest], HttpResponse]

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "private, no-store")
        return response


@dataclass(frozen=True)
class HeadMiddleware:
    """Keeps for the time of a request whether its answer is sent without a body."""

    get_response: Callable[[HttpRequest], HttpResponse]

    def __call__(self, request: HttpRequest) -> HttpResponse:
        token = _bodiless.set(request.method == "HEAD")
        try:
            return self.get_response(request)
        finally:
            _bodiless.reset(token)


class PolicyMiddleware(CSPMiddleware):
    """Words the policy once for all answers that use no nonce and change no directive: JSON, files, redirects."""

    @cached_property
    def _usual(self) -> str:
        return build_policy()

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """The answer with its policy."""
        own = hasattr(request, "_csp_nonce") or any(name.startswith("_csp") for name in vars(response))
        if own or settings.DEBUG:
            return super().process_response(request, response)
        response.headers.setdefault(HEADER, self._usual)
        # As there: a nonce that is made from here on would not be in the header.
        request.csp_nonce = CheckableLazyObject(self._csp_nonce_post_response)  # type: ignore[attr-defined]
        return response


def only_where_sent(effect: Callable[P, R]) -> Callable[P, R | None]:
    """An effect of reading: skipped, returning ``None``, if the answer has no body."""

    @wraps(effect)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R | None:
        return None if _bodiless.get() else effect(*args, **kwargs)

    return guarded
