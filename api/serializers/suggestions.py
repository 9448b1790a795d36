"""Suggestions for decisions."""

from typing import Any

from rest_framework import serializers

from api.serializers.base import ConstantField, LinkField, Strict


class SuggestionInput(Strict):
    outcome = serializers.SlugField(max_length=40)


class ParagraphShape(serializers.Serializer[Any]):
    text = serializers.CharField()
    source = serializers.DictField(help_text="Where the paragraph comes from: kind, label, reference.")  # type: ignore[assignment]


class SuggestionShape(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    url = LinkField("api:suggestion", "motion_id", "pk")
    status = ConstantField("ready")
    generated = serializers.BooleanField(help_text="The machine-readable mark of what a program has made.")
    motion = serializers.UUIDField(source="motion_id")
    outcome = serializers.CharField()
    label = serializers.CharField(help_text="Says that this is a suggestion of a program and no act.")  # type: ignore[assignment]
    text = serializers.CharField()
    paragraphs = ParagraphShape(many=True)
    sha256 = serializers.CharField()
    created_at = serializers.DateTimeField()


class AcceptedShape(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    url = LinkField("api:suggestion", "motion_id", "pk")
