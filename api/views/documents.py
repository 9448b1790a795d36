"""The materials of a motion: its content and its files. Opening them is stamped with the reader."""

import uuid
from typing import Any

from django.http import FileResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api.authentication import post_of
from api.conditional import etag
from api.idempotency import once
from api.negotiation import FILES
from api.openapi import CONTENT_DIGEST, IDEMPOTENCY_KEY
from api.parsers import DocumentParser
from api.serializers.acts import list_acts
from api.serializers.documents import AttachmentShape, MaterialsShape, UploadInput
from api.views.base import View, answer_made, checked, download, form_of, identity_of
from ecase.cases import documents
from workflows.motions import queries, signed
from workflows.motions.models import Motion
from workflows.motions.services import drafts


class Materials(View):
    """The content and the files of a motion."""

    parser_classes = (DocumentParser,)

    @extend_schema(operation_id="openMaterials", responses=MaterialsShape)
    def get(self, request: Request, motion_id: uuid.UUID) -> Response:
        """Open the materials. An officer's first opening of the current version is stamped, every opening is logged."""
        motion, post = queries.get(post_of(request), motion_id), post_of(request)
        opening = queries.open_materials(motion, post)
        materials = {
            "opened_at": opening.opened_at if opening else None,
            "version": opening.version if opening else motion.version,
            "payload": signed.statement(motion),
            "attachments": queries.attachments(motion, post),
            "acts": list_acts(motion),
        }
        body = MaterialsShape(materials, context={"request": request}).data
        return Response(body, headers={"ETag": etag(motion.revision)})

    @extend_schema(
        operation_id="uploadDocument",
        request={"multipart/form-data": UploadInput},
        parameters=[CONTENT_DIGEST, IDEMPOTENCY_KEY],
        responses={201: AttachmentShape},
    )
    def post(self, request: Request, motion_id: uuid.UUID) -> Response:
        """Attach a file to a draft. Its type is detected from its bytes; its SHA-256 is checked if stated."""
        motion = queries.get(post_of(request), motion_id)
        given = checked(UploadInput, form_of(request))
        return once(request, identity_of(request, given), lambda: _attached(request, motion, given))


def _attached(request: Request, motion: Motion, given: dict[str, Any]) -> Response:
    file = given["file"]
    attachment = drafts.attach(motion, post_of(request), given["requirement"], file.name, file, given.get("sha256"))
    return answer_made(AttachmentShape, attachment, request)


class OneDocument(View):
    """A file of a motion."""

    produces = FILES

    @extend_schema(operation_id="downloadDocument", responses=OpenApiTypes.BINARY)
    def get(self, request: Request, motion_id: uuid.UUID, attachment_id: int) -> FileResponse:
        """The file as uploaded; `Repr-Digest` holds its SHA-256. The reading is logged."""
        motion, post = queries.get(post_of(request), motion_id), post_of(request)
        document = queries.attachments(motion, post).get(pk=attachment_id).document
        blob = document.blob
        return download(documents.read(document, post), document.name, blob.media_type, blob.sha256)

    @extend_schema(
        operation_id="detachDocument", responses={204: OpenApiResponse(description="The draft no longer rests on it.")}
    )
    def delete(self, request: Request, motion_id: uuid.UUID, attachment_id: int) -> Response:
        """Remove a file from a draft. It stays among the documents of the case."""
        drafts.detach(queries.get(post_of(request), motion_id), post_of(request), attachment_id)
        return Response(status=204)
