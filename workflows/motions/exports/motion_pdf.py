"""The complete file of a motion for printing: its list, the paper of every act, every attachment.

Signatures are proven by the container (``act_evidence``); this file is for proceedings that continue on paper.
"""

import re
from collections.abc import Iterator
from datetime import datetime

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from ecase.audit import services as audit
from ecase.officers.models import Post
from workflows.motions import signed
from workflows.motions.exports import pdf_files
from workflows.motions.models import Act, Attachment, Motion
from workflows.motions.states import ActType, AppealState, State
from workflows.papers import inventory

PDF = "application/pdf"
WHEN = "%d.%m.%Y %H:%M:%S"


def render(motion: Motion, post: Post) -> bytes:
    """One PDF of everything that ``motion`` (visible to ``post``) holds now. The reading is logged.

    The list names files that cannot be printed, with the reason; all others are printed. Raises ``TryLater`` if too
    many files are being read, ``RowAltered``, which is then logged, for a motion whose row differs from what was
    signed.
    """
    now = timezone.now()
    signed.require_reported(motion)
    acts = list(motion.acts.select_related("pdf", "author__organisation").order_by("position"))
    attachments = list(motion.attachments.select_related("document__blob").exclude(filed_by=None))
    blobs = [*(act.pdf for act in acts if act.pdf), *(attachment.document.blob for attachment in attachments)]
    titles = [(act.pdf_id, f"{act.position}. {ActType(act.type).label}") for act in acts if act.pdf_id]
    titles += [(attachment.document.blob_id, attachment.document.name) for attachment in attachments]
    with pdf_files.prepared(blobs) as files:
        whole = pdf_files.joined(
            files, lambda: inventory.render(_inventory(motion, acts, attachments, files, now)), titles
        )
    chain, subject = audit.own_chain(post.officer_id, motion.pk), {"motion": str(motion.pk)}
    audit.read("motion.printed", chain=chain, actor=post.as_actor(), subject=subject)
    return whole


def file_name(motion: Motion) -> str:
    """The name of the downloaded file."""
    return f"{motion.number or motion.pk}.pdf"


def _inventory(
    motion: Motion, acts: list[Act], attachments: list[Attachment], files: pdf_files.Prepared, now: datetime
) -> inventory.Inventory:
    with translation.override(motion.language):
        return inventory.Inventory(
            language=motion.language,
            title=_("File of the motion"),
            facts=list(_facts(motion, now)),
            parts=[_of_acts(acts, files), _of_attachments(attachments, files)],
            note=_(
                "What could not be printed, and acts of the service, are listed by their digest; the reason is named."
            ),
            at=now,
        )


def _facts(motion: Motion, now: datetime) -> Iterator[tuple[str, str]]:
    yield _("Complete to"), _local(now)
    yield _("Case"), motion.case.number
    yield _("Kind"), motion.kind_entry.name.in_(motion.language)
    yield _("Number"), motion.number or "—"
    yield _("Court"), motion.court.name(motion.language)
    yield _("State"), str(State(motion.state).label)
    if motion.outcome:
        yield _("Decision"), motion.kind_entry.outcome(motion.outcome).label.in_(motion.language)
    if motion.valid_until:
        yield _("In force until"), _local(motion.valid_until)
    if motion.appeal_state != AppealState.NONE:
        yield _("Appeal"), str(AppealState(motion.appeal_state).label)


def _of_acts(acts: list[Act], files: pdf_files.Prepared) -> inventory.Part:
    rows = []
    for act in acts:
        label, reason = str(ActType(act.type).label), files.reason(act.pdf_id) if act.pdf_id else ""
        paper = f"{label}, {reason}" if reason else label
        rows.append((str(act.position), paper, act.author_in(), _local(act.performed_at), group_digest(act.sha256)))
    return inventory.Part(_("Acts"), ("№", _("Act"), _("Who"), _("When"), "SHA-256"), rows)


def _of_attachments(attachments: list[Attachment], files: pdf_files.Prepared) -> inventory.Part:
    rows = []
    for attachment in attachments:
        document, blob = attachment.document, attachment.document.blob
        reason = files.reason(blob.sha256)
        media_type = f"{blob.media_type}, {reason}" if reason else blob.media_type
        number, requirement = str(attachment.position), attachment.requirement
        rows.append((number, document.name, requirement, media_type, group_digest(blob.sha256)))
    return inventory.Part(_("Attachments"), ("№", _("File"), _("What"), _("Type"), "SHA-256"), rows)


def group_digest(digest: str | None) -> str:
    """The digest in groups of eight, for comparison by eye and for line breaks; empty for none."""
    return " ".join(re.findall(".{1,8}", digest or ""))


def _local(moment: datetime) -> str:
    return timezone.localtime(moment).strftime(WHEN)
