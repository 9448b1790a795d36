"""The attachments of a motion on a page, under the requirements of its kind."""

from typing import Any

from django.conf import settings

from ecase.cases import media
from ecase.officers.models import Post
from workflows.motions.models import Motion
from workflows.motions.services import drafts

# Files of the case that are offered; more are found on the case's page.
MOST_OFFERED = 200


def parts(motion: Motion, post: Post, *, waiting: bool = False) -> list[dict[str, Any]]:
    """Each requirement with its attachments; with ``waiting`` only those that no signed act states yet.

    Also what the page needs to send files: which endings, how large, and the files that the case has already.
    """
    held = motion.attachments.select_related("document__blob")
    shown = list(held.filter(filed_by=None) if waiting else held)
    offered = list(drafts.attachable(motion, post).order_by("name", "uploaded_at")[:MOST_OFFERED])
    taken = {(each.requirement, each.document.blob_id) for each in shown}
    return [
        {
            "requirement": asked,
            "attachments": [each for each in shown if each.requirement == asked.key],
            "known": [document for document in offered if (asked.key, document.blob_id) not in taken],
            "accept": ",".join(media.list_extensions(settings.UPLOAD_TYPES)),
            "most": settings.LARGE_UPLOAD_MAX_BYTES,
        }
        for asked in motion.kind_entry.attachments
    ]
