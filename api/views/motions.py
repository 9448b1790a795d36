"""Motions: lists, drafts, and the whole motion."""

import uuid
from collections.abc import Mapping
from contextlib import nullcontext
from typing import Any, ClassVar

from django.db import transaction
from django.http import Http404, HttpResponse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api import schemas
from api.authentication import post_of
from api.conditional import answer, etag, revision_of
from api.filters import OPEN, TELLING, QueueQuery, SchemaQuery
from api.idempotency import once
from api.openapi import IDEMPOTENCY_KEY, IF_MATCH
from api.pagination import answer_page
from api.serializers.base import describe
from api.serializers.drafts import DraftChange, DraftInput
from api.serializers.motions import COLUMNS, KeptMotionShape, MotionLine, MotionPage, MotionShape, describe_rows
from api.views.base import View, checked
from ecase.cases.models import Case
from ecase.officers.models import Post
from ecase.pagination import fetch_page
from ecase.problems import Invalid, Problem
from workflows.motions import queries, signers
from workflows.motions.filters import MotionFilter
from workflows.motions.models import Motion, MotionQuerySet
from workflows.motions.services import acting, drafts
from workflows.motions.states import ActType
from workflows.motions.worklists import KEPT, worklist_of, worklists_of


class Motions(View):
    """The caller's motions, and new drafts."""

    queries: ClassVar = {"GET": QueueQuery}
    revalidated = True
    filterset_class = MotionFilter
    queryset = Motion.objects.none()

    @extend_schema(operation_id="listMotions", parameters=[QueueQuery], responses=MotionPage)
    def get(self, request: Request) -> HttpResponse:
        """The motions that the caller's post may open, newest first."""
        # The hot path: one query in addition to the token's, columns and no models, no serializer.
        if self.filters["scope"] == KEPT:
            return self._kept(request)
        limit, url = self.filters["limit"], request.build_absolute_uri(request.path)
        post, cursor = post_of(request), self.filters.get("cursor")
        if self.filters["scope"] == OPEN and not (self.filterset and self.filterset.data):
            page = queries.queue_page(post, COLUMNS, cursor, limit)
        else:
            wanted = self._narrowed(_listed(post, self.filters["scope"]))
            page = fetch_page(wanted.values(*COLUMNS), "created_at", cursor, size=limit)
        return answer(request, answer_page(request, page, describe_rows(page.rows, url)))

    def _kept(self, request: Request) -> HttpResponse:
        limit, post = self.filters["limit"], post_of(request)
        message = _("Motions that are with others now are narrowed by kind only.")
        given = self.filterset.data if self.filterset else {}
        if unfit := [Problem("unfit", message, name) for name in TELLING if name in given]:
            raise Invalid(unfit)
        wanted = self._narrowed(signers.elsewhere(post)).select_related(*signers.RELATED)
        page = fetch_page(wanted, "created_at", self.filters.get("cursor"), size=limit)
        stood = signers.as_they_stood(post, page.rows)
        lines = MotionLine(stood, many=True, context={"request": request}).data
        return answer(request, answer_page(request, page, lines))

    def _narrowed(self, motions: MotionQuerySet) -> MotionQuerySet:
        return self.filterset.filter_queryset(motions) if self.filterset else motions

    @extend_schema(
        operation_id="createDraft", request=DraftInput, parameters=[IDEMPOTENCY_KEY], responses={201: MotionShape}
    )
    def post(self, request: Request) -> Response:
        """Create a draft under the catalogue in force."""
        given = checked(DraftInput, request.data)
        return once(request, request.data, lambda: _created(request, given))


def _listed(post: Post, scope: str) -> MotionQuerySet:
    """The motions of the caller's list of that name. Raises ``Invalid`` if his role has no such list."""
    if scope == OPEN:
        return queries.queue(post)
    worklist = worklist_of(post, scope)
    if worklist is None:
        known = ", ".join(worklist.key for worklist in worklists_of(post))
        message = _("Your role has no such list. It has: %(lists)s.") % {"lists": known}
        raise Invalid(Problem("unknown-scope", message, "scope"))
    return worklist.motions(post)


