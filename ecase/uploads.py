"""Streams an upload to a temporary file, within a size limit."""

from collections.abc import Callable
from typing import Any

from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.http import HttpRequest

from ecase.problems import Refused

# Room for the fields and boundaries of a multipart body in addition to its file.
SLACK = 64 * 1024


class BoundedUpload(TemporaryFileUploadHandler):
    """Stops reading once a file exceeds ``limit`` bytes, and raises what ``refusal`` makes of the limit."""

    def __init__(self, limit: int, request: HttpRequest, refusal: Callable[[int], Refused]) -> None:
        super().__init__(request)
        self.limit, self.refusal, self.received = limit, refusal, 0

    def handle_raw_input(self, _input_data: Any, _meta: Any, content_length: int, *_about: Any) -> None:
        """Refuse a body whose announced length is too large, before the first byte is read."""
        if content_length > self.limit + SLACK:
            raise self.refusal(self.limit)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Count the bytes received."""
        self.received += len(raw_data)
        if self.received > self.limit:
            raise self.refusal(self.limit)
        super().receive_data_chunk(raw_data, start)
