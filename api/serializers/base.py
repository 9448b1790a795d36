"""Base serializers and fields. Input is strict: unknown fields are refused."""

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.reverse import reverse

PEM = "-----BEGIN"


class Strict(serializers.Serializer[Any]):
    """Refuses unknown fields, and reports them with all other faults."""

    default_error_messages = {"unknown": _("This field is not known.")}

    def to_internal_value(self, data: Any) -> Any:
        """The checked values. Raises all faults at once, including unknown fields."""
        faults: dict[str, Any] = {}
        try:
            values = super().to_internal_value(data)
        except serializers.ValidationError as fault:
            values, faults = {}, dict(fault.detail) if isinstance(fault.detail, Mapping) else {}
            if not isinstance(data, Mapping):
                raise
        for name in data:
            if name not in self.fields:
                faults[str(name)] = [serializers.ErrorDetail(str(self.error_messages["unknown"]), "unknown")]
        if faults:
            raise serializers.ValidationError(faults)
        return values


class Base64Field(serializers.CharField):
    """Bytes as base64 (RFC 4648, 4)."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        # Only the size of bytes matters; the parser has checked every character of the text already.
        self.validators = [validator for validator in self.validators if isinstance(validator, MaxLengthValidator)]

    def to_internal_value(self, data: Any) -> Any:
        """The decoded bytes; PEM and other text are returned as they are, for the verifier to report."""
        text = str(super().to_internal_value(data))
        if text.lstrip().startswith(PEM):
            return text.encode()
        try:
            return base64.b64decode("".join(text.split()), validate=True)
        except (binascii.Error, ValueError):
            return text.encode()


class BytesField(serializers.CharField):
    """Binary data, as base64 (RFC 4648, 4)."""

    def to_representation(self, value: Any) -> str:
        return base64.b64encode(bytes(value)).decode()


class ConstantField(serializers.ChoiceField):
    """A value that is the same for every row."""

    def __init__(self, constant: str) -> None:
        super().__init__([constant], source="*")
        self.constant = constant

    def to_representation(self, value: Any) -> str:
        return self.constant


class LinkField(serializers.URLField):
    """The address of a view whose arguments are attributes of the row; null if the attribute ``needs`` is empty."""

    def __init__(self, view: str, *attributes: str, needs: str = "pk", **options: Any) -> None:
        super().__init__(source="*", **options)
        self.view, self.attributes, self.needs = view, attributes, needs

    def to_representation(self, value: Any) -> Any:
        """The absolute address, by the scheme and host of the request."""
        if getattr(value, self.needs) is None:
            return None
        arguments = [getattr(value, name) for name in self.attributes]
        return reverse(self.view, arguments, request=self.context["request"])


class Named(serializers.Serializer[Any]):
    key = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]


class PersonOfList(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()


class OfficeShape(serializers.Serializer[Any]):
    bin = serializers.CharField()
    name = serializers.CharField()
