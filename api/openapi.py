"""Extensions that generate the OpenAPI 3.1 description from the views."""

from typing import Any

from django_filters.rest_framework import DjangoFilterBackend
from drf_spectacular import openapi
from drf_spectacular.contrib.django_filters import DjangoFilterExtension
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse

from api.problems import MEDIA_TYPE
from api.serializers.problems import ProblemDocument


class BearerScheme(OpenApiAuthenticationExtension):
    """The ``Authorization: Bearer`` header."""

    target_class = "api.authentication.PostTokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: openapi.AutoSchema) -> dict[str, str]:
        """The scheme (RFC 6750) and a description of the token."""
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "A token of POST /api/v1/auth/token/. It belongs to one post of one officer.",
        }


class ParametersWithLimits(DjangoFilterExtension):
    """Filter parameters as drf-spectacular describes them, with the maximum length of each text."""

    target_class = "django_filters.rest_framework.DjangoFilterBackend"
    priority = 1

    def resolve_filter_field(
        self, auto_schema: Any, model: Any, filterset_class: Any, field_name: str, filter_field: Any
    ) -> list[dict[str, Any]]:
        """One parameter with ``maxLength``, without the column's translated name."""
        resolve: Any = super().resolve_filter_field
        (parameter,) = resolve(auto_schema, model, filterset_class, field_name, filter_field)
        longest = filter_field.extra.get("max_length")
        schema = {name: value for name, value in parameter["schema"].items() if name != "title"}
        return [{**parameter, "schema": {**schema, **({"maxLength": longest} if longest else {})}}]


class AutoSchema(openapi.AutoSchema):
    """Adds the problem document to the responses of every operation."""

    def get_filter_backends(self) -> list[Any]:
        """Describe any view that has a ``filterset_class``."""
        return [DjangoFilterBackend] if self.method == "GET" and getattr(self.view, "filterset_class", None) else []

    def _get_response_bodies(self, direction: Any = "response") -> dict[str, Any]:
        bodies = super()._get_response_bodies(direction)
        problem = OpenApiResponse(ProblemDocument, "Refused: a problem document (RFC 9457). Nothing has been changed.")
        bodies["default"] = self._get_response_for_code(problem, "default", [MEDIA_TYPE], direction)  # type: ignore[no-untyped-call]
        return bodies


IF_MATCH = OpenApiParameter(
    "If-Match", str, OpenApiParameter.HEADER, required=True, description="The ETag of the motion that was seen."
)


_ONCE = "Of the caller's making: a request that is sent twice under it happens once."
IDEMPOTENCY_KEY = OpenApiParameter("Idempotency-Key", str, "header", description=_ONCE)
IDEMPOTENCY_KEY_REQUIRED = OpenApiParameter("Idempotency-Key", str, "header", required=True, description=_ONCE)
CONTENT_DIGEST = OpenApiParameter(
    "Content-Digest", str, OpenApiParameter.HEADER, description="`sha-256=:BASE64:` of the whole body (RFC 9530)."
)
