"""Answers probes before all other middleware.

A supervisor on the same machine asks ``http://127.0.0.1:8000/api/health/live`` without a ``Host`` that is allowed
and without TLS. That is safe: the answer depends on no header but the language, and names no path and no address.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase
from django.urls import resolve
from django.utils import translation
from rest_framework.response import Response

from ecase.handlers import PROBES


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
