"""Files of a case: taken in as a stream, looked at, stored once under their SHA-256."""

import hashlib
import io
from collections.abc import Iterator

from django.conf import settings
from django.core.files import File
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from ecase.audit import services as audit
from ecase.cases import integrity, media, names, pdf_content, storage
from ecase.cases.models import Blob, Case, Document
from ecase.officers.models import Post
from ecase.problems import Invalid, Problem

FIELD = "file"
PDF = "application/pdf"


def store(
    case: Case,
    post: Post,
    name: str,
    stream: storage.Readable,
    *,
    expected_sha256: str | None = None,
    limit: int | None = None,
    chain: str = "",
) -> Document:
    """Take in a file of ``case`` that the officer in ``post`` uploads; audited as ``document.stored`` in
    ``chain``, by default the case's.

    ``stream`` is read once, in pieces, up to ``limit`` bytes (default: the setting ``UPLOAD_MAX_BYTES``) and may come
    from a request's body; ``expected_sha256`` is what the sender says that it sent (64 hexadecimal digits). The same
    bytes are stored once, however often they come. Raises :class:`Invalid` with every fault at field ``file``: empty,
    too large, another hash, a type that is not accepted, an extension that says another type, a PDF that acts.
    """
    limit = settings.UPLOAD_MAX_BYTES if limit is None else limit
    try:
        with storage.spooled(stream, limit) as spool:
            kind = _accepted(spool, names.safe(name), expected_sha256)
            return _recorded(case, post, names.safe(name), spool, kind.media_type, chain or case.chain)
    except storage.TooLarge as fault:
        raise Invalid(_too_large(limit)) from fault


def put_bytes(data: bytes, media_type: str) -> Blob:
    """Store bytes that the service itself has made, such as an act's PDF: one query, one file if it is new."""
    sha256 = hashlib.sha256(data).hexdigest()
    if integrity.is_kept(sha256):
        return _row(sha256, len(data), media_type)
    with storage.spooled(io.BytesIO(data), len(data)) as spool:
        return _blob(spool, media_type)


def open_blob(blob: Blob) -> File:
    """The bytes of ``blob``, which are read through and found to be its own, as an open file; the caller closes it.

    Raises ``Altered``, which the log then knows, if the storage holds other bytes or none.
    """
    return integrity.opened(blob.sha256)


def read(document: Document, post: Post) -> File:
    """The bytes of a document for the officer in ``post``, whose reading is logged as ``document.read``.

    Whether the officer may read it is for the caller to know, who found the document through ``visible_to``. Raises
    ``Altered`` for one whose bytes are no longer its own.
    """
    file = open_blob(document.blob)
    audit.read("document.read", chain=f"officer:{post.officer_id}", actor=post.as_actor(), subject=_subject(document))
    return file


def _recorded(case: Case, post: Post, name: str, spool: storage.Spooled, media_type: str, chain: str) -> Document:
    with transaction.atomic():
        blob = _blob(spool, media_type)
        document = Document.objects.create(case=case, blob=blob, name=name, uploaded_by=post)
        audit.append(
            "document.stored",
            chain=chain,
            actor=post.as_actor(),
            subject=_subject(document),
            data={"sha256": blob.sha256, "size": blob.size, "media_type": blob.media_type},
        )
    return document


def _blob(spool: storage.Spooled, media_type: str) -> Blob:
    if not integrity.is_kept(spool.sha256):
        storage.keep(spool)
    return _row(spool.sha256, spool.size, media_type)


def _row(sha256: str, size: int, media_type: str) -> Blob:
    blob = Blob(sha256=sha256, size=size, media_type=media_type)
    Blob.objects.bulk_create([blob], ignore_conflicts=True)
    return blob


def _subject(document: Document) -> dict[str, str]:
    return {"case": str(document.case_id), "document": str(document.pk)}


# -- what is wrong with a file ------------------------------------------------------------------------------------


def _accepted(spool: storage.Spooled, name: str, expected_sha256: str | None) -> media.FileType:
    kind = media.recognise(spool.file, settings.UPLOAD_TYPES) if spool.size else None
    problems = [*_of_the_bytes(spool, expected_sha256), *_of_the_name(name, kind), *_of_the_content(spool, kind)]
    if kind is None or problems:
        raise Invalid(problems)
    return kind


def _of_the_bytes(spool: storage.Spooled, expected_sha256: str | None) -> Iterator[Problem]:
    if not spool.size:
        yield Problem("file-empty", _("The file is empty."), FIELD)
    if expected_sha256 is not None and expected_sha256.lower() != spool.sha256:
        message = _("The file that arrived is not the file that was sent: its SHA-256 differs. Send it again.")
        yield Problem("file-hash-mismatch", message, FIELD, {"sha256": spool.sha256})


def _of_the_name(name: str, kind: media.FileType | None) -> Iterator[Problem]:
    if not name:
        yield Problem("file-name-missing", _("The file needs a name."), FIELD)
    elif kind and names.extension(name) not in kind.extensions:
        message = _("The name of the file does not end as its content asks.")
        yield Problem("file-extension-mismatch", message, FIELD, {"extensions": list(kind.extensions)})


def _of_the_content(spool: storage.Spooled, kind: media.FileType | None) -> Iterator[Problem]:
    if kind is None and spool.size:
        accepted = {"accepted": list(settings.UPLOAD_TYPES)}
        yield Problem("file-type-not-accepted", _("Files of this type are not accepted."), FIELD, accepted)
    if kind and kind.media_type == PDF:
        yield from _of_a_pdf(pdf_content.active_content(spool.file))


def _of_a_pdf(found: list[str]) -> Iterator[Problem]:
    if found == [pdf_content.ENCRYPTED]:
        yield Problem("file-encrypted", _("The PDF is encrypted. Upload it without a password."), FIELD)
    elif found:
        message = _("The PDF contains scripts, embedded files or other active parts. Print it to a plain PDF.")
        yield Problem("file-active-content", message, FIELD, {"found": found})


def _too_large(limit: int) -> Problem:
    message = _("The file is larger than the limit.")
    return Problem("file-too-large", message, FIELD, {"limit": limit})
