"""Endpoints: the addresses to which an organisation's messages are posted."""

from typing import Any

from django.utils import timezone
from rest_framework import serializers

from api.serializers.base import LinkField, Output, Strict
from ecase.outbox import circuit, receivers, subscriptions
from ecase.outbox.models import Subscription
from workflows.watch.topics import TOPICS

NARROWED = "Only messages of these topics are posted; empty: all."


class EndpointChange(Strict):
    topics = serializers.ListField(child=serializers.ChoiceField(TOPICS), max_length=len(TOPICS), help_text=NARROWED)


class EndpointInput(Strict):
    address = serializers.CharField(max_length=500, help_text="An https address on the internet.")
    topics = serializers.ListField(
        child=serializers.ChoiceField(TOPICS), max_length=len(TOPICS), required=False, default=list, help_text=NARROWED
    )


class EndpointShape(Output):
    id = serializers.UUIDField()
    url = LinkField("api:endpoint", "pk")
    address = serializers.CharField(source="url", help_text="Where messages are posted.")
    topics = serializers.ListField(child=serializers.ChoiceField(TOPICS), help_text=NARROWED)
    created_at = serializers.DateTimeField()
    status = serializers.ChoiceField(
        circuit.Circuit.values, help_text="`open`: after failures in a row nothing is posted until `paused_until`."
    )
    failures = serializers.IntegerField(help_text="In a row.")
    paused_until = serializers.DateTimeField(allow_null=True)
    under_way = serializers.IntegerField(help_text="Messages that are neither delivered nor given up.")
    given_up = serializers.IntegerField(help_text="Messages that were given up: an operator sends them again.")
    delivered_at = serializers.DateTimeField(allow_null=True, help_text="When a message was acknowledged last.")
    previous_secret_until = serializers.DateTimeField(
        source="previous_until", allow_null=True, help_text="After a rotation: until when the old secret signs too."
    )

    def compute(self, row: Subscription) -> dict[str, Any]:
        now = timezone.now()
        receiver, delivered = receivers.receiver(row, now), subscriptions.last_delivery(row.pk)
        return {
            "status": receiver.circuit.value,
            "under_way": receiver.under_way,
            "given_up": receiver.given_up,
            "delivered_at": delivered.delivered_at if delivered else None,
        }


class NewEndpointShape(EndpointShape):
    secret = serializers.CharField(help_text="`whsec_...` (Standard Webhooks). Shown once.")


class Endpoints(serializers.Serializer[Any]):
    results = EndpointShape(many=True)


class SentMessage(serializers.Serializer[Any]):
    id = serializers.CharField(help_text="The header `webhook-id` of the message.")
