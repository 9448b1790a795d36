"""The exception handler: every refusal becomes ``application/problem+json`` (RFC 9457), in the reader's language."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from django.conf import settings
from django.core import signals
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, UnreadablePostError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views import defaults
from rest_framework import exceptions
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.response import Response

from api.renderers import dumps
from ecase import outages
from ecase.audit import services as audit
from ecase.audit.refusals import append_refusal
from ecase.officers.models import Token
from ecase.problems import Problem, Refused, TryLater

logger = logging.getLogger(__name__)
MEDIA_TYPE = "application/problem+json"


class PreconditionRequired(Refused):
    """A change was requested without naming the revision it is based on (RFC 6585, 3)."""

    slug, status, title = "precondition-required", 428, _("Say which revision you are changing")


class KeyReused(Refused):
    """The same ``Idempotency-Key`` was sent with a different request."""

    slug, status, title = "idempotency-key-reused", 422, _("This Idempotency-Key has served for another request")


class InProgress(Refused):
    """The first request under this ``Idempotency-Key`` has not been answered yet."""

    slug, status, title = "in-progress", 409, _("The same request is being carried out")


class TooLarge(Refused):
    """The body exceeds the limit."""

    slug, status, title = "too-large", 413, _("The content is too large")


class BadRequest(Refused):
    """The request cannot be read."""

    slug, status, title = "bad-request", 400, _("The request cannot be read")


class NotYet(Refused):
    """The resource will exist in a moment."""

    slug, status, title = "not-yet", 409, _("Not yet")
    headers: ClassVar = {"Retry-After": "2"}


class Unready(Refused):
    """The service is not ready."""

    slug, status, title = "unready", 503, _("The service is not ready")
    headers: ClassVar = {"Retry-After": "10"}


@dataclass(frozen=True)
class Document:
    """A problem document before it is rendered. ``problems`` names every fault."""

    slug: str
    status: int
    title: str | Promise
    problems: Sequence[Problem] = ()
    detail: str | Promise = ""
    headers: Mapping[str, str] = field(default_factory=dict)

    def as_dict(self, instance: str) -> dict[str, Any]:
        """RFC 9457 members, and ``problems``: code, field, message and parameters of each fault."""
        return {
            "type": f"{settings.PUBLIC_URL}/problems/{self.slug}",
            "title": str(self.title),
            "status": self.status,
            "detail": str(self.detail) or " ".join(dict.fromkeys(str(problem.message) for problem in self.problems)),
            "instance": instance,
            "problems": [problem.as_dict() for problem in self.problems],
        }


# Exceptions of Django and REST framework, by status: slug and title.
_TITLES: dict[int, tuple[str, str | Promise]] = {
    400: ("bad-request", BadRequest.title),
    401: ("not-authenticated", _("Sign in first")),
    403: ("not-allowed", _("You may not do this")),
    404: ("not-found", _("There is no such thing here, or not for you")),
    405: ("method-not-allowed", _("This address does not take this method")),
    406: ("not-acceptable", _("The answer exists in no form that you accept")),
    408: ("too-slow", _("The content did not arrive in time")),
    413: ("too-large", TooLarge.title),
    415: ("unsupported-media-type", _("The content is of a type that is not taken here")),
    422: ("invalid", _("Some of the information is missing or wrong")),
    429: ("too-many-requests", _("Too many requests")),
    500: ("internal-error", _("Something went wrong on our side")),
    503: ("try-later", TryLater.title),
}


def types() -> dict[str, tuple[int, str | Promise]]:
    """Status and title of every type of problem, by its slug and in the order of their statuses."""
    found, kinds = dict[str, tuple[int, str | Promise]](), Refused.__subclasses__()
    for kind in kinds:
        kinds += kind.__subclasses__()
        found.setdefault(kind.slug, (kind.status, kind.title))
    framework = {slug: (status, title) for status, (slug, title) in _TITLES.items()}
    return dict(sorted({**found, **framework}.items(), key=lambda known: (known[1][0], known[0])))


def handler(exc: Exception, context: Mapping[str, Any]) -> Response:
    """REST framework's exception handler: converts any exception into a problem document."""
    request = context["request"]
    if outage := outages.of(exc):
        logger.warning("%s: %s", request.path, outages.first_line(exc))
        exc = outage
    document = describe(exc)
    if document.status >= 500 and not isinstance(exc, Refused):  # noqa: PLR2004
        logger.error("unhandled error at %s", request.path, exc_info=exc)
        signals.got_request_exception.send(sender=type(context["view"]), request=request._request)  # noqa: SLF001
    _record(request, document, context.get("kwargs") or {})
    return respond(document, request.path)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's ``handler400``: requests refused before a view is found, such as a ``Host`` that is not allowed."""
    if not request.path.startswith("/api/"):
        return defaults.bad_request(request, exception)
    document = document_of(400)
    return HttpResponse(dumps(document.as_dict(request.path)), status=400, content_type=MEDIA_TYPE)


