"""Acts: prepare, sign, read. Prepare and perform are in ``workflows.motions.services.acting``."""

import uuid
from functools import partial

from django.http import FileResponse, Http404, HttpResponse
from django.utils.http import content_disposition_header
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from api.authentication import post_of
from api.conditional import etag
from api.idempotency import once
from api.negotiation import BYTES
from api.openapi import IDEMPOTENCY_KEY, IDEMPOTENCY_KEY_REQUIRED
from api.serializers.acts import ActShape, PreparedShape, PrepareInput, SignatureInput
from api.serializers.base import describe
from api.views.base import View, answer_made, checked, download
from ecase.cases import integrity
from ecase.cases.models import Blob
from ecase.problems import Undecided
from workflows.motions import queries, signers
from workflows.motions.exports import act_evidence
from workflows.motions.models import Act
from workflows.motions.services import acting, pending_signatures
from workflows.motions.signers import SeenAct
from workflows.motions.states import ActType

EITHER = PolymorphicProxySerializer("ActOrPrepared", {"prepared": PreparedShape, "performed": ActShape}, "status")


class Acts(View):
    """Preparation of acts."""

    @extend_schema(
        operation_id="prepareAct", request=PrepareInput, parameters=[IDEMPOTENCY_KEY], responses={201: PreparedShape}
    )
    def post(self, request: Request, motion_id: uuid.UUID) -> Response:
        """Prepare an act. The answer holds the bytes to sign, their digest, the document, and the expiry."""
        motion = queries.decided(post_of(request), motion_id)
        given = checked(PrepareInput, request.data)
        prepare = partial(acting.prepare, motion, ActType(given["type"]), post_of(request), given["payload"])
        return once(request, request.data, lambda: answer_made(PreparedShape, prepare(), request))


class Signature(View):
    @extend_schema(
        operation_id="signAct", request=SignatureInput, parameters=[IDEMPOTENCY_KEY_REQUIRED], responses={201: ActShape}
    )
    def post(self, request: Request, act_id: uuid.UUID) -> Response:
        """Perform the act: signature, transition, deadlines, log and messages are one transaction."""
        prepared = acting.prepared_for(post_of(request), act_id)
        cms = checked(SignatureInput, request.data)["cms"]

        def effect() -> Response:
            try:
                act = acting.perform(prepared, cms, post_of(request))
            except Undecided as undecided:
                # Where it is followed until it is settled.
                undecided.headers = {"Location": reverse("api:act", [act_id], request=request)}
                raise
            # Not read again with the caller's permissions: the act may have removed the motion from them.
            body = describe(ActShape, act, request)
            return Response(body, status=201, headers={"ETag": etag(act.motion.revision), "Location": body["url"]})

        return once(request, request.data, effect, required=True)


class OneAct(View):
    """An act, signed or waiting for its signature."""

    @extend_schema(operation_id="getAct", responses=EITHER)
    def get(self, request: Request, act_id: uuid.UUID) -> Response:
        """A performed act with its bytes and signature, or an act that the caller has prepared."""
        if not Act.objects.filter(pk=act_id).exists():
            prepared = acting.prepared_for(post_of(request), act_id)
            context = {"request": request, "received": pending_signatures.signature_of(prepared)}
            return Response(PreparedShape(prepared, context=context).data)
        seen = _opened(request, act_id)
        seen.act.motion = seen.motion
        return Response(describe(ActShape, seen.act, request))


class ActPdf(View):
    """The document of an act."""

    produces = ("application/pdf", BYTES)

    @extend_schema(operation_id="getActPdf", responses=OpenApiTypes.BINARY)
    def get(self, request: Request, act_id: uuid.UUID) -> FileResponse:
        """The PDF/A whose digest the signed bytes hold."""
        if not Act.objects.filter(pk=act_id).exists():
            return _pdf(act_id, acting.prepared_for(post_of(request), act_id).pdf)
        return _pdf(act_id, _opened(request, act_id).act.pdf)


class ActContainer(View):
    """The evidence of an act."""

    produces = (act_evidence.SERVED_AS, BYTES)

    @extend_schema(operation_id="getActContainer", responses=OpenApiTypes.BINARY)
    def get(self, request: Request, act_id: uuid.UUID) -> HttpResponse:
        """Signed bytes, signature, files, certificates, log proof: all that offline verification of the act needs."""
        seen = _opened(request, act_id)
        signers.require_evidence(seen, post_of(request))
        response = HttpResponse(act_evidence.container(seen.act), content_type=act_evidence.SERVED_AS)
        response["Content-Disposition"] = content_disposition_header(True, act_evidence.file_name(seen.act))
        return response


def _opened(request: Request, act_id: uuid.UUID) -> SeenAct:
    """An act that the caller may read, has signed or co-signed; the reading is logged. ``DoesNotExist``: 404."""
    seen = signers.act(post_of(request), act_id)
    queries.open_act(seen.act, seen.motion, post_of(request))
    return seen


def _pdf(act_id: uuid.UUID, blob: Blob | None) -> FileResponse:
    if blob is None:
        raise Http404
    return download(integrity.open_intact(blob.sha256), f"{act_id}.pdf", blob.media_type, blob.sha256)
