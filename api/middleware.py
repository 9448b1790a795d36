"""Sorts requests: probes are answered before all other middleware, the REST API passes by that of pages.

A supervisor on the same machine asks ``http://127.0.0.1:8000/api/health/live`` without a ``Host`` that is allowed
and without TLS. That is safe: the answer depends on no header but the language, and names no path and no address.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase
from django.urls import resolve
from django.utils import translation
from rest_framework.response import Response

from ecase.handlers import PROBES

VERSION_1 = "/api/v1/"


class ProbeMiddleware:
    """Calls the view of a probe, skipping host check, redirect, session and all other middleware."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path not in PROBES:
            return self.get_response(request)
        view, args, named = resolve(request.path)
        with translation.override(translation.get_language_from_request(request)):
            response: HttpResponseBase = view(request, *args, **named)
            return response.render() if isinstance(response, Response) else response


class ShortChainMiddleware:
    """Takes requests of the REST API past the middleware below it, which serves browsers: sessions, messages, htmx.

    A token is no cookie: nothing of a session counts there. What views demand of a middleware themselves
    (``process_view``, of which the protection against forged requests is one) applies to both.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response, self._call_view = get_response, _innermost(get_response)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        handle = self._call_view if request.path.startswith(VERSION_1) else self.get_response
        return handle(request)


def _innermost(handler: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """What calls the view. Django wraps each middleware in a handler, and gives it the next handler."""
    while inner := getattr(getattr(handler, "__wrapped__", None), "get_response", None):
        handler = inner
    return handler
