"""Sign-in and the current session."""

from typing import Any

from rest_framework import serializers

from api.serializers.base import Base64Field, BytesField, Strict


class SignInInput(Strict):
    challenge = serializers.UUIDField()
    cms = Base64Field(max_length=512 * 1024, help_text="Detached CAdES over the challenge: DER in base64, or PEM.")
    post = serializers.UUIDField(required=False, help_text="Needed when the officer holds more than one post.")


class ChallengeShape(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    to_sign = BytesField(help_text="The bytes to sign, in base64.")
    expires_at = serializers.DateTimeField()


class PostShape(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    role = serializers.CharField()
    role_name = serializers.CharField(source="get_role_display")
    organisation = serializers.CharField(source="organisation.name")
    organisation_bin = serializers.CharField(source="organisation.bin")


class OfficerShape(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField(source="full_name")
    language = serializers.CharField()


class SessionShape(serializers.Serializer[Any]):
    officer = OfficerShape()
    post = PostShape()
    posts = PostShape(many=True, help_text="Every post that the officer holds now.")
    expires_at = serializers.DateTimeField(allow_null=True)


class TokenShape(SessionShape):
    token = serializers.CharField(help_text="Shown once: the service keeps its hash only.")
