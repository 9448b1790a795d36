"""Drafts: what is sent to create and to change one."""

from rest_framework import serializers

from api.serializers.base import Strict


class DraftInput(Strict):
    case = serializers.CharField(max_length=32, help_text="The case's number in the register (ERDR).")
    kind = serializers.SlugField(max_length=40, help_text="A key of the catalogue in force.")
    payload = serializers.DictField(required=False, help_text="By the kind's JSON Schema; it may be incomplete.")
    earlier = serializers.UUIDField(
        required=False, allow_null=True, help_text="The motion whose sanction this one would extend, end or replace."
    )


class DraftChange(Strict):
    payload = serializers.DictField(
        required=False, help_text="Takes the place of the whole stored payload; it may be incomplete."
    )
    earlier = serializers.UUIDField(required=False, allow_null=True, help_text="As in a new draft; null: none.")
