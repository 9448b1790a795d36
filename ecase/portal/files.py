"""Files in answers: shown by the browser if that is safe, downloaded otherwise."""

from typing import IO, Any

from django.http import FileResponse, HttpResponse
from django.utils.http import content_disposition_header

PDF = "application/pdf"
SHOWN = frozenset({PDF, "image/png", "image/jpeg"})
# The browser's PDF viewer is a page of its own, which the portal's CSP would break; only the portal may frame it.
VIEWER_POLICY = "frame-ancestors 'self'"


def inline(stream: IO[Any], name: str, media_type: str) -> FileResponse:
    """A file for the browser to show, or to download if browsers should not open its type from here."""
    answer = FileResponse(stream, as_attachment=media_type not in SHOWN, filename=name, content_type=media_type)
    if media_type == PDF:
        answer["Content-Security-Policy"] = VIEWER_POLICY
    return answer


def pdf(content: bytes, name: str) -> HttpResponse:
    """A PDF made by the service, for the browser's viewer."""
    return _answer(content, PDF, name, as_attachment=False, **{"Content-Security-Policy": VIEWER_POLICY})


def attached(content: bytes, media_type: str, name: str) -> HttpResponse:
    """A download under ``name``."""
    return _answer(content, media_type, name, as_attachment=True)


def _answer(content: bytes, media_type: str, name: str, *, as_attachment: bool, **headers: str) -> HttpResponse:
    disposition = content_disposition_header(as_attachment, name) or "inline"
    given = {"Content-Disposition": disposition, **headers}
    return HttpResponse(content, media_type, headers=given)
