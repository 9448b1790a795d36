"""Copies of decisions and notices of hearings: to whom they are owed, and the proof of service."""

import uuid
from typing import Any

from django.http import FileResponse, Http404, QueryDict
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api.authentication import post_of
from api.idempotency import once
from api.negotiation import FILES
from api.openapi import CONTENT_DIGEST, IDEMPOTENCY_KEY
from api.parsers import DocumentParser, JSONParser
from api.serializers.copies import AcknowledgementInput, Copies, CopyShape
from api.views.base import View, checked, download, identity_of, single_values
from ecase.cases import documents
from workflows.copies.models import Copy
from workflows.motions import queries
from workflows.motions.services import served_copies


class CopiesOfMotion(View):
    """The copies that a motion's acts owe."""

    @extend_schema(operation_id="listCopies", responses=Copies)
    def get(self, request: Request, motion_id: uuid.UUID) -> Response:
        """Every copy of a decision and notice of a hearing: to whom, by when, how it was served, and the proof."""
        motion = queries.get(post_of(request), motion_id)
        found = list(served_copies.copies_of_motion(motion))
        for copy in found:
            copy.motion = motion
        return Response({"results": CopyShape(found, many=True, context={"request": request}).data})


class OneCopy(View):
    @extend_schema(operation_id="getCopy", responses=CopyShape)
    def get(self, request: Request, copy_id: uuid.UUID) -> Response:
        """A copy and its status."""
        copy = served_copies.get(post_of(request), copy_id)
        return Response(CopyShape(copy, context={"request": request}).data)


class Acknowledgement(View):
    """The acknowledgement or service of a copy."""

    # An addressee sends JSON; a record of service is multipart, with its proof.
    parser_classes = (JSONParser, DocumentParser)

    @extend_schema(
        operation_id="acknowledgeCopy",
        request={"application/json": AcknowledgementInput, "multipart/form-data": AcknowledgementInput},
        parameters=[CONTENT_DIGEST, IDEMPOTENCY_KEY],
        responses={201: CopyShape},
    )
    def post(self, request: Request, copy_id: uuid.UUID) -> Response:
        """Without `how`: the addressee has it. With `how`: the author or the clerk served it by hand, with proof."""
        copy = served_copies.get(post_of(request), copy_id)
        data = request.data
        given = checked(AcknowledgementInput, single_values(data) if isinstance(data, QueryDict) else data)
        return once(request, identity_of(request, given), lambda: _acknowledged(request, copy, given))


def _acknowledged(request: Request, copy: Copy, given: dict[str, Any]) -> Response:
    post, file = post_of(request), given.get("file")
    if "how" not in given:
        served_copies.acknowledge(copy, post)
    else:
        proof = (file.name, file) if file else None
        served_copies.record(copy, post, how=given["how"], at=given.get("at"), note=given["note"], proof=proof)
    return Response(CopyShape(copy, context={"request": request}).data, status=201)


class Proof(View):
    """The proof that a copy was served."""

    produces = FILES

    @extend_schema(operation_id="getCopyProof", responses=OpenApiTypes.BINARY)
    def get(self, request: Request, copy_id: uuid.UUID) -> FileResponse:
        """The file as uploaded; `Repr-Digest` holds its SHA-256."""
        post = post_of(request)
        document = served_copies.get(post, copy_id).proof
        if document is None:
            raise Http404
        file, blob = documents.read(document, post), document.blob
        return download(file, document.name, blob.media_type, blob.sha256)
