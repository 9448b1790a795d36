"""How the OpenAPI 3.1 description is made from the views."""

from typing import Any

from drf_spectacular import openapi
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse

from api.problems import MEDIA_TYPE
from api.serializers.problems import ProblemDocument


class BearerScheme(OpenApiAuthenticationExtension):
    """The ``Authorization: Bearer`` header."""

    target_class = "api.authentication.PostTokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: openapi.AutoSchema) -> dict[str, str]:
        """RFC 6750, with what the token is."""
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "A token of POST /api/v1/auth/token/. It belongs to one post of one officer.",
        }


class AutoSchema(openapi.AutoSchema):
    """Every operation may answer with a problem document."""

    def _get_response_bodies(self, direction: Any = "response") -> dict[str, Any]:
        bodies = super()._get_response_bodies(direction)
        problem = OpenApiResponse(ProblemDocument, "Refused: a problem document (RFC 9457). Nothing has been changed.")
        bodies["default"] = self._get_response_for_code(problem, "default", [MEDIA_TYPE], direction)  # type: ignore[no-untyped-call]
        return bodies


IF_MATCH = OpenApiParameter(
    "If-Match", str, OpenApiParameter.HEADER, required=True, description="The ETag of the motion that was seen."
)


def _idempotency_key(*, required: bool) -> OpenApiParameter:
    description = "Of the caller's making: a request that is sent twice under it happens once."
    return OpenApiParameter("Idempotency-Key", str, "header", required=required, description=description)


IDEMPOTENCY_KEY = _idempotency_key(required=False)
IDEMPOTENCY_KEY_REQUIRED = _idempotency_key(required=True)
CONTENT_DIGEST = OpenApiParameter(
    "Content-Digest", str, OpenApiParameter.HEADER, description="`sha-256=:BASE64:` of the whole body (RFC 9530)."
)
