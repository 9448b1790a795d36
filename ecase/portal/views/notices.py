"""The inbox: what the service has told this post, and what has been read."""

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from ecase.outbox import services as outbox
from ecase.portal.inbox import headline
from ecase.portal.pages import PortalRequest, for_officers, or_404, page

SHOWN = 50


@require_safe
@for_officers
def index(request: PortalRequest) -> HttpResponse:
    """The newest notices."""
    notices = outbox.notices(request.post)[:SHOWN]
    return page(request, "inbox.html", {"notices": [(one, headline(one.topic)) for one in notices]})


@require_POST
@for_officers
def open_notice(request: PortalRequest, notice_id: int) -> HttpResponseBase:
    """Mark a notice as read and go to what it is about."""
    notice = or_404(outbox.notices(request.post).get, pk=notice_id)
    outbox.mark_read(request.post, [notice.pk])
    motion = notice.payload.get("motion")
    return redirect("portal:motion", motion) if motion else redirect("portal:inbox")
