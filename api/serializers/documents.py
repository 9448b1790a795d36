"""Files and materials of a motion."""

from typing import Any

from rest_framework import serializers

from api.serializers.acts import ActLine
from api.serializers.base import LinkField, Strict


class UploadInput(Strict):
    requirement = serializers.SlugField(max_length=40, help_text="Which requirement of the kind the file meets.")
    file = serializers.FileField(max_length=200, allow_empty_file=True)
    sha256 = serializers.RegexField(r"^[0-9a-f]{64}\Z", required=False, help_text="What the file's SHA-256 must be.")


class AttachmentShape(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    url = LinkField("api:document", "motion_id", "pk")
    requirement = serializers.CharField()
    name = serializers.CharField(source="document.name")
    media_type = serializers.CharField(source="document.blob.media_type")
    size = serializers.IntegerField(source="document.blob.size")
    sha256 = serializers.CharField(source="document.blob.sha256")
    filed_by = serializers.UUIDField(
        source="filed_by_id", allow_null=True, help_text="The act that states it: the motion, or a supplement."
    )


class MaterialsShape(serializers.Serializer[Any]):
    opened_at = serializers.DateTimeField(help_text="When this officer first opened the materials as they are now.")
    version = serializers.IntegerField(help_text="The version that was opened.")
    payload = serializers.DictField()
    attachments = AttachmentShape(many=True)
    acts = ActLine(many=True)
