"""Suggestions of the assistant: requested by the judge, labelled, never an act."""

import uuid
from functools import partial

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api.authentication import post_of
from api.idempotency import once
from api.openapi import IDEMPOTENCY_KEY
from api.serializers.suggestions import AcceptedShape, SuggestionInput, SuggestionShape
from api.views.base import View, answer_made, checked
from workflows.drafting import services as drafting
from workflows.drafting.models import Suggestion
from workflows.motions import queries


class Suggestions(View):
    @extend_schema(
        operation_id="suggest", request=SuggestionInput, parameters=[IDEMPOTENCY_KEY], responses={202: AcceptedShape}
    )
    def post(self, request: Request, motion_id: uuid.UUID) -> Response:
        """Ask for the text of a decision with this outcome. Only the judge may, after opening the materials."""
        motion = queries.get(post_of(request), motion_id)
        outcome = checked(SuggestionInput, request.data)["outcome"]
        suggest = partial(drafting.suggest, motion, post_of(request), outcome)
        return once(request, request.data, lambda: answer_made(AcceptedShape, suggest(), request, status=202))


class OneSuggestion(View):
    @extend_schema(operation_id="getSuggestion", responses=SuggestionShape)
    def get(self, request: Request, motion_id: uuid.UUID, suggestion_id: uuid.UUID) -> Response:
        """The suggested text as first made, with a source for every paragraph."""
        motion = queries.get(post_of(request), motion_id)
        suggestion = Suggestion.objects.get(pk=suggestion_id, motion=motion, post__officer=post_of(request).officer_id)
        return Response(SuggestionShape(suggestion, context={"request": request}).data)
