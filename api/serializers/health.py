"""Probes."""

from typing import Any

from rest_framework import serializers


class HealthShape(serializers.Serializer[Any]):
    status = serializers.ChoiceField(["ok"])


class CheckShape(serializers.Serializer[Any]):
    name = serializers.CharField(help_text="What the service needs.")
    ok = serializers.BooleanField()
    why = serializers.CharField(help_text="What is wrong with it; empty where nothing is.", allow_blank=True)


class ReadyShape(HealthShape):
    checks = CheckShape(many=True)
