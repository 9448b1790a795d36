"""The catalogue in force."""

from typing import ClassVar

from django.http import Http404, HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from api import pages, schemas
from api.answers import Answer
from api.conditional import answer
from api.shapes import KindPage, KindShape, NameQuery
from api.views.base import View
from workflows.statute.catalogue import catalogue, in_force
from workflows.statute.schema import Kind


class Kinds(View):
    """The kinds of motions that can be filed now."""

    queries: ClassVar = {"GET": NameQuery}

    @extend_schema(operation_id="listKinds", parameters=[NameQuery], responses=KindPage)
    def get(self, request: Request) -> HttpResponse:
        """The catalogue in force, by key, with the JSON Schema of every payload."""
        version, limit = in_force(), self.filters["limit"]
        keys = sorted(key for key in catalogue(version).kinds if key > self.filters["cursor"])
        shown = [_kind(catalogue(version).kind(key)) for key in keys[:limit]]
        following = pages.next_link(request, keys[limit - 1]) if len(keys) > limit else None
        about = {"jurisdiction": version.jurisdiction, "version": version.version, "sha256": version.sha256}
        return answer(request, {**about, "next": following, "results": shown})


class OneKind(View):
    """One kind of the catalogue in force."""

    @extend_schema(operation_id="getKind", responses=KindShape)
    def get(self, request: Request, key: str) -> HttpResponse:
        """A kind: what must be said and attached, who acts, and what may come out."""
        return answer(request, _kind(_found(key)))


def _found(key: str) -> Kind:
    kind = catalogue(in_force()).kinds.get(key)
    if kind is None:
        raise Http404
    return kind


def _kind(kind: Kind) -> Answer:
    return {
        "key": kind.key,
        "name": str(kind.name),
        "summary": str(kind.summary),
        "articles": list(kind.articles),
        "review": kind.review,
        "author_roles": list(kind.author_roles),
        "prosecutor": kind.prosecutor.role,
        "attachments": [
            {"key": one.key, "label": str(one.label), "required": one.required, "article": one.article}
            for one in kind.attachments
        ],
        "outcomes": [
            {
                "key": one.key,
                "label": str(one.label),
                "act": one.output,
                "grants": one.grants,
                "article": one.article,
                "json_schema": schemas.of_outcome(kind, one),
            }
            for one in kind.outcomes
        ],
        "json_schemas": schemas.of_kind(kind),
    }
