"""Verification of an evidence container, without sign-in."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from ecase.limits import services as limits
from ecase.portal.containers import examine
from ecase.portal.pages import page, refused
from ecase.problems import Invalid, Problem, Refused
from ecase.trust import inspection
from ecase.uploads import BoundedUpload


# A CSRF check would read the whole body before the size check could refuse it; and nothing is changed here.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    """Upload a container, show the report. Nothing is stored."""
    if request.method != "POST":
        return page(request, "verify.html", {})
    try:
        limits.require("verify", request)
        inspection.admit()
        limit = settings.CONTAINER_LIMITS.archive_bytes
        message = _("The file is larger than %(megabytes)d MB. Check it offline instead.")
        problem = Problem("file-too-large", message % {"megabytes": limit // 2**20}, "file", {"limit": limit})
        request.upload_handlers = [BoundedUpload(limit, request, lambda _limit: Invalid(problem))]
        upload = request.FILES.get("file")
        if upload is None or not upload.size:
            raise Invalid(Problem("file-missing", _("Choose the container that you want to have checked."), "file"))
        return page(request, "verify.html", {"findings": examine(upload)})
    except Refused as refusal:
        return refused(request, "verify.html", {}, refusal)