# Not decisions about the request itself: authentication, rate, method, media type, availability.
_UNRECORDED = frozenset({202, 401, 405, 406, 415, 429, 503})


def _record(request: Request, document: Document, named: Mapping[str, Any]) -> None:
    """Log a refused attempt to change something, in the officer's own chain about the thing that the request names."""
    if request.method in SAFE_METHODS or document.status in _UNRECORDED:
        return
    # Not earlier: on a 406 the caller is not authenticated yet, and reading `request.auth` would raise again.
    token = request.auth
    if not isinstance(token, Token):
        return
    append_refusal(
        "request.refused",
        chain=audit.own_chain(token.post.officer_id, next(iter(named.values()), "")),
        actor=token.post.as_actor(),
        subject={name.removesuffix("_id"): str(value) for name, value in named.items()},
        data={
            "method": request.method,
            "path": request.path[:500],
            "status": document.status,
            "why": document.slug,
            "codes": sorted({problem.code for problem in document.problems}),
        },
    )


def respond(document: Document, instance: str) -> Response:
    """The response with ``document`` for the request to ``instance`` (its path)."""
    return Response(
        document.as_dict(instance), status=document.status, headers=dict(document.headers), content_type=MEDIA_TYPE
    )


def describe(exc: Exception) -> Document:
    """The problem document of an exception. An unexpected one is a 500 without internal details."""
    if isinstance(exc, audit.NotYetInTree):
        exc = NotYet(Problem("not-yet", _("The log will have signed it in a moment. Ask again.")))
    if isinstance(exc, Refused):
        # The current revision as ETag, if a fault names it, so that the caller knows what to fetch.
        revisions = [problem.params["revision"] for problem in exc.problems if "revision" in problem.params]
        headers = {"ETag": f'"{revisions[0]}"'} if revisions else {}
        return Document(
            exc.slug, exc.status, exc.title, exc.problems, headers={**headers, **getattr(exc, "headers", {})}
        )
    if isinstance(exc, exceptions.ValidationError):
        return document_of(422, problems=tuple(_faults(exc.detail)))
    if isinstance(exc, exceptions.APIException):
        return _of_framework(exc)
    return document_of(next((status for kind, status in _STATUSES if isinstance(exc, kind)), 500))


_STATUSES: tuple[tuple[type[Exception], int], ...] = (
    (Http404, 404),
    (ObjectDoesNotExist, 404),
    (PermissionDenied, 403),
    (RequestDataTooBig, 413),
    (SuspiciousOperation, 400),
    (UnreadablePostError, 400),
)


def document_of(status: int, **rest: Any) -> Document:
    """The problem document of a status for which there is no refusal of our own."""
    slug, title = _TITLES.get(status, _TITLES[400 if status < 500 else 500])  # noqa: PLR2004
    return Document(slug, status, title, **rest)


def _of_framework(exc: exceptions.APIException) -> Document:
    headers = {}
    if header := getattr(exc, "auth_header", None):
        headers["WWW-Authenticate"] = str(header)
    if wait := getattr(exc, "wait", None):
        headers["Retry-After"] = str(int(wait) + 1)
    return document_of(exc.status_code, detail=str(exc.detail), headers=headers)


def _faults(detail: Any, path: str = "") -> Iterator[Problem]:
    """One problem per fault of a serializer's nested error detail, with its dotted path."""
    if isinstance(detail, Mapping):
        for key, inner in detail.items():
            whole = key == "non_field_errors"
            yield from _faults(inner, path if whole else f"{path}.{key}".lstrip("."))
    elif isinstance(detail, list):
        for inner in detail:
            yield from _faults(inner, path)
    else:
        yield Problem(str(detail.code), str(detail), path)
