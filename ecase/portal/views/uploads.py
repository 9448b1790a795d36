"""Attachments received in pieces: the server's side of tus 1.0.0 (https://tus.io/protocols/resumable-upload).

Extensions: creation, termination, expiration. An upload is seen by the officer who began it, for anybody else it is not
there. When its last byte has arrived the page asks to attach it (``drafts.attach``), like any other file.
"""

import base64
import binascii
from uuid import UUID

from django.conf import settings
from django.http import HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.http import http_date
from django.views.decorators.http import require_http_methods

from ecase.cases import resumable
from ecase.cases.models import Upload
from ecase.portal.pages import PortalRequest, for_officers, or_404, refused_json
from ecase.problems import Conflict, Refused
from workflows.motions import queries
from workflows.motions.services import drafts

VERSION, EXTENSIONS = "1.0.0", "creation,termination,expiration"
PIECE = "application/offset+octet-stream"
GONE, WRONG_VERSION, WRONG_TYPE = 410, 412, 415
MAX_METADATA = 4096


@require_http_methods(["OPTIONS", "POST"])
@for_officers
def begin(request: PortalRequest, motion_id: UUID, requirement: str) -> HttpResponseBase:
    """Begin an upload (``Upload-Length``, ``Upload-Metadata: filename ...``); its address is in ``Location``."""
    motion = or_404(queries.get, request.post, motion_id)
    if request.method == "OPTIONS":
        described = {"Tus-Version": VERSION, "Tus-Extension": EXTENSIONS}
        return _answer(204, **described, **{"Tus-Max-Size": str(settings.LARGE_UPLOAD_MAX_BYTES)})
    if request.headers.get("Tus-Resumable") != VERSION:
        return _answer(WRONG_VERSION, **{"Tus-Version": VERSION})
    stated = request.headers.get("Upload-Length", "")
    if not stated.isascii() or not stated.isdecimal():
        return _answer(400)
    size, target = int(stated), {"motion": str(motion.pk), "requirement": requirement}
    try:
        drafts.require_place(motion, request.post, requirement, size)
        upload = resumable.begin(request.post, target, _file_name(request), size)
    except Refused as refusal:
        return refused_json(refusal)
    return _answer(201, Location=reverse("portal:upload", args=[upload.pk]), **_expires(upload))


@require_http_methods(["HEAD", "PATCH", "DELETE"])
@for_officers
def piece(request: PortalRequest, upload_id: UUID) -> HttpResponseBase:
    """HEAD: how much is there. PATCH: the next bytes. DELETE: end the upload."""
    upload = or_404(resumable.find, request.post, upload_id)
    if request.headers.get("Tus-Resumable") != VERSION:
        return _answer(WRONG_VERSION, **{"Tus-Version": VERSION})
    if request.method == "DELETE":
        resumable.end(upload)
        return _answer(204)
    if request.method == "HEAD":
        return _answer(200, **{"Upload-Offset": str(upload.offset), "Upload-Length": str(upload.size)})
    return _append(request, upload)


def _append(request: PortalRequest, upload: Upload) -> HttpResponse:
    offset = request.headers.get("Upload-Offset", "")
    if request.content_type != PIECE:
        return _answer(WRONG_TYPE)
    if not offset.isascii() or not offset.isdecimal():
        return _answer(400)
    try:
        upload = resumable.append(upload, int(offset), request)
    except Upload.DoesNotExist:
        return _answer(GONE)
    except Conflict as refusal:
        return refused_json(refusal)
    except Refused as refusal:
        resumable.end(upload)
        return refused_json(refusal)
    return _answer(204, **{"Upload-Offset": str(upload.offset)}, **_expires(upload))


def _file_name(request: PortalRequest) -> str:
    """The name in ``Upload-Metadata``; empty if there is none."""
    for pair in request.headers.get("Upload-Metadata", "")[:MAX_METADATA].split(","):
        key, _space, value = pair.strip().partition(" ")
        if key == "filename":
            try:
                return base64.b64decode(value, validate=True).decode()
            except (binascii.Error, UnicodeDecodeError):
                return ""
    return ""


def _expires(upload: Upload) -> dict[str, str]:
    return {"Upload-Expires": http_date((upload.seen_at + resumable.KEPT_FOR).timestamp())}


def _answer(status: int, **headers: str) -> HttpResponse:
    return HttpResponse(status=status, headers={"Tus-Resumable": VERSION, "Cache-Control": "no-store", **headers})
