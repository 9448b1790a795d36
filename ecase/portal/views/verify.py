"""For everybody, without signing in: is this evidence container genuine?"""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from ecase.portal.containers import Findings, examine
from ecase.portal.pages import page, refused
from ecase.problems import Invalid, Problem, Refused

MOST_BYTES = 60 * 1024 * 1024


@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    """Upload a container, read the report. Nothing of it is kept."""
    if request.method != "POST":
        return page(request, "verify.html", {})
    try:
        return page(request, "verify.html", {"findings": _examined(request)})
    except Refused as refusal:
        return refused(request, "verify.html", {}, refusal)


def _examined(request: HttpRequest) -> Findings:
    upload = request.FILES.get("file")
    if upload is None or not upload.size:
        raise Invalid(Problem("file-missing", _("Choose the container that you want to have checked."), "file"))
    if upload.size > MOST_BYTES:
        raise Invalid(Problem("file-too-large", _("The file is larger than 60 MB. Check it offline instead."), "file"))
    return examine(upload.read())
