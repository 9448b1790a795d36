"""Draws of judges, and differences between versions."""

from typing import Any

from rest_framework import serializers

from api.serializers.base import OfficeShape


class DrawShape(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    algorithm = serializers.CharField()
    at = serializers.DateTimeField()
    court = OfficeShape()
    roster = serializers.CharField()
    seed = serializers.CharField()
    made_of = serializers.DictField(help_text="The parts of the seed.")
    candidates = serializers.ListField(help_text="With the weight of each, and what that was made of.")
    excluded = serializers.DictField(help_text="Every reason, by officer.")
    chosen = serializers.UUIDField()


class Draws(serializers.Serializer[Any]):
    results = DrawShape(many=True)


class SegmentShape(serializers.Serializer[Any]):
    mark = serializers.ChoiceField(["same", "removed", "added"])
    text = serializers.CharField()


class ChangeShape(serializers.Serializer[Any]):
    label = serializers.CharField()  # type: ignore[assignment]
    article = serializers.CharField(allow_blank=True)
    before = serializers.CharField(allow_blank=True)
    after = serializers.CharField(allow_blank=True)
    segments = SegmentShape(many=True)


class Difference(serializers.Serializer[Any]):
    versions = serializers.ListField(child=serializers.IntegerField(), help_text="All that can be compared.")
    changes = ChangeShape(many=True)
