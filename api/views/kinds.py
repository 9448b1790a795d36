"""The catalogue in force."""

from typing import Any, ClassVar

from django.http import Http404, HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from api import pagination
from api.authentication import post_of
from api.conditional import answer
from api.filters import KindQuery
from api.serializers.kinds import KindPage, KindShape
from api.views.base import View
from ecase.officers.models import Post
from workflows.motions.filters import ME
from workflows.statute.catalogue import catalogue, in_force
from workflows.statute.schema import Catalogue


class Kinds(View):
    """The kinds of motions that can be filed now."""

    queries: ClassVar = {"GET": KindQuery}
    revalidated = True

    @extend_schema(operation_id="listKinds", parameters=[KindQuery], responses=KindPage)
    def get(self, request: Request) -> HttpResponse:
        """The catalogue in force, by key, with the JSON Schema of every payload."""
        version, limit = in_force(), self.filters["limit"]
        law = catalogue(version)
        keys = sorted(key for key in _wanted(law, self.filters, post_of(request)) if key > self.filters["cursor"])
        page = {
            "jurisdiction": version.jurisdiction,
            "version": version.version,
            "sha256": version.sha256,
            "groups": law.groups,
            "next": pagination.next_link(request, keys[limit - 1]) if len(keys) > limit else None,
            "results": [law.kinds[key] for key in keys[:limit]],
        }
        return answer(request, KindPage(page).data)


class OneKind(View):
    revalidated = True

    @extend_schema(operation_id="getKind", responses=KindShape)
    def get(self, request: Request, key: str) -> HttpResponse:
        """A kind: its form and attachments, who acts, and the possible outcomes."""
        kind = catalogue(in_force()).kinds.get(key)
        if kind is None:
            raise Http404
        return answer(request, KindShape(kind).data)


def _wanted(law: Catalogue, filters: dict[str, Any], post: Post) -> list[str]:
    """The keys of the kinds of a group that a role may author, or a step of which it may."""
    role = post.role if filters.get("author") == ME else filters.get("author")
    found = []
    for kind in law.kinds.values():
        authors = {*kind.author_roles, *(author for step in kind.validity.ladder for author in step.authors)}
        if filters.get("group") in (None, kind.group) and (role is None or role in authors):
            found.append(kind.key)
    return found
