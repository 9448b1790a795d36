"""Verification of an evidence container, without a token."""

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api.parsers import ContainerParser
from api.serializers.verification import VerdictShape, VerifyInput
from api.views.base import OpenView, checked, form_of
from ecase.problems import Invalid, Problem
from ecase.trust import faults, inspection


class Verify(OpenView):
    throttle_scope = "verify"
    # A container beyond the limits has to be verified offline.
    parser_classes = (ContainerParser,)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse before the body is read."""
        super().initial(request, *args, **kwargs)
        if request.method == "POST":
            inspection.admit()

    @extend_schema(operation_id="verify", request={"multipart/form-data": VerifyInput}, responses=VerdictShape)
    def post(self, request: Request) -> Response:
        """Verify signatures, files, the chain of acts and the log's proof with this installation's trust.

        Nothing is stored. The verification runs in a separate process with limits of memory and time. 429 and 503 state
        in `Retry-After` when to try again.
        """
        file: UploadedFile = checked(VerifyInput, form_of(request))["file"]
        try:
            return Response(inspection.examine(file, timezone.now()))
        except inspection.NotAContainer as fault:
            named, why = fault.problems[0], {"detail": faults.sentence(fault.why), "fault": fault.why.as_dict()}
            raise Invalid(Problem(named.code, named.message, named.field, why)) from fault
