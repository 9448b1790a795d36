"""Answers and input of the peer."""

from typing import ClassVar

from rest_framework import serializers

from bench.peer.models import Act, Motion, Officer


class OfficerSerializer(serializers.ModelSerializer[Officer]):
    name = serializers.CharField(read_only=True)

    class Meta:
        model = Officer
        fields: ClassVar = ["id", "name"]


class MotionSerializer(serializers.ModelSerializer[Motion]):
    id = serializers.UUIDField(source="uid", read_only=True)
    url = serializers.HyperlinkedIdentityField(view_name="motion", lookup_field="uid")
    case = serializers.CharField(source="case.number", read_only=True)
    kind = serializers.CharField(source="kind.code", read_only=True)
    kind_name = serializers.CharField(source="kind.name_kk", read_only=True)
    author = OfficerSerializer(source="author.officer", read_only=True)
    judge = OfficerSerializer(read_only=True)

    class Meta:
        model = Motion
        fields: ClassVar = [
            "id",
            "url",
            "case",
            "kind",
            "kind_name",
            "state",
            "number",
            "outcome",
            "secret",
            "language",
            "revision",
            "author",
            "judge",
            "created_at",
            "submitted_at",
            "registered_at",
            "decided_at",
            "next_due_at",
        ]


class SignatureSerializer(serializers.Serializer[Act]):
    cms = serializers.CharField()


class ActSerializer(serializers.ModelSerializer[Act]):
    id = serializers.UUIDField(source="uid", read_only=True)
    motion = MotionSerializer(read_only=True)

    class Meta:
        model = Act
        fields: ClassVar = ["id", "type", "payload", "sha256", "performed_at", "motion"]
