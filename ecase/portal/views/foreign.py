"""A signature that somebody else has put into or beside a file of a motion: who signed what, and whether it holds."""

from functools import partial
from uuid import UUID

from django.http import Http404, HttpResponseBase
from django.utils import timezone
from django.views.decorators.http import require_safe

from ecase.cases import documents
from ecase.cases.models import Document
from ecase.officers.models import Post
from ecase.portal.pages import PortalRequest, for_officers, or_404, page
from ecase.trust import foreign
from ecase.trust.faults import sentence
from workflows.motions import queries


@require_safe
@for_officers
def show(request: PortalRequest, motion_id: UUID, attachment_id: int) -> HttpResponseBase:
    """The report of the signature in an attachment; its reading is logged, as is that of the file that it signs."""
    motion = or_404(queries.get, request.post, motion_id)
    attached = queries.attachments(motion, request.post)
    document = or_404(attached.get, pk=attachment_id).document
    if not document.is_signature:
        raise Http404
    others = [other.document for other in attached.exclude(pk=attachment_id)]
    beside: dict[str, tuple[str, foreign.Fetch]] = {
        other.name: (other.blob_id, partial(_content, other, request.post))
        for other in others
        if other.blob.size <= foreign.MAX_BYTES
    }
    found = foreign.Foreign(None)
    if document.blob.size <= foreign.MAX_BYTES:
        found = foreign.examine(_content(document, request.post), beside, timezone.now())
    failures = found.report.failures if found.report else ()
    faults = [sentence(check.fault) if check.fault else check.detail for check in failures]
    context = {"motion": motion, "kind": motion.kind_entry, "document": document, "found": found, "faults": faults}
    return page(request, "foreign_signature.html", context)


def _content(document: Document, post: Post) -> bytes:
    with documents.read(document, post) as stored:
        return bytes(stored.read())
