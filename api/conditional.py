"""Conditional requests: ``ETag``, ``If-Match``, ``If-None-Match`` (RFC 9110, 13)."""

import hashlib
import re

from django.http import HttpResponse, HttpResponseNotModified
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request

from api.problems import BadRequest, PreconditionRequired
from api.renderers import dumps
from ecase.problems import Problem

_REVISION = re.compile(r'^"([0-9]{1,9})"$')


def etag(revision: int) -> str:
    """The strong entity tag of a revision."""
    return f'"{revision}"'


def revision_of(request: Request) -> int:
    """The revision that ``If-Match`` names. Raises 428 without the header, 400 if it names no revision."""
    header = request.headers.get("If-Match", "").strip()
    if not header:
        message = _("Send If-Match with the ETag that you have seen.")
        raise PreconditionRequired(Problem("precondition-required", message, "If-Match"))
    found = _REVISION.match(header)
    if found is None:
        raise BadRequest(
            Problem("if-match", _("If-Match takes an ETag of this service, and nothing else."), "If-Match")
        )
    return int(found.group(1))


def answer(request: Request, data: object) -> HttpResponse:
    """200 with ``data`` as JSON and an ETag of its bytes, or 304 if the caller already has them."""
    body = dumps(data)
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    seen = {value.strip().removeprefix("W/") for value in request.headers.get("If-None-Match", "").split(",")}
    same = tag in seen or "*" in seen
    response = HttpResponseNotModified() if same else HttpResponse(body, content_type="application/json")
    response["ETag"] = tag
    response["Cache-Control"] = "private, no-cache"
    patch_vary_headers(response, ["Authorization", "Accept-Language"])
    return response
