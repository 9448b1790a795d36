"""Motions: the queue, drafts, and one motion whole."""

import uuid
from collections.abc import Callable
from typing import Any, ClassVar

from django.db import transaction
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from api import answers, pages, schemas
from api.authentication import post_of
from api.conditional import answer, etag, revision_of
from api.idempotency import once
from api.openapi import IDEMPOTENCY_KEY, IF_MATCH
from api.shapes import DraftChange, DraftInput, MotionPage, MotionShape, QueueQuery, SchemaQuery
from api.views.base import View, checked
from ecase.cases.models import Case
from ecase.officers.models import Post
from ecase.problems import Invalid, Problem
from workflows.motions import drafts, reading
from workflows.motions.models import MotionQuerySet
from workflows.motions.states import ActType

ME = "me"


class Motions(View):
    """The caller's queue, and new drafts."""

    queries: ClassVar = {"GET": QueueQuery}

    @extend_schema(operation_id="listMotions", parameters=[QueueQuery], responses=MotionPage)
    def get(self, request: Request) -> HttpResponse:
        """The motions that the caller's post may open, newest first."""
        # The hot path: one query beside the token's, columns and no models, no serializer.
        limit, url = self.filters["limit"], reverse("api:motions", request=request)
        wanted = _narrowed(reading.queue(post_of(request)), self.filters, post_of(request))
        cursor = pages.Cursor.parse(self.filters["cursor"]) if "cursor" in self.filters else None
        rows = list(pages.after(wanted, cursor, by="created_at").values(*answers.LINE)[: limit + 1])
        page = pages.page(request, rows, limit, by="created_at")
        return answer(request, {**page, "results": [answers.line(row, url) for row in page["results"]]})

    @extend_schema(
        operation_id="createDraft", request=DraftInput, parameters=[IDEMPOTENCY_KEY], responses={201: MotionShape}
    )
    def post(self, request: Request) -> Response:
        """A draft of the caller's, under the catalogue in force."""
        given = checked(DraftInput, request.data)
        return once(request, request.data, lambda: _created(request, given))


@transaction.atomic
def _created(request: Request, given: dict[str, Any]) -> Response:
    post = post_of(request)
    case = Case.objects.visible_to(post).filter(number=given["case"]).first()
    if case is None:
        raise Invalid(Problem("unknown-case", _("You work on no case of this number."), "case"))
    motion = drafts.create(case, given["kind"], post)
    if "payload" in given:
        motion = drafts.save(motion, post, given["payload"])
    response = shown(request, motion.pk, status=201)
    response["Location"] = response.data["url"]
    return response


def shown(request: Request, motion_id: uuid.UUID, status: int = 200) -> Response:
    """The motion as it is now, its revision as ``ETag``."""
    motion = reading.get(post_of(request), motion_id)
    body = answers.motion(request, motion, post_of(request))
    return Response(body, status=status, headers={"ETag": etag(motion.revision)})


class OneMotion(View):
    """One motion that the caller may open."""

    @extend_schema(operation_id="getMotion", responses=MotionShape)
    def get(self, request: Request, motion_id: uuid.UUID) -> Response:
        """A motion with its deadlines, its timeline, and the acts that the caller may prepare now."""
        return shown(request, motion_id)

    @extend_schema(
        operation_id="changeDraft", request=DraftChange, parameters=[IF_MATCH, IDEMPOTENCY_KEY], responses=MotionShape
    )
    def patch(self, request: Request, motion_id: uuid.UUID) -> Response:
        """Replace a draft's payload. It may be incomplete; what is wrong or unknown is refused."""
        motion, seen = reading.get(post_of(request), motion_id), revision_of(request)
        payload = checked(DraftChange, request.data)["payload"]

        def effect() -> Response:
            drafts.save(motion, post_of(request), payload, seen)
            return shown(request, motion_id)

        return once(request, [seen, request.data], effect)

    @extend_schema(operation_id="discardDraft", responses={204: OpenApiResponse(description="The draft is gone.")})
    def delete(self, request: Request, motion_id: uuid.UUID) -> Response:
        """Delete a draft that was never filed."""
        drafts.discard(reading.get(post_of(request), motion_id), post_of(request))
        return Response(status=204)


class MotionSchema(View):
    """The JSON Schema of an act's payload, by the catalogue version of the motion."""

    queries: ClassVar = {"GET": SchemaQuery}

    @extend_schema(
        operation_id="getPayloadSchema",
        parameters=[OpenApiParameter("act_type", OpenApiTypes.STR, "path", enum=ActType.values), SchemaQuery],
        responses={(200, "application/schema+json"): OpenApiTypes.OBJECT},
    )
    def get(self, request: Request, motion_id: uuid.UUID, act_type: str) -> HttpResponse:
        """JSON Schema 2020-12 of the payload of `type`; of a decision, for one outcome."""
        motion = reading.get(post_of(request), motion_id)
        known = act_type in ActType.values
        schema = schemas.of_act(motion.kind_entry, ActType(act_type), self.filters["outcome"]) if known else None
        if schema is None:
            raise Http404
        response = answer(request, schema)
        if response.status_code == 200:  # noqa: PLR2004
            response["Content-Type"] = "application/schema+json"
        return response


def _narrowed(queue: MotionQuerySet, filters: dict[str, Any], post: Post) -> MotionQuerySet:
    return queue.filter(*(condition(filters[name], post) for name, condition in _FILTERS.items() if name in filters))


def _numbered(value: str, _post: Post) -> Q:
    return Q(number__icontains=value) | Q(case__number__icontains=value)


def _assigned(value: str, post: Post) -> Q:
    if value == ME:
        return Q(judge=post.officer_id)
    try:
        return Q(judge=uuid.UUID(value))
    except ValueError as fault:
        raise Invalid(Problem("assigned-to", _("An officer's id or “me” is expected."), "assigned_to")) from fault


_FILTERS: dict[str, Callable[[Any, Post], Q]] = {
    "state": lambda value, _post: Q(state=value),
    "kind": lambda value, _post: Q(kind=value),
    "due_before": lambda value, _post: Q(next_due_at__lt=value),
    "assigned_to": _assigned,
    "q": _numbered,
}