@transaction.atomic
def _created(request: Request, given: dict[str, Any]) -> Response:
    post = post_of(request)
    case = Case.objects.visible_to(post).filter(number=given["case"]).first()
    if case is None:
        raise Invalid(Problem("unknown-case", _("You work on no case of this number."), "case"))
    motion = drafts.create(case, given["kind"], post)
    _change(motion, post, given)
    response = shown(request, motion.pk, status=201)
    response["Location"] = response.data["url"]
    return response


def _change(motion: Motion, post: Post, given: Mapping[str, Any], seen: int | None = None) -> None:
    """Apply the given changes to a draft; ``seen`` is the revision that the caller saw before the first change.

    The payload is saved first: fields that it leaves open are filled in from the earlier decision.
    """
    if "payload" in given:
        drafts.save(motion, post, given["payload"], seen)
        seen = None
    if "earlier" in given:
        earlier = queries.queue(post).filter(pk=given["earlier"]).first() if given["earlier"] else None
        if given["earlier"] and earlier is None:
            raise Invalid(Problem("unknown-motion", _("You may open no motion of this id."), "earlier"))
        drafts.relate(motion, post, earlier, seen)
    if not given:
        drafts.require_seen(motion, seen)


def shown(request: Request, motion_id: uuid.UUID, status: int = 200) -> Response:
    """The motion now, with its revision as ``ETag``; for a signer who may open it no longer, as it stood then."""
    motion = queries.find(post_of(request), motion_id)
    if motion is None:
        kept = signers.get(post_of(request), motion_id)
        body = KeptMotionShape(kept.motion, context={"request": request, "kept": kept}).data
        return Response(body, headers={"ETag": etag(kept.motion.revision)})
    return Response(describe(MotionShape, motion, request), status=status, headers={"ETag": etag(motion.revision)})


class OneMotion(View):
    """A motion that the caller may open."""

    @extend_schema(operation_id="getMotion", responses=MotionShape)
    def get(self, request: Request, motion_id: uuid.UUID) -> Response:
        """A motion with its deadlines, its timeline, and the acts that the caller may prepare now."""
        return shown(request, motion_id)

    @extend_schema(
        operation_id="changeDraft", request=DraftChange, parameters=[IF_MATCH, IDEMPOTENCY_KEY], responses=MotionShape
    )
    def patch(self, request: Request, motion_id: uuid.UUID) -> Response:
        """Replace a draft's payload, or name its earlier motion. The payload may be incomplete."""
        motion, seen = queries.get(post_of(request), motion_id), revision_of(request)
        given = checked(DraftChange, request.data)

        def effect() -> Response:
            # A single change records its refusal itself; a transaction around it would roll that record back.
            with transaction.atomic() if len(given) > 1 else nullcontext():
                _change(motion, post_of(request), given, seen)
            return shown(request, motion_id)

        return once(request, [seen, request.data], effect)

    @extend_schema(operation_id="discardDraft", responses={204: OpenApiResponse(description="The draft is gone.")})
    def delete(self, request: Request, motion_id: uuid.UUID) -> Response:
        """Delete a draft that was never filed."""
        drafts.discard(queries.get(post_of(request), motion_id), post_of(request))
        return Response(status=204)


class MotionSchema(View):
    """The JSON Schema of an act's payload, by the catalogue version of the motion."""

    queries: ClassVar = {"GET": SchemaQuery}
    revalidated = True
    produces = ("application/schema+json",)

    @extend_schema(
        operation_id="getPayloadSchema",
        parameters=[OpenApiParameter("act_type", OpenApiTypes.STR, "path", enum=ActType.values), SchemaQuery],
        responses=OpenApiTypes.OBJECT,
    )
    def get(self, request: Request, motion_id: uuid.UUID, act_type: str) -> HttpResponse:
        """JSON Schema 2020-12 of the payload of `type`; of a decision or a ruling, for one outcome."""
        motion = acting.motion_for_act(post_of(request), motion_id, act_type)
        if act_type not in ActType.values:
            raise Http404
        schema = schemas.build_act_schema(motion, ActType(act_type), self.filters["outcome"], post_of(request))
        if schema is None:
            raise Http404
        response = answer(request, schema)
        if response.status_code == 200:  # noqa: PLR2004
            response["Content-Type"] = "application/schema+json"
        return response
