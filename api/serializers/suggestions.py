"""Suggestions for decisions."""

from typing import Any

from rest_framework import serializers

from api.serializers.base import ConstantField, LinkField, Strict


class SuggestionInput(Strict):
    outcome = serializers.SlugField(max_length=40)


class ParagraphShape(serializers.Serializer[Any]):
    text = serializers.CharField()
    source = serializers.DictField(help_text="Where the paragraph comes from: kind, label, reference.")  # type: ignore[assignment]


class ComparedShape(serializers.Serializer[Any]):
    act = serializers.UUIDField(source="act_id")
    used = serializers.BooleanField(help_text="Whether the decision names the suggestion.")
    share = serializers.FloatField(help_text="The share, 0 to 1, of the suggestion's own words that was kept.")
    own_words = serializers.IntegerField()
    own_kept = serializers.IntegerField()
    quoted_words = serializers.IntegerField(help_text="Words that the suggestion quotes from the file.")
    quoted_kept = serializers.IntegerField()
    norm_words = serializers.IntegerField(help_text="Words of provisions.")
    norm_kept = serializers.IntegerField()


class SuggestionShape(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    url = LinkField("api:suggestion", "motion_id", "pk")
    status = ConstantField("ready")
    generated = serializers.BooleanField(help_text="The machine-readable mark of what a program has made.")
    motion = serializers.UUIDField(source="motion_id")
    outcome = serializers.CharField()
    engine = serializers.CharField(help_text="What made it: `template`.")
    label = serializers.CharField(help_text="Says that this is a suggestion of a program and no act.")  # type: ignore[assignment]
    text = serializers.CharField()
    paragraphs = ParagraphShape(many=True)
    sha256 = serializers.CharField()
    created_at = serializers.DateTimeField()
    compared = ComparedShape(
        many=True, source="survivals", help_text="The decisions it was compared with, within a minute of signing."
    )


class AcceptedShape(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    url = LinkField("api:suggestion", "motion_id", "pk")
