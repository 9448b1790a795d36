"""Base serializers and fields. Input is strict: unknown fields are refused."""

import base64
import binascii
import re
import threading
from collections.abc import Mapping
from operator import attrgetter
from typing import Any, TypeVar, cast

from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.reverse import reverse

from api.authentication import post_of
from ecase.officers.models import Post

Shape = TypeVar("Shape", bound=serializers.Serializer[Any])
PEM = "-----BEGIN"
LOCAL = _("State the offset from UTC, as in 2026-12-01T09:00:00Z.")
_OFFSET = re.compile(r"[0-9](Z|[+-][0-9]{2}:[0-9]{2})$", re.IGNORECASE)
# Fields that are text in JSON.
TEXTS = (serializers.CharField, serializers.UUIDField, serializers.DateTimeField, serializers.DateField)


# Refuses unknown fields, and reports them with all other faults. No docstring: it would be that of every input in the
# OpenAPI description.
class Strict(serializers.Serializer[Any]):
    default_error_messages = {
        "unknown": _("This field is not known."),
        "not-text": _("A text is expected."),
        "offset-missing": LOCAL,
    }

    def to_internal_value(self, data: Any) -> Any:
        """The checked values. Raises all faults at once, including unknown fields."""
        faults: dict[str, Any] = {}
        try:
            values = super().to_internal_value(data)
        except serializers.ValidationError as fault:
            values, faults = {}, dict(fault.detail) if isinstance(fault.detail, Mapping) else {}
            if not isinstance(data, Mapping):
                raise
        for name, value in data.items():
            field = self.fields.get(name)
            code = "unknown" if field is None else _fault_of_text(field, value)
            if code:
                faults[str(name)] = [serializers.ErrorDetail(str(self.error_messages[code]), code)]
        if faults:
            raise serializers.ValidationError(faults)
        return values


# An answer whose fields are read from the row, except for those that `compute` returns. Unlike a
# `SerializerMethodField`, a computed field keeps its type in the OpenAPI description, of which docstrings are part.
class Output(serializers.Serializer[Any]):
    def compute(self, row: Any) -> dict[str, Any]:
        """The values of the fields that are no attributes of ``row``, by field."""
        raise NotImplementedError

    def to_representation(self, row: Any) -> dict[str, Any]:
        """All declared fields."""
        computed, answer = self.compute(row), dict[str, Any]()
        for field in self._readable_fields:
            name = str(field.field_name)
            value = computed[name] if name in computed else field.get_attribute(row)
            answer[name] = None if value is None else field.to_representation(value)
        return answer

    @property
    def post(self) -> Post:
        """The post that is answered."""
        return post_of(self.context["request"])


class _Kept(threading.local):
    """The serializers of :func:`kept`, one for each class and thread."""

    def __init__(self) -> None:
        self.serializers: dict[type[serializers.Serializer[Any]], serializers.Serializer[Any]] = {}


_KEPT = _Kept()


def describe(shape: type[serializers.Serializer[Any]], row: Any, request: Request) -> dict[str, Any]:
    """``row`` as ``shape`` has it. As ``shape(row, ...).data``, without copying all its fields for each answer."""
    serializer = kept(shape)
    serializer._context = {"request": request}  # noqa: SLF001 - what its argument would set
    try:
        return dict(serializer.to_representation(row))
    finally:
        serializer._context = {}  # noqa: SLF001


def kept(shape: type[Shape]) -> Shape:
    """A serializer for this thread, made once. Only for what leaves no trace in it: ``run_validation``."""
    if shape not in _KEPT.serializers:
        _KEPT.serializers[shape] = shape()
    return cast(Shape, _KEPT.serializers[shape])


def is_local(text: str) -> bool:
    """Whether the text of an instant lacks its offset from UTC, without which it is none (RFC 3339)."""
    return not _OFFSET.search(text)


def _fault_of_text(field: Any, value: Any) -> str:
    """Not a text, which REST framework would make of a number or of true and false; or an instant without offset."""
    if isinstance(field, TEXTS) and isinstance(value, bool | int | float):
        return "not-text"
    is_instant = isinstance(field, serializers.DateTimeField) and isinstance(value, str)
    return "offset-missing" if is_instant and value and is_local(value) else ""


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
    """The address of a view whose arguments are attributes of the row; null if ``needs`` (the last one) is empty."""

    def __init__(self, view: str, *attributes: str, needs: str = "", **options: Any) -> None:
        super().__init__(source="*", **options)
        self.view, self.attributes, self.needs = view, attributes, needs or attributes[-1]

    def to_representation(self, value: Any) -> Any:
        """The absolute address, by the scheme and host of the request."""
        if attrgetter(self.needs)(value) is None:
            return None
        arguments = [attrgetter(name)(value) for name in self.attributes]
        return reverse(self.view, arguments, request=self.context["request"])


class Named(serializers.Serializer[Any]):
    key = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]


class PersonOfList(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField(source="full_name")


class OfficeShape(serializers.Serializer[Any]):
    bin = serializers.CharField()
    name = serializers.CharField()
