"""Parsers of request bodies. Ambiguous bodies are refused."""

import base64
import binascii
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import IO, Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from rest_framework import parsers
from rest_framework.exceptions import ParseError

from api.problems import BadRequest, TooLarge
from ecase.problems import Invalid, Problem
from ecase.uploads import SLACK, BoundedUpload
from signatures.canonical import MAX_INTEGER, refuse_number, unique_keys

UNSTORABLE = _("The text holds characters that cannot be stored.")
DEPTH = 32


class JSONParser(parsers.JSONParser):
    """Strict RFC 8259: refuses duplicate keys, NUL, lone surrogates, numbers beyond 2^53-1; limits the depth."""

    def parse(self, stream: IO[Any], *_about: Any) -> Any:
        """The value of a JSON body. Raises :class:`BadRequest`."""
        try:
            data = json.loads(stream.read().decode(), object_pairs_hook=unique_keys, parse_constant=refuse_number)
        except (ValueError, RecursionError) as fault:
            raise BadRequest(Problem("malformed-json", _("The body is not valid JSON."))) from fault
        _check(data, "", DEPTH)
        return data


def _check(value: Any, path: str, depth: int) -> None:
    if depth == 0:
        raise BadRequest(Problem("too-deep", _("The body is nested too deeply."), path))
    texts = value if isinstance(value, dict) else [value] if isinstance(value, str) else ()
    if not all(map(is_storable, texts)):
        raise BadRequest(Problem("malformed-text", UNSTORABLE, path))
    # Beyond this size JSON readers may disagree about the number (RFC 8259, 6); NaN compares with nothing.
    if isinstance(value, int | float) and not abs(value) <= MAX_INTEGER:
        raise BadRequest(Problem("malformed-number", _("The number is too large."), path))
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in inner:
        _check(part, f"{path}.{key}".lstrip("."), depth - 1)


def is_storable(text: str) -> bool:
    """Whether PostgreSQL and canonical JSON can hold the text: no NUL, no lone surrogates."""
    try:
        return b"\0" not in text.encode()
    except UnicodeEncodeError:
        # Surrogates cannot be encoded in UTF-8.
        return False


class DocumentParser(parsers.MultiPartParser):
    """Multipart bodies, streamed to a temporary file, with a size limit and ``Content-Digest`` check (RFC 9530)."""

    limit: Callable[[], int] = staticmethod(lambda: settings.UPLOAD_MAX_BYTES)

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """Fields and files. Raises :class:`TooLarge`, :class:`BadRequest`, or :class:`Invalid` on a wrong digest."""
        context = dict(parser_context or {})
        request = context["request"]._request  # noqa: SLF001
        message = _("The file is larger than is accepted.")
        request.upload_handlers = [
            BoundedUpload(
                self.limit(),
                request,
                lambda limit: TooLarge(Problem("too-large", message, "file", {"limit": limit})),
            )
        ]
        expected = digest_of_header(request.headers.get("Content-Digest"))
        digesting = DigestingStream(stream)
        try:
            parsed = super().parse(digesting, media_type, context)  # type: ignore[arg-type]
        except ParseError as fault:
            message = _("The body is not valid multipart/form-data.")
            raise BadRequest(Problem("malformed-multipart", message)) from fault
        if expected is not None and expected != digesting.finish():
            raise Invalid(Problem("digest", _("The content does not have the digest that its header states.")))
        return parsed


class ContainerParser(DocumentParser):
    """The same for a container of signatures: an archive of many documents."""

    limit: Callable[[], int] = staticmethod(lambda: settings.CONTAINER_LIMITS.archive_bytes)


@dataclass
class DigestingStream:
    """A stream that hashes what is read from it."""

    _stream: IO[bytes]
    _hash: Any = field(default_factory=hashlib.sha256)

    def read(self, size: int = -1) -> bytes:
        data = self._stream.read(size)
        self._hash.update(data)
        return data

    def finish(self) -> bytes:
        """The SHA-256 of the whole stream, including what has not been read yet."""
        while self.read(SLACK):
            pass
        return self._hash.digest()


def digest_of_header(header: str | None) -> bytes | None:
    """The SHA-256 in a ``Content-Digest`` header: ``sha-256=:BASE64:``. Other algorithms are ignored."""
    for member in (header or "").split(","):
        name, _separator, value = member.strip().partition("=")
        if name == "sha-256":
            try:
                return base64.b64decode(value.removeprefix(":").removesuffix(":"), validate=True)
            except (binascii.Error, ValueError) as fault:
                message = _("The Content-Digest header cannot be read.")
                raise BadRequest(Problem("malformed-header", message)) from fault
    return None
