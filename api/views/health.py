"""Probes for operators and supervisors."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api import readiness
from api.problems import Unready, describe, respond
from api.serializers.health import HealthShape, ReadyShape
from api.views.base import OpenView
from ecase.problems import Problem

OK = {"status": "ok"}


class Live(OpenView):
    """Whether the process answers."""

    throttle_classes = ()

    @extend_schema(operation_id="live", responses=HealthShape)
    def get(self, request: Request) -> Response:
        """The process is alive. Touches neither database nor broker."""
        return Response(OK)


class Ready(OpenView):
    """Whether the service can do its work."""

    throttle_classes = ()

    @extend_schema(operation_id="ready", responses=ReadyShape)
    def get(self, request: Request) -> Response:
        """Everything that the service needs, each by name; 503, with the reason, if any of it is not available."""
        found = readiness.findings()
        checks = [finding.as_dict() for finding in found]
        problems = [Problem(finding.name, finding.why) for finding in found if not finding.ok]
        if not problems:
            return Response({**OK, "checks": checks})
        response = respond(describe(Unready(problems)), request.path)
        response.data = {**response.data, "checks": checks}
        return response
