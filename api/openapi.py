"""Extensions that generate the OpenAPI 3.1 description from the views; ``api.description`` completes it."""

import re
from typing import Any

from django.utils import translation
from django_filters.rest_framework import DjangoFilterBackend
from drf_spectacular import openapi
from drf_spectacular.contrib.django_filters import DjangoFilterExtension
from drf_spectacular.extensions import OpenApiAuthenticationExtension, OpenApiSerializerFieldExtension
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.utils import OpenApiParameter

from api.negotiation import BYTES
from api.serializers.problems import ProblemDocument
from workflows.motions.filters import ME, OfficerFilter

ENTITY_TAG = r'^"[0-9]{1,9}"$'
# What an id of the caller's making may hold (``api.idempotency``).
VISIBLE = r"^[\x21-\x7e]{1,128}$"


class Generator(SchemaGenerator):
    """Describes in English, whoever asks: the description is one file, and its texts are part of programs."""

    def get_schema(self, *args: Any, **kwargs: Any) -> Any:
        """The whole description."""
        with translation.override("en"):
            return super().get_schema(*args, **kwargs)  # type: ignore[no-untyped-call]


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


class Base64Encoding(OpenApiSerializerFieldExtension):
    """States how bytes are written into JSON."""

    target_class = "api.serializers.base.BytesField"

    def map_serializer_field(self, auto_schema: openapi.AutoSchema, direction: Any) -> dict[str, Any]:
        """A string, of which ``contentEncoding`` tells how it is read."""
        schema = auto_schema._map_serializer_field(self.target, direction, bypass_extensions=True)  # noqa: SLF001
        return {**schema, "contentEncoding": "base64"}


class Base64EncodingOfInput(Base64Encoding):
    """The same for what is sent."""

    target_class = "api.serializers.base.Base64Field"


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
        if isinstance(filter_field, OfficerFilter):
            schema = {"anyOf": [{"type": "string", "format": "uuid"}, {"type": "string", "const": ME}]}
        limited = {"maxLength": longest} if longest and "anyOf" not in schema else {}
        return [{**parameter, "schema": {**schema, **limited}}]


class AutoSchema(openapi.AutoSchema):
    """Takes from the views what negotiation and answers take from them too."""

    def get_filter_backends(self) -> list[Any]:
        """Describe any view that has a ``filterset_class``."""
        return [DjangoFilterBackend] if self.method == "GET" and getattr(self.view, "filterset_class", None) else []

    def get_summary(self) -> str:
        """The first sentence of the description."""
        return re.split(r"[.:;](?=\s|$)", str(self.get_description()))[0].replace("\n", " ").strip()

    def get_tags(self) -> list[str]:
        """The first part of the address below the version: a room of the API."""
        return [self.path.removeprefix("/api/").removeprefix("v1/").split("/")[0]]

    def map_renderers(self, attribute: str) -> list[Any]:
        """What the view ``produces``, of which negotiation knows too (``api.negotiation``); else JSON.

        Bytes come first: generators read an answer as the first type that they know, and a file is not always text.
        """
        produced = getattr(self.view, "produces", ()) if attribute == "media_type" and self.method == "GET" else ()
        return sorted(produced, key=lambda name: name != BYTES) or super().map_renderers(attribute)

    def get_operation(self, *args: Any) -> Any:
        """The operation; ``x-answers`` tells ``api.description`` how the view answers, which removes it again."""
        operation: Any = super().get_operation(*args)
        if operation:
            # Every refusal is one (``api.description``).
            self.resolve_serializer(ProblemDocument, "response")
            is_file = self.method == "GET" and BYTES in getattr(self.view, "produces", ())
            is_revalidated = self.method == "GET" and getattr(self.view, "revalidated", False)
            operation["x-answers"] = {"file": is_file, "revalidated": is_revalidated}
        return operation

    def _get_serializer_name(self, *about: Any, **named: Any) -> str:
        """No suffix: no serializer is both taken and answered."""
        return str(super()._get_serializer_name(*about, **named)).removesuffix("Request")


IF_MATCH = OpenApiParameter(
    "If-Match",
    {"type": "string", "pattern": ENTITY_TAG},
    OpenApiParameter.HEADER,
    required=True,
    description="The ETag of the motion that was seen.",
)
IF_MATCH_TO_CORRECT = OpenApiParameter(
    "If-Match",
    {"type": "string", "pattern": ENTITY_TAG},
    OpenApiParameter.HEADER,
    description="The ETag that was seen: needed where something that was entered before changes.",
)
_ONCE = "Of the caller's making: a request that is sent twice under it happens once."
_KEY: Any = {"type": "string", "pattern": VISIBLE}
IDEMPOTENCY_KEY = OpenApiParameter("Idempotency-Key", _KEY, "header", description=_ONCE)
IDEMPOTENCY_KEY_REQUIRED = OpenApiParameter("Idempotency-Key", _KEY, "header", required=True, description=_ONCE)
CONTENT_DIGEST = OpenApiParameter(
    "Content-Digest", str, OpenApiParameter.HEADER, description="`sha-256=:BASE64:` of the whole body (RFC 9530)."
)
