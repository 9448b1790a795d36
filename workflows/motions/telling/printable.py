"""The file of a motion for the printer, complete to the moment: its list, the paper of every act, every attachment.

What proves a signature is the container (``export``); this is what people take over when proceedings go on on paper.
"""

from collections.abc import Container, Iterable, Iterator, Mapping
from datetime import datetime
from io import BytesIO

from django.utils import timezone, translation
from django.utils.translation import gettext as _
from pypdf import PdfReader, PdfWriter
from pypdf.errors import PyPdfError

from ecase.audit import services as audit
from ecase.cases import documents
from ecase.cases.models import Blob
from ecase.officers.models import Post
from workflows.motions.models import Act, Attachment, Motion
from workflows.motions.states import ActType, AppealState, State
from workflows.papers import inventory

PDF = "application/pdf"
WHEN = "%d.%m.%Y %H:%M:%S"


def render(motion: Motion, post: Post) -> bytes:
    """One PDF of everything that ``motion`` (visible to ``post``) holds now. The reading is logged."""
    now = timezone.now()
    acts = list(motion.acts.select_related("pdf", "author__organisation").order_by("position"))
    attachments = list(motion.attachments.select_related("document__blob").exclude(filed_by=None))
    read = _read([*(act.pdf for act in acts if act.pdf), *(one.document.blob for one in attachments)])
    writer = PdfWriter()
    listed = inventory.render(_inventory(motion, acts, attachments, read, now))
    writer.append(BytesIO(listed), outline_item=None, import_outline=False)
    for title, pages in _pages(acts, attachments, read):
        writer.append(pages, outline_item=title, import_outline=False)
    _log(motion, post)
    made = BytesIO()
    writer.write(made)
    return made.getvalue()


def file_name(motion: Motion) -> str:
    """What the downloaded file is called."""
    return f"{motion.number or motion.pk}.pdf"


def _pages(
    acts: list[Act], attachments: list[Attachment], read: Mapping[str, PdfReader]
) -> Iterator[tuple[str, PdfReader]]:
    for act in acts:
        if act.pdf_id and act.pdf_id in read:
            yield f"{act.position}. {ActType(act.type).label}", read[act.pdf_id]
    for attachment in attachments:
        if attachment.document.blob_id in read:
            yield attachment.document.name, read[attachment.document.blob_id]


def _read(blobs: Iterable[Blob]) -> dict[str, PdfReader]:
    """The stored PDFs that can be printed, by digest. The list of the file marks those that are not among them."""
    found = ((blob.sha256, _reader(blob)) for blob in blobs if blob.media_type == PDF)
    return {digest: reader for digest, reader in found if reader is not None}


def _reader(blob: Blob) -> PdfReader | None:
    """None for a PDF that cannot be read or has no page."""
    with documents.open_blob(blob) as stored:
        content = BytesIO(stored.read())
    try:
        reader = PdfReader(content)
        has_pages = bool(reader.pages)
    except PyPdfError:
        return None
    return reader if has_pages else None


def _log(motion: Motion, post: Post) -> None:
    subject = {"motion": str(motion.pk)}
    audit.read("motion.printed", chain=f"officer:{post.officer_id}", actor=post.as_actor(), subject=subject)


def _inventory(
    motion: Motion, acts: list[Act], attachments: list[Attachment], read: Container[str], now: datetime
) -> inventory.Inventory:
    with translation.override(motion.language):
        return inventory.Inventory(
            language=motion.language,
            title=_("File of the motion"),
            facts=list(_facts(motion, now)),
            parts=[_of_acts(acts), _of_attachments(attachments, read)],
            note=_("Attachments that are no PDF, and acts of the service, are listed by their digest and not printed."),
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


def _of_acts(acts: list[Act]) -> inventory.Part:
    rows = [
        (
            str(act.position),
            str(ActType(act.type).label),
            act.author_in(),
            _local(act.performed_at),
            _grouped(act.sha256),
        )
        for act in acts
    ]
    return inventory.Part(_("Acts"), ("№", _("Act"), _("Who"), _("When"), "SHA-256"), rows)


def _of_attachments(attachments: list[Attachment], read: Container[str]) -> inventory.Part:
    rows = [
        (
            str(one.position),
            one.document.name,
            one.requirement,
            _type(one, read),
            _grouped(one.document.blob_id),
        )
        for one in attachments
    ]
    return inventory.Part(_("Attachments"), ("№", _("File"), _("What"), _("Type"), "SHA-256"), rows)


def _type(attachment: Attachment, read: Container[str]) -> str:
    blob = attachment.document.blob
    return blob.media_type if blob.sha256 in read else _("%(type)s, not printed") % {"type": blob.media_type}


def _grouped(digest: str) -> str:
    """In groups of eight: to compare by eye, and to break a line at."""
    return " ".join(digest[at : at + 8] for at in range(0, len(digest), 8))


def _local(moment: datetime) -> str:
    return timezone.localtime(moment).strftime(WHEN)
