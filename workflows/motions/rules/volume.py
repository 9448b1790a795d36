"""Limits of a motion's attachments: what its evidence container can hold (``signatures.container.limits``).

Checked when a file is attached, before signing: evidence that is issued can then be verified everywhere. Files that are
larger than one request may bring (``UPLOAD_MAX_BYTES``) are not in the container, only their digests (ADR 66).
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from io import IOBase

from django.conf import settings
from django.core.files import File
from django.utils.translation import gettext_lazy as _

from ecase.problems import Invalid, Problem
from workflows.motions.models import Motion

# One of the act's files is its own paper, which has at most this size.
PAPERS, PAPER_BYTES = 1, 8 * 1024 * 1024

Held = Iterable[tuple[str, int]]


def held(motion: Motion) -> list[tuple[str, int]]:
    """The attachments: each file's requirement and its size in bytes."""
    return list(motion.attachments.values_list("requirement", "document__blob__size"))


def require_room(motion: Motion, requirement: str, size: int) -> None:
    """Raises ``Invalid``, at the field of the file, if one more file of that size exceeds the limits."""
    if problems := list(faults([*held(motion), (requirement, size)], "file")):
        raise Invalid(problems)


def faults(attached: Held, field: str) -> Iterator[Problem]:
    """The limits that files exceed, each file given by its requirement and size."""
    files = list(attached)
    bounds, most = settings.CONTAINER_LIMITS, settings.ATTACHMENTS_PER_REQUIREMENT
    counted, sizes = bounds.files - PAPERS, bounds.file_bytes - PAPER_BYTES
    if max(Counter(requirement for requirement, _size in files).values(), default=0) > most:
        message = _("No more than %(most)d files can be attached under one requirement.") % {"most": most}
        yield Problem("too-many-files", message, field, {"limit": most})
    if len(files) > counted:
        message = _("No more than %(most)d files can be attached to a motion.") % {"most": counted}
        yield Problem("too-many-files", message, field, {"limit": counted})
    large = [size for _requirement, size in files if size > settings.UPLOAD_MAX_BYTES]
    if sum(large) > settings.LARGE_FILES_BYTES:
        text = _("The large files of a motion, such as films, can have no more than %(most)d MB together.")
        params = {"limit": settings.LARGE_FILES_BYTES}
        yield Problem("files-too-large", text % {"most": settings.LARGE_FILES_BYTES // 2**20}, field, params)
    if sum(size for _requirement, size in files) - sum(large) > sizes:
        text = _("The files of a motion can have no more than %(most)d MB together: nobody could verify more.")
        yield Problem("files-too-large", text % {"most": sizes // 2**20}, field, {"limit": sizes})


def require_statement(size: int) -> None:
    """Raises ``Invalid`` for an act whose ``act.json`` exceeds the size limit: its text is too long."""
    most = settings.CONTAINER_LIMITS.act_bytes
    if size > most:
        message = _("The text of this act is too long to be signed. Shorten it, or attach a part of it as a file.")
        raise Invalid(Problem("act-too-large", message, "payload", {"limit": most, "size": size}))


def size_of(stream: object) -> int:
    """The bytes left in a stream from its position; 0 for a stream whose size is unknown before reading."""
    if not isinstance(stream, IOBase | File) or not stream.seekable():
        return 0
    place = stream.tell()
    end = stream.seek(0, 2)
    stream.seek(place)
    return end - place
