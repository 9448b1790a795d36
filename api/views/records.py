"""Records about a motion: draws of its judges, differences between versions, the whole file as a PDF."""

import uuid

from django.http import Http404, HttpResponse
from django.utils.http import content_disposition_header
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api.authentication import post_of
from api.negotiation import BYTES
from api.serializers.records import ChangeShape, Difference, Draws, DrawShape
from api.views.base import View
from workflows.motions import queries
from workflows.motions.exports import difference, motion_pdf


class DrawsOfMotion(View):
    """The draws that assigned the motion to judges."""

    @extend_schema(operation_id="listDraws", responses=Draws)
    def get(self, request: Request, motion_id: uuid.UUID) -> Response:
        """Every draw, oldest first, with everything that is needed to repeat it."""
        motion = queries.get(post_of(request), motion_id)
        found = motion.draws.select_related("court", "chosen").order_by("drawn_at")
        return Response({"results": [DrawShape({**draw.as_dict(), "court": draw.court}).data for draw in found]})


class DifferenceOfVersions(View):
    """The changes between two versions of a motion."""

    @extend_schema(operation_id="compareVersions", responses=Difference)
    def get(self, request: Request, motion_id: uuid.UUID, before: int, after: int) -> Response:
        """The changes by field, word and file. It does not count as opening the materials."""
        motion, post = queries.get(post_of(request), motion_id), post_of(request)
        known = difference.versions(motion)
        if not {before, after} <= set(known):
            raise Http404
        queries.open_versions(motion, post)
        changes = ChangeShape(difference.between(motion, before, after), many=True).data
        return Response({"versions": known, "changes": changes})


class FileOfMotion(View):
    """The whole file of a motion."""

    produces = (motion_pdf.PDF, BYTES)

    @extend_schema(operation_id="getMotionFile", responses=OpenApiTypes.BINARY)
    def get(self, request: Request, motion_id: uuid.UUID) -> HttpResponse:
        """One PDF of all acts and attachments up to now. Counts as opening the materials."""
        motion, post = queries.get(post_of(request), motion_id), post_of(request)
        queries.open_materials(motion, post)
        response = HttpResponse(motion_pdf.render(motion, post), content_type=motion_pdf.PDF)
        response["Content-Disposition"] = content_disposition_header(True, motion_pdf.file_name(motion))
        return response
