"""The peer's requests: a page of the queue, one motion, an act's signature."""

import base64
import binascii
from typing import Any, ClassVar, cast
from uuid import UUID

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from rest_framework import generics, status
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from bench.peer.acts import perform
from bench.peer.models import Motion, Officer, Post
from bench.peer.serializers import ActSerializer, MotionSerializer, SignatureSerializer

RELATED = ("case", "kind", "author__officer", "judge")


class Newest(CursorPagination):
    page_size = 20
    page_size_query_param = "limit"
    max_page_size = 100
    ordering = "-created_at"


class MotionFilter(filters.FilterSet):
    kind = filters.CharFilter(field_name="kind__code")
    case = filters.CharFilter(field_name="case__number")
    since = filters.IsoDateTimeFilter(field_name="created_at", lookup_expr="gte")
    until = filters.IsoDateTimeFilter(field_name="created_at", lookup_expr="lt")

    class Meta:
        model = Motion
        fields: ClassVar = ["state", "kind", "case", "since", "until"]


class Visible(generics.GenericAPIView[Motion]):
    """The motions that the caller's post may open."""

    serializer_class = MotionSerializer

    def get_queryset(self) -> QuerySet[Motion]:
        post = Post.objects.filter(officer=cast(Officer, self.request.user), until=None).first()
        if post is None:
            raise PermissionDenied
        motions = Motion.objects.select_related(*RELATED)
        if post.role == "investigator":
            return motions.filter(author=post)
        motions = motions.exclude(state=Motion.State.DRAFT)
        if post.role == "prosecutor":
            return motions.filter(prosecution=post.organisation_id)
        return motions.filter(court=post.organisation_id, judge=post.officer_id)


class Motions(Visible, generics.ListAPIView[Motion]):
    filterset_class, pagination_class = MotionFilter, Newest


class OneMotion(Visible, generics.RetrieveAPIView[Motion]):
    lookup_field = "uid"


class Signature(APIView):
    def post(self, request: Request, uid: UUID) -> Response:
        """Perform a prepared act with its signature."""
        given = SignatureSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        act = perform(uid, _decoded(given.validated_data["cms"]), cast(Any, request.user))
        return Response(ActSerializer(act, context={"request": request}).data, status=status.HTTP_201_CREATED)


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as fault:
        raise ValidationError({"cms": "It is not base64."}) from fault
