"""Files of a case: received as a stream, checked, stored once under their SHA-256."""

import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass

from django.conf import settings
from django.core.files import File
from django.db import transaction
from django.utils.translation import gettext as _

from ecase.audit import services as audit
from ecase.cases import integrity, names, storage, validation
from ecase.cases.models import Blob, Case, Document
from ecase.officers.models import Post
from ecase.problems import Invalid, Problem


@dataclass(frozen=True)
class Purpose:
    """What a file is stored for: ids by name. ``secret``: a motion that named persons alone may see."""

    subject: Mapping[str, str]
    secret: bool = False


def store(
    case: Case,
    post: Post,
    name: str,
    stream: storage.Readable | storage.Received,
    *,
    expected_sha256: str | None = None,
    limit: int | None = None,
    purpose: Purpose | None = None,
) -> Document:
    """Store a file of ``case`` that the officer in ``post`` uploads. Audited as ``document.stored`` in a chain of its
    own, with what it is stored for (``purpose``).

    ``stream`` is read once, in pieces, up to ``limit`` bytes (default: the setting ``UPLOAD_MAX_BYTES``) and may come
    from a request's body; ``expected_sha256`` is the hash that the sender states (64 hexadecimal digits). The same
    bytes are stored once, however often they are uploaded. Raises :class:`Invalid` with every fault at field ``file``:
    empty, too large, another hash, a type that is not accepted, an extension of another type, a damaged file or one
    with active content. Raises ``TryLater`` when too many files are being checked.
    """
    limit, safe = settings.UPLOAD_MAX_BYTES if limit is None else limit, names.safe(name)
    try:
        with storage.spooled(stream, limit) as spool:
            kind = validation.validate_upload(spool, safe, expected_sha256)
            return _recorded(case, post, safe, spool, kind.media_type, purpose or Purpose({}))
    except storage.TooLarge as fault:
        message = _("“%(name)s” is larger than the limit of %(limit)s MB.")
        params = {"name": safe, "limit": round(limit / 2**20, 1)}
        problem = Problem("file-too-large", message % params, validation.FIELD, {"limit": limit})
        raise Invalid(problem) from fault


def store_again(document: Document, post: Post, purpose: Purpose) -> Document:
    """A further document of the same bytes and name, for another purpose. Audited as :func:`store`."""
    with transaction.atomic():
        return _document(document.case, post, document.name, document.blob, purpose)


def put_bytes(data: bytes, media_type: str) -> Blob:
    """Store bytes that the service itself has made, such as an act's PDF: one query, one file if it is new."""
    sha256 = hashlib.sha256(data).hexdigest()
    if integrity.is_kept(sha256):
        return _row(sha256, len(data), media_type)
    with storage.spooled(io.BytesIO(data), len(data)) as spool:
        return _blob(spool, media_type)


def read(document: Document, post: Post) -> File:
    """The bytes of a document for the officer in ``post``, whose reading is logged as ``document.read``.

    The caller has checked that the officer may read it, by finding the document through ``visible_to``. Raises
    ``Altered`` if the stored bytes do not match the hash.
    """
    file = integrity.open_intact(document.blob_id)
    chain = audit.own_chain(post.officer_id, document.pk)
    audit.read("document.read", chain=chain, actor=post.as_actor(), subject=_subject(document))
    return file


def _recorded(case: Case, post: Post, name: str, spool: storage.Spooled, media_type: str, purpose: Purpose) -> Document:
    with transaction.atomic():
        return _document(case, post, name, _blob(spool, media_type), purpose)


def _document(case: Case, post: Post, name: str, blob: Blob, purpose: Purpose) -> Document:
    document = Document.objects.create(case=case, blob=blob, name=name, uploaded_by=post, secret=purpose.secret)
    audit.append(
        "document.stored",
        chain=f"document:{document.pk}",
        actor=post.as_actor(),
        subject={**_subject(document), **purpose.subject},
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
