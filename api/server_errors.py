"""Django's ``handler500``: errors outside REST framework's views, answered without database and session.

An outage is 503 with ``Retry-After``; anything else is 500.
"""

import sys
from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.template import loader
from django.templatetags.static import static
from django.utils import translation

from api import problems
from api.renderers import dumps
from ecase import outages
from ecase.handlers import UNRECEIVED
from ecase.problems import TryLater


def answer(request: HttpRequest) -> HttpResponse:
    """The answer to a request whose handling has just raised an exception."""
    outage = outages.of(sys.exc_info()[1])
    with translation.override(translation.get_language_from_request(request)):
        if _wants_document(request):
            response = _answer_document(problems.describe(outage or RuntimeError()), request)
        else:
            template, status = ("503.html", outage.status) if outage else ("500.html", 500)
            context = {"stylesheet": _stylesheet(), "problems": outage.problems if outage else ()}
            response = HttpResponse(loader.render_to_string(template, context), status=status)
    for name, value in outage.headers.items() if outage else ():
        response.headers[name] = value
    return response


@dataclass(frozen=True)
class UnreceivedMiddleware:
    """Answers a request whose body was not received, before all other middleware."""

    get_response: Callable[[HttpRequest], HttpResponse]

    def __call__(self, request: HttpRequest) -> HttpResponse:
        status = request.META.get(UNRECEIVED)
        if status is None:
            return self.get_response(request)
        with translation.override(translation.get_language_from_request(request)):
            again = TryLater.headers if status == TryLater.status else {}
            document = problems.document_of(status, headers=again)
            if _wants_document(request):
                return _answer_document(document, request)
            context = {"stylesheet": _stylesheet(), "title": document.title}
            return HttpResponse(loader.render_to_string("503.html", context), status=status, headers=document.headers)


def _wants_document(request: HttpRequest) -> bool:
    """True for programs, and for scripts of the portal, which ask for JSON."""
    accepted = request.headers.get("Accept", "")
    return request.path.startswith("/api/") or ("json" in accepted and "html" not in accepted)


def _answer_document(document: problems.Document, request: HttpRequest) -> HttpResponse:
    body = dumps(document.as_dict(request.path))
    headers = dict(document.headers)
    return HttpResponse(body, status=document.status, headers=headers, content_type=problems.MEDIA_TYPE)


def _stylesheet() -> str:
    """Empty if static files have not been collected: an error page must not fail for lack of a stylesheet."""
    try:
        return static("portal/dist/portal.css")
    except (ValueError, OSError):
        return ""
