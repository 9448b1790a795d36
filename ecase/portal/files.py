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


def answer_file(content: bytes, media_type: str, name: str) -> HttpResponse:
    """A file made by the service: a PDF for the browser's viewer, any other as a download under ``name``."""
    is_shown = media_type == PDF
    headers = {"Content-Disposition": content_disposition_header(not is_shown, name) or "inline"}
    if is_shown:
        headers["Content-Security-Policy"] = VIEWER_POLICY
    return HttpResponse(content, media_type, headers=headers)
