"""The description: as JSON or YAML for programs, as a page for people. It is generated once in a process."""

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from drf_spectacular.renderers import OpenApiYamlRenderer
from drf_spectacular.settings import spectacular_settings
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from api.conditional import answer
from api.problems import MEDIA_TYPE
from api.views.base import OpenView

JSON, YAML = "application/vnd.oai.openapi+json", "application/yaml"


@cache
def description() -> dict[str, Any]:
    """The OpenAPI description of this installation."""
    generated: dict[str, Any] = spectacular_settings.DEFAULT_GENERATOR_CLASS().get_schema(request=None, public=True)
    return generated


class Description(OpenView):
    """The OpenAPI 3.1 description."""

    produces = (JSON, "application/json", YAML)
    throttle_classes = ()

    @extend_schema(exclude=True)
    def get(self, request: Request) -> HttpResponse:
        """JSON, or YAML for whoever accepts no JSON."""
        asked = str(request.accepted_media_type)
        if asked == YAML:
            return HttpResponse(OpenApiYamlRenderer().render(description()), content_type=YAML)
        response = answer(request, description())
        response.headers["Content-Type"] = asked
        return response


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """Every operation, message and schema, by tag; it needs no script and loads nothing from elsewhere."""
    described = description()
    schemas = [
        {"name": name, "description": schema.get("description", ""), "fields": list(_fields(schema))}
        for name, schema in sorted(described["components"]["schemas"].items())
    ]
    context = {"info": described["info"], "tags": list(_tags(described)), "schemas": schemas}
    return render(request, "api/docs.html", context)


def _tags(described: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The tags with their operations; messages are listed as the operations of their receiver."""
    shared = described["components"]["parameters"]
    found = [
        {
            **operation,
            "method": method.upper(),
            "path": path,
            "inputs": [
                shared[part["$ref"].rpartition("/")[2]] if "$ref" in part else part for part in operation["parameters"]
            ],
            "takes": _content(operation.get("requestBody", {})),
            "answers": [(code, _content(answer_), answer_) for code, answer_ in operation["responses"].items()],
        }
        for path, operations in {**described["paths"], **described["webhooks"]}.items()
        for method, operation in operations.items()
    ]
    for tag in described["tags"]:
        yield {**tag, "operations": [operation for operation in found if tag["name"] in operation["tags"]]}


def _content(body: dict[str, Any]) -> dict[str, Any]:
    """Media types, schema and example of a body."""
    if body.get("$ref", "").startswith("#/components/responses/"):
        return {"types": [MEDIA_TYPE], "schema": _type({"$ref": "ProblemDocument"})}
    content: dict[str, Any] = body.get("content", {})
    first: dict[str, Any] = next(iter(content.values()), {})
    example = json.dumps(first["example"], ensure_ascii=False, indent=2) if "example" in first else ""
    return {"types": list(content), "schema": _type(first.get("schema", {})), "example": example}


def _fields(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The fields of an object; of an enumeration its values."""
    for name, inner in schema.get("properties", {}).items():
        is_required = name in schema.get("required", ())
        yield {"name": name, "type": _type(inner), "required": is_required, "description": inner.get("description", "")}
    for value in schema.get("enum", ()):
        yield {"name": json.dumps(value), "type": {"text": "", "ref": ""}, "required": False, "description": ""}


def _type(schema: dict[str, Any]) -> dict[str, str]:
    """The type in words, and the name of the schema that it refers to."""
    inner = schema.get("items", schema)
    for part in (inner, *(choice for key in ("allOf", "oneOf", "anyOf") for choice in inner.get(key, ()))):
        if "$ref" in part:
            return {"text": "[]" if inner is not schema else "", "ref": part["$ref"].rpartition("/")[2]}
    named = schema.get("type", "")
    words = [" | ".join(named) if isinstance(named, list) else named, schema.get("format", "")]
    return {"text": " ".join(filter(None, words)), "ref": ""}
