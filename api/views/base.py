"""Base view: strict input, and answers with a file."""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, ClassVar, cast

from django.core.files import File
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, Http404, HttpResponseBase, QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions, permissions, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from api.authentication import post_of
from api.filters import NoQuery, filter_faults
from api.idempotency import HEADER
from api.negotiation import BYTES
from api.parsers import UNSTORABLE, is_storable
from api.serializers.base import Strict, describe, kept
from api.throttling import AnonymousThrottle, allowance_of
from ecase.problems import Invalid, Problem
from workflows.motions.filters import PostFilter


class View(APIView):
    """``queries`` lists, by method, the query parameters that are known; any other is refused.

    GET also knows those of ``filterset_class``. ``produces``: the media types of GET, unless it answers JSON; the
    description and content negotiation take them from here. ``revalidated``: GET answers with an ``ETag``, and 304 to
    whoever holds the answer (``api.conditional.answer``).
    """

    produces: ClassVar[Sequence[str]] = ()
    revalidated: ClassVar[bool] = False
    queries: ClassVar[Mapping[str, type[Strict]]] = {}
    filterset_class: ClassVar[type[PostFilter] | None] = None
    filters: dict[str, Any]
    filterset: PostFilter | None = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """After authentication, check the query parameters and keep them as ``self.filters``."""
        super().initial(request, *args, **kwargs)
        if request.method not in self.allowed_methods:
            raise exceptions.MethodNotAllowed(str(request.method))
        # HEAD is GET without the body (RFC 9110, 9.3.2).
        method = "GET" if request.method == "HEAD" else str(request.method)
        shape = self.queries.get(method, NoQuery)
        given = single_values(request.query_params)
        self.filters = self._checked(request, shape, given) if given else dict(_unasked(shape))

    def _checked(self, request: Request, shape: type[Strict], given: dict[str, Any]) -> dict[str, Any]:
        """The parameters of ``shape``; the list filters become ``filterset``. Faults of both are raised together."""
        known = self.filterset_class.base_filters if self.filterset_class and shape in self.queries.values() else ()
        narrowing = {name: given.pop(name) for name in known if name in given}
        faults: dict[str, Any] = {}
        if narrowing and self.filterset_class:
            self.filterset = self.filterset_class(narrowing, post=post_of(request))
            faults = filter_faults(self.filterset, narrowing)
        values: dict[str, Any] = {}
        try:
            values = checked(shape, given)
        except serializers.ValidationError as fault:
            faults |= cast(dict[str, Any], fault.detail)
        if faults:
            raise serializers.ValidationError(faults)
        return values

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Response:
        """Add the rate limit headers to every counted answer, and state a file's type as it was asked for."""
        answer = super().finalize_response(request, response, *args, **kwargs)
        if BYTES in self.produces and isinstance(response, HttpResponseBase) and not isinstance(response, Response):
            asked = getattr(request, "accepted_media_type", None)
            answer.headers["Content-Type"] = BYTES if asked == BYTES else answer.headers["Content-Type"]
        if allowance := allowance_of(request):
            for name, value in allowance.headers(timezone.now()).items():
                answer.headers.setdefault(name, value)
        return answer


class OpenView(View):
    """Open to everybody, with or without a token, limited by ``throttle_scope``."""

    authentication_classes = ()
    permission_classes = (permissions.AllowAny,)
    throttle_classes: Sequence[type[BaseThrottle]] = (AnonymousThrottle,)
    throttle_scope: str | None = None


class Nothing(OpenView):
    """Every unknown address below this one: 404 as a problem document, for any method."""

    throttle_classes = ()
    schema = None

    def initial(self, *_args: Any, **_named: Any) -> None:
        """Raise 404."""
        raise Http404


def checked(shape: type[Strict], data: Any) -> dict[str, Any]:
    """The values of ``data`` validated by ``shape``. Raises a ``ValidationError`` that names every fault."""
    return dict(kept(shape).run_validation(data))


@lru_cache(maxsize=64)
def _unasked(shape: type[Strict]) -> dict[str, Any]:
    """The defaults of ``shape`` for a request without parameters: constant, and the most frequent case."""
    return checked(shape, {})


def single_values(given: QueryDict) -> dict[str, Any]:
    """The fields and the file of a multipart body, or the parameters of a query, each at most once."""
    values: dict[str, Any] = {name: found[-1] for name, found in given.lists()}
    twice = [name for name, found in given.lists() if len(found) > 1]
    unfit = [name for name, value in values.items() if isinstance(value, str) and not is_storable(name + value)]
    if twice or unfit:
        again = (Problem("repeated", _("This is given more than once."), name) for name in twice)
        raise Invalid([*again, *(Problem("malformed-text", UNSTORABLE, name) for name in unfit)])
    return values


def answer_made(shape: type[serializers.Serializer[Any]], row: Any, request: Request, status: int = 201) -> Response:
    """What was made, as ``shape`` has it, with its address as ``Location``."""
    body = describe(shape, row, request)
    return Response(body, status=status, headers={"Location": body["url"]})


def form_of(request: Request) -> dict[str, Any]:
    """The fields and the file of a multipart body; none if the body is empty."""
    data = request.data
    return single_values(data) if isinstance(data, QueryDict) else {}


def identity_of(request: Request, given: Mapping[str, Any]) -> list[Any]:
    """What identifies an upload: its fields and its bytes. Read only if there is an idempotency key."""
    if HEADER not in request.headers:
        return []
    fields = [[name, value.name if name == "file" else value] for name, value in sorted(given.items())]
    if "file" not in given:
        return [fields]
    file: UploadedFile = given["file"]
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    return [fields, digest.hexdigest()]


def download(file: File, name: str, media_type: str, sha256: str) -> FileResponse:
    """A file as a sandboxed attachment, with its SHA-256 as ``ETag`` and ``Repr-Digest``."""
    response = FileResponse(file, as_attachment=True, filename=name, content_type=media_type)
    response["ETag"] = f'"{sha256}"'
    response["Repr-Digest"] = f"sha-256=:{base64.b64encode(bytes.fromhex(sha256)).decode()}:"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["X-Content-Type-Options"] = "nosniff"
    return response
