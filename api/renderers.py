"""JSON rendering with orjson."""

from typing import Any

import orjson
from django.utils.functional import Promise
from rest_framework.renderers import BaseRenderer


class JSONRenderer(BaseRenderer):
    """UTF-8 JSON; instants as RFC 3339 in UTC with ``Z``."""

    media_type = "application/json"
    format = "json"
    charset = None

    def render(self, data: Any, *_about: Any) -> bytes:
        """The bytes of ``data``; empty for ``None``; bytes are passed through."""
        if data is None or isinstance(data, bytes):
            return data or b""
        return dumps(data)


def dumps(data: Any) -> bytes:
    """JSON bytes of plain values, instants, dates, UUIDs and lazily translated texts."""
    return orjson.dumps(data, default=_plain, option=orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS)


def _plain(value: Any) -> Any:
    if isinstance(value, Promise):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")
