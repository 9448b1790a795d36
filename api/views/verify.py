"""Is this container genuine? Anybody may ask."""

from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response

from api.parsers import MultipartParser
from api.shapes import VerdictShape, VerifyInput
from api.views.base import OpenView, checked, form_of
from ecase.problems import Invalid, Problem
from ecase.trust import folder
from signatures import container, offline

LIMIT = 60 * 1024 * 1024


class Verify(OpenView):
    """The verification of evidence containers."""

    throttle_scope = "verify"

    def get_parsers(self) -> list[BaseParser]:
        """A container comes as multipart, streamed, up to 60 MB; a larger one is checked offline."""
        return [MultipartParser(LIMIT)]

    @extend_schema(operation_id="verify", request={"multipart/form-data": VerifyInput}, responses=VerdictShape)
    def post(self, request: Request) -> Response:
        """Signatures, files, the chain of acts, and the log's proof, by this installation's trust. Nothing is kept."""
        file: UploadedFile = checked(VerifyInput, form_of(request))["file"]
        now = timezone.now()
        return Response(offline.examine(_read(file), folder.trust(), now).as_dict())


def _read(file: UploadedFile) -> container.Container:
    try:
        return container.read(file.read())
    except ValueError as fault:
        message = _("This is not an evidence container of ecase.")
        raise Invalid(Problem("not-a-container", message, "file", {"detail": str(fault)})) from fault
