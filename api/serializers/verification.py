"""Verification of evidence containers."""

from typing import Any

from rest_framework import serializers

from api.serializers.base import Strict

INDICATIONS = ["TOTAL_PASSED", "INDETERMINATE", "TOTAL_FAILED"]


class VerifyInput(Strict):
    file = serializers.FileField(max_length=200, help_text="An evidence container.")


class VerdictLine(serializers.Serializer[Any]):
    name = serializers.CharField(help_text="What was looked at: statement, signature, file, chain, audit-proof.")
    subject = serializers.CharField(allow_blank=True)
    indication = serializers.ChoiceField(INDICATIONS)
    detail = serializers.CharField(allow_blank=True, help_text="In English.")
    fault = serializers.DictField(required=False, help_text="Code and parameters of what `detail` says.")
    report = serializers.DictField(required=False)


class VerdictShape(serializers.Serializer[Any]):
    indication = serializers.ChoiceField(INDICATIONS, help_text="The worst of all lines.")
    verified_at = serializers.DateTimeField(help_text="The instant that it was verified as of.")
    lines = VerdictLine(many=True)
    act = serializers.DictField(help_text="What the act states.")
