"""Files received in pieces: what is there stays there when the line breaks, and is taken on from its end (ADR 66).

The file grows in the storage's own folder; the row says how many bytes of it count. What a process that died had
written beyond that is cut off by the next piece. Memory does not grow with the file.
"""

import shutil
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from ecase.cases import names, storage
from ecase.cases.models import Upload
from ecase.officers.models import Post
from ecase.problems import Conflict, Invalid, Problem, TryLater

FIELD = "file"
# Uploads that one officer has open, and how long one may rest.
MOST_OPEN = 10
KEPT_FOR = timedelta(days=1)
FORGOTTEN_AT_ONCE = 50
# The longest that storing a file takes: hashing it, waiting for its turn to be read, reading it.
STORED_WITHIN = timedelta(minutes=10)


def begin(post: Post, target: Mapping[str, str], name: str, size: int) -> Upload:
    """A new upload of ``size`` bytes for ``target``, which the caller has checked.

    Raises :class:`Invalid` for an empty or too large file or a missing name, :class:`Conflict` for too many open
    uploads, ``TryLater`` if the disk would be too full.
    """
    safe, most = names.safe(name), settings.LARGE_UPLOAD_MAX_BYTES
    if not safe:
        raise Invalid(Problem("file-name-missing", _("The file needs a name."), FIELD))
    if size <= 0:
        raise Invalid(Problem("file-empty", _("“%(name)s” is empty.") % {"name": safe}, FIELD))
    if size > most:
        message = _("“%(name)s” is larger than the limit of %(limit)s MB.")
        params = {"name": safe, "limit": most // 2**20}
        raise Invalid(Problem("file-too-large", message % params, FIELD, {"limit": most}))
    with transaction.atomic():
        # The officer's post is locked, so that uploads begun at once are counted.
        Post.objects.select_for_update().get(pk=post.pk)
        if Upload.objects.filter(post=post).count() >= MOST_OPEN:
            message = _("You have %(most)d uploads that are not finished. Finish one, or wait a day.")
            raise Conflict(Problem("uploads-open", message % {"most": MOST_OPEN}, FIELD, {"limit": MOST_OPEN}))
        _require_space(size)
        return Upload.objects.create(post=post, target=dict(target), name=safe, size=size)


def find(post: Post, upload_id: UUID) -> Upload:
    """The officer's own upload. Raises ``Upload.DoesNotExist``, also for one whose bytes were lost by a crash."""
    upload = Upload.objects.get(pk=upload_id, post=post)
    is_left = upload.taken_at is not None and upload.taken_at < timezone.now() - STORED_WITHIN
    if is_left or (upload.offset and not _path(upload).exists()):
        end(upload)
        raise Upload.DoesNotExist
    return upload


@transaction.atomic
def append(upload: Upload, offset: int, piece: storage.Readable) -> Upload:
    """Append what ``piece`` has, read to its end, at ``offset``; the row with its new offset.

    Raises :class:`Conflict` if the upload ends elsewhere, :class:`Invalid` for more than its size,
    ``Upload.DoesNotExist`` if it was ended meanwhile. A second piece at the same time waits for the first.
    """
    row = Upload.objects.select_for_update().get(pk=upload.pk)
    if offset != row.offset:
        message = _("The upload goes on at another place. Start the transfer again.")
        raise Conflict(Problem("offset", message, FIELD, {"offset": row.offset}))
    path = _path(row)
    with path.open("r+b" if path.exists() else "wb") as file:
        file.truncate(row.offset)
        file.seek(row.offset)
        while chunk := piece.read(storage.CHUNK):
            if row.offset + len(chunk) > row.size:
                message = _("More bytes arrived than “%(name)s” has.")
                raise Invalid(Problem("file-too-large", message % {"name": row.name}, FIELD, {"limit": row.size}))
            file.write(chunk)
            row.offset += len(chunk)
    row.seen_at = timezone.now()
    row.save(update_fields=["offset", "seen_at"])
    return row


def take(upload: Upload) -> storage.Received | None:
    """The complete file, for the one process that stores it and then ends the upload; None for all others."""
    complete = Upload.objects.filter(pk=upload.pk, offset=F("size"), taken_at=None)
    return storage.Received(_path(upload)) if complete.update(taken_at=timezone.now()) else None


def put_back(upload: Upload) -> None:
    """Leave the complete file for another attempt: it could not be stored at this moment."""
    Upload.objects.filter(pk=upload.pk).update(taken_at=None)


def end(upload: Upload) -> None:
    """Forget the upload and whatever of its file was not stored."""
    Upload.objects.filter(pk=upload.pk).delete()
    _path(upload).unlink(missing_ok=True)


def forget_uploads(now: datetime) -> int:
    """End uploads at which nothing arrived for a day; returns how many. One batch at most."""
    resting = Upload.objects.filter(seen_at__lt=now - KEPT_FOR).order_by("seen_at")
    with transaction.atomic():
        rows = list(resting.select_for_update(skip_locked=True)[:FORGOTTEN_AT_ONCE])
        for row in rows:
            end(row)
    return len(rows)


def _require_space(size: int) -> None:
    """Raises ``TryLater`` if the open uploads and this one would leave less space than the service needs."""
    owed = Upload.objects.aggregate(all=Sum("size") - Sum("offset"))["all"] or 0
    folder = storage.place_of_incoming("upload").parent
    if shutil.disk_usage(folder).free - owed - size < settings.DISK_FREE_BYTES:
        message = _("There is no room for this file now. Tell the administrator, and try again later.")
        raise TryLater(Problem("no-space", message, FIELD))


def _path(upload: Upload) -> Path:
    return storage.place_of_incoming(f"upload-{upload.pk}")
