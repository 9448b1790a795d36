"""The inbox: the notices of this post; and for one motion, who was notified of what and who has read it."""

from uuid import UUID

from django.db.models import Prefetch
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from ecase.outbox import services as outbox
from ecase.outbox.models import Notice, NoticeRead
from ecase.portal.inbox import group_notices, headline
from ecase.portal.pages import PortalRequest, for_officers, or_404, page, posted_from
from workflows.motions import queries
from workflows.motions.models import Motion
from workflows.statute.catalogue import catalogue, in_force

SHOWN = 50


@require_safe
@for_officers
def index(request: PortalRequest) -> HttpResponse:
    """The newest notices, grouped by motion."""
    groups = group_notices(outbox.newest_notices(request.post, SHOWN))
    named = {motion for group in groups if (motion := group.motion)}
    rows = queries.queue(request.post).filter(pk__in=named).select_related("case")
    motions = {str(motion.pk): motion for motion in rows.prefetch_related("case__persons")} if named else {}
    return page(request, "inbox.html", {"groups": groups, "kinds": catalogue(in_force()).kinds, "motions": motions})


@posted_from("portal:inbox")
@for_officers
def open_notice(request: PortalRequest, notice_id: int) -> HttpResponseBase:
    """Mark a notice, and all others of its motion, as read and redirect to its subject."""
    mine = outbox.notices(request.post)
    notice = or_404(mine.get, pk=notice_id)
    outbox.mark_read(request.post, key=notice.key)
    motion = notice.payload.get("motion")
    return redirect("portal:motion", motion) if motion else redirect("portal:inbox")


@require_safe
@for_officers
def of_motion(request: PortalRequest, motion_id: UUID) -> HttpResponse:
    """Who was notified of what in this motion, and who read it when."""
    motion: Motion = or_404(queries.get, request.post, motion_id)
    reads = Prefetch("reads", NoticeRead.objects.select_related("officer").order_by("read_at"))
    notices = Notice.objects.filter(key=str(motion.pk)).select_related("officer", "organisation", "message")
    notified = [(notice, headline(notice.topic)) for notice in notices.prefetch_related(reads).order_by("pk")]
    context = {"motion": motion, "kind": motion.kind_entry, "notices": notified}
    return page(request, "motion_notices.html", context)
