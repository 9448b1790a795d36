"""What holds for every answer: none is kept by caches, and HEAD has no effects.

HEAD sends no body, so nothing has been read (RFC 9110, 9.3.2): the effects of reading are skipped.

Views answer HEAD as they answer GET. The effects of reading (a stamp, a log entry, an acknowledged copy) are marked
with :func:`only_where_sent` where they happen, so that no view of portal or REST API has to handle HEAD.
"""

from collections.abc import Callable
from contextvars import ContextVar
from functools import wraps
from typing import ParamSpec, TypeVar

from django.http import HttpRequest, HttpResponse

P = ParamSpec("P")
R = TypeVar("R")

_bodiless: ContextVar[bool] = ContextVar("bodiless", default=False)


class CacheControlMiddleware:
    """Forbids to keep any answer, redirects and refusals included: each shows what this officer may see now.

    Answers that say themselves how they are kept (files of the front-end, lists with an ``ETag``) stay as they are.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "private, no-store")
        return response


class HeadMiddleware:
    """Keeps for the time of a request whether its answer is sent without a body."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        token = _bodiless.set(request.method == "HEAD")
        try:
            return self.get_response(request)
        finally:
            _bodiless.reset(token)


def only_where_sent(effect: Callable[P, R]) -> Callable[P, R | None]:
    """An effect of reading: skipped, returning ``None``, if the answer has no body."""

    @wraps(effect)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R | None:
        return None if _bodiless.get() else effect(*args, **kwargs)

    return guarded
