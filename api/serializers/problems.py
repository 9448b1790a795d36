"""Problem documents (RFC 9457)."""

from typing import Any

from rest_framework import serializers


class ProblemItem(serializers.Serializer[Any]):
    code = serializers.CharField(help_text="Stable, for machines.")
    field = serializers.CharField(allow_blank=True, help_text="Dotted path into the input; empty: of the whole.")
    message = serializers.CharField(help_text="A sentence in the language of Accept-Language.")
    params = serializers.DictField(required=False)


class ProblemDocument(serializers.Serializer[Any]):
    type = serializers.URLField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField(allow_blank=True)
    instance = serializers.CharField()
    problems = ProblemItem(many=True)
