"""Checks that every stored file is present and unaltered, and that every file present belongs to a row. Reads only.

Each file is hashed as a stream and rows are read in pages: memory does not grow with the number or size of files.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from django.core.files.storage import default_storage

from ecase.cases import storage
from ecase.cases.models import Blob, Document

MISSING, ALTERED, ORPHAN, SET_ASIDE = "missing", "altered", "orphan", "set aside"
PAGE = 500


@dataclass(frozen=True)
class Finding:
    """A file that differs from the database: ``what``, its path in the storage, and the cases that it is in."""

    what: str
    path: str
    cases: tuple[str, ...] = ()

    @property
    def is_fault(self) -> bool:
        """Whether data is lost. A surplus file is only wasted space, or evidence that was set aside."""
        return self.what in (MISSING, ALTERED)


def stored() -> Iterator[Finding | None]:
    """The fault of each row of a file, in the order of digests; ``None`` if there is none."""
    for sha256 in Blob.objects.order_by("sha256").values_list("sha256", flat=True).iterator(chunk_size=PAGE):
        found = storage.stored_digest(sha256)
        if found == sha256:
            yield None
        else:
            numbers: Iterable[str] = Document.objects.filter(blob=sha256).values_list("case__number", flat=True)
            yield Finding(ALTERED if found else MISSING, storage.path_of(sha256), tuple(sorted(set(numbers))))


def unknown() -> Iterator[Finding]:
    """Files in the storage without a row: left by an interrupted upload, or set aside as altered."""
    paths = _files(storage.FOLDER)
    while page := list(islice(paths, PAGE)):
        names = [path.rpartition("/")[2] for path in page]
        known = set(Blob.objects.filter(sha256__in=names).values_list("sha256", flat=True))
        yield from (Finding(ORPHAN, path) for path, name in zip(page, names, strict=True) if name not in known)
    yield from (Finding(SET_ASIDE, path) for path in _files(storage.ALTERED))


def _files(folder: str) -> Iterator[str]:
    """Every file below ``folder``, folder by folder."""
    try:
        folders, files = default_storage.listdir(folder)
    except FileNotFoundError:
        return
    yield from (f"{folder}/{name}" for name in sorted(files))
    for name in sorted(folders):
        yield from _files(f"{folder}/{name}")
