"""The target of a paper's QR code: checks whether a file with this digest is genuine. The file itself is never sent."""

import uuid

from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from workflows.motions.exports.verification import SHA256, verdict


@require_safe
def genuine(request: HttpRequest) -> JsonResponse:
    """``sha256``: 64 hexadecimal digits; ``act``: the act of the QR code, if the page was opened by one."""
    sha256, act = request.GET.get("sha256", ""), request.GET.get("act", "")
    if not SHA256.match(sha256):
        return JsonResponse({"title": _("A SHA-256 in 64 hexadecimal digits is expected.")}, status=400)
    try:
        named = uuid.UUID(act)
    except ValueError:
        named = None
    return JsonResponse({"verdict": verdict(sha256, named)})
