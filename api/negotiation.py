"""Content negotiation: an answer is served to whoever accepts a media type that the description declares for it."""

from collections.abc import Iterable
from typing import Any

from rest_framework.exceptions import NotAcceptable
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.utils.mediatypes import _MediaType

from api.problems import MEDIA_TYPE
from ecase.cases import media

# Every file is served under this type too, to clients that take files as bytes and know no other.
BYTES = "application/octet-stream"
# The types of files that officers upload.
FILES = (*dict.fromkeys(known.media_type.partition(";")[0] for known in media.TYPES.values()), BYTES)


class DeclaredTypes(DefaultContentNegotiation):
    """Accepts what the view ``produces``, and problem documents, with which any address may answer.

    Views with ``produces`` answer files and texts themselves; everything else, and every problem, is JSON.
    """

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> Any:
        """The JSON renderer, and the first media type of the address that is accepted. Raises ``NotAcceptable``."""
        view: Any = (request.parser_context or {}).get("view")
        renderer = next(iter(renderers))
        produced = getattr(view, "produces", ()) if request.method in {"GET", "HEAD"} else ()
        offered = (*(produced or [str(renderer.media_type)]), MEDIA_TYPE)
        ranges = [_MediaType(token) for token in self.get_accept_list(request)]
        accepted = [ranged for ranged in ranges if _weight(ranged)]
        chosen = next((name for name in offered if any(_MediaType(name).match(ranged) for ranged in accepted)), None)
        if chosen is None:
            raise NotAcceptable(available_renderers=[*renderers])
        return renderer, chosen


def _weight(ranged: _MediaType) -> float:
    """How much a media range of ``Accept`` is wanted; 0: not at all (RFC 9110, 12.4.2)."""
    try:
        return float(ranged.params.get("q", 1))
    except ValueError:
        return 1
