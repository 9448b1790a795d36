"""Endpoints of the caller's body: list, add, narrow, rotate, test, end."""

import uuid
from functools import partial

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api.authentication import post_of
from api.idempotency import once
from api.openapi import IDEMPOTENCY_KEY
from api.serializers.base import describe
from api.serializers.endpoints import (
    EndpointChange,
    EndpointInput,
    Endpoints,
    EndpointShape,
    NewEndpointShape,
    SentMessage,
)
from api.views.base import View, answer_made, checked
from ecase.outbox import subscriptions
from ecase.outbox.channels.webhook import message_id


class EndpointsOfBody(View):
    """The endpoints of the caller's body."""

    @extend_schema(operation_id="listEndpoints", responses=Endpoints)
    def get(self, request: Request) -> Response:
        """The active endpoints of the caller's body, and how they fare."""
        found = subscriptions.endpoints_of(post_of(request))
        return Response({"results": EndpointShape(found, many=True, context={"request": request}).data})

    @extend_schema(
        operation_id="addEndpoint",
        request=EndpointInput,
        parameters=[IDEMPOTENCY_KEY],
        responses={201: NewEndpointShape},
    )
    def post(self, request: Request) -> Response:
        """Post the body's messages to an address from now on. The answer holds the secret that signs them."""
        given = checked(EndpointInput, request.data)
        add = partial(subscriptions.add_endpoint, post_of(request), given["address"], given["topics"])
        return once(request, request.data, lambda: answer_made(NewEndpointShape, add(), request))


class OneEndpoint(View):
    """One endpoint of the caller's body."""

    @extend_schema(operation_id="getEndpoint", responses=EndpointShape)
    def get(self, request: Request, endpoint_id: uuid.UUID) -> Response:
        """An endpoint, and how it fares."""
        endpoint = subscriptions.endpoints_of(post_of(request)).get(pk=endpoint_id)
        return Response(EndpointShape(endpoint, context={"request": request}).data)

    @extend_schema(
        operation_id="changeEndpoint",
        request=EndpointChange,
        parameters=[IDEMPOTENCY_KEY],
        responses=EndpointShape,
    )
    def patch(self, request: Request, endpoint_id: uuid.UUID) -> Response:
        """Narrow the topics that are posted to it."""
        post = post_of(request)
        endpoint, given = subscriptions.endpoints_of(post).get(pk=endpoint_id), checked(EndpointChange, request.data)

        def effect() -> Response:
            subscriptions.choose_topics(endpoint, given["topics"], actor=post.as_actor())
            return Response(EndpointShape(endpoint, context={"request": request}).data)

        return once(request, request.data, effect)

    @extend_schema(
        operation_id="endEndpoint", responses={204: OpenApiResponse(description="Nothing new is posted to it.")}
    )
    def delete(self, request: Request, endpoint_id: uuid.UUID) -> Response:
        """End the endpoint. Messages that are under way to it are still delivered."""
        post = post_of(request)
        subscriptions.unsubscribe(subscriptions.endpoints_of(post).get(pk=endpoint_id), actor=post.as_actor())
        return Response(status=204)


class Rotation(View):
    """The secret of an endpoint."""

    @extend_schema(
        operation_id="rotateSecret", request=None, parameters=[IDEMPOTENCY_KEY], responses={201: NewEndpointShape}
    )
    def post(self, request: Request, endpoint_id: uuid.UUID) -> Response:
        """A new secret. For 24 hours messages carry two signatures, one with the old secret."""
        post = post_of(request)
        endpoint = subscriptions.endpoints_of(post).get(pk=endpoint_id)
        rotate = partial(subscriptions.rotate_secret, endpoint, actor=post.as_actor())
        return once(request, request.data, lambda: Response(describe(NewEndpointShape, rotate(), request), status=201))


class TestMessage(View):
    """A test of an endpoint."""

    @extend_schema(
        operation_id="testEndpoint", request=None, parameters=[IDEMPOTENCY_KEY], responses={202: SentMessage}
    )
    def post(self, request: Request, endpoint_id: uuid.UUID) -> Response:
        """Post a message of the topic `endpoint.test` to it, signed as every other and tried again as every other."""
        endpoint = subscriptions.endpoints_of(post_of(request)).get(pk=endpoint_id)
        send = partial(subscriptions.send_test, endpoint)
        return once(request, request.data, lambda: Response({"id": message_id(send())}, status=202))
