"""Joins the stored PDFs of a motion into one file; unprintable ones are left out, with the reason."""

import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from ecase import untrusted
from ecase.cases import integrity, media, storage
from ecase.cases.integrity import Altered
from ecase.cases.models import Blob
from ecase.problems import Problem, TryLater
from ecase.untrusted import findings

NO_PDF, ALTERED, WHOLE = "no-pdf", "altered", "whole"

REASONS = {
    NO_PDF: gettext_noop("not printed: no PDF"),
    ALTERED: gettext_noop("not printed: the stored file was altered or lost"),
    WHOLE: gettext_noop("not printed: all files together are too large"),
    findings.ENCRYPTED: gettext_noop("not printed: opens only with a password"),
    findings.NO_PAGES: gettext_noop("not printed: has no pages"),
    findings.TOO_MANY_PAGES: gettext_noop("not printed: too many pages"),
    findings.LIMITS: gettext_noop("not printed: takes too much memory or time to read"),
}
DAMAGED = gettext_noop("not printed: damaged")


@dataclass
class Prepared:
    """The printable files by digest, and the code of the reason for the others."""

    folder: Path
    paths: dict[str, Path] = field(default_factory=dict)
    faults: dict[str, str] = field(default_factory=dict)

    def reason(self, digest: str) -> str:
        """Why a file is not printed, in the active language; empty if it is printed."""
        code = self.faults.get(digest)
        return _(REASONS.get(code, DAMAGED)) if code else ""


@contextmanager
def prepared(blobs: Iterable[Blob]) -> Iterator[Prepared]:
    """Copies of the stored PDFs, each rewritten in its own process. Raises ``TryLater`` if no slot is free."""
    with storage.workspace() as folder:
        made = Prepared(folder)
        for blob in blobs:
            _copy(blob, made)
        with _turn():
            codes = untrusted.prepare(list(made.paths.values()))
        for digest, code in zip(list(made.paths), codes, strict=True):
            if code:
                made.faults[digest] = code
                del made.paths[digest]
        yield made


def joined(made: Prepared, listed: Callable[[], bytes], titles: Iterable[tuple[str, str]]) -> bytes:
    """One PDF: the list that ``listed`` renders, and each printable file (digest and title) in order.

    If the limits do not allow all of them together, only the list, which then states it for each file.
    """
    first, target = made.folder / "list.pdf", made.folder / "whole.pdf"
    with _turn():
        parts = [untrusted.Part(made.paths[digest], title) for digest, title in titles if digest in made.paths]
        first.write_bytes(listed())
        if untrusted.join([untrusted.Part(first), *parts], target) and (whole := target.read_bytes()):
            return whole
    made.faults.update(dict.fromkeys(made.paths, WHOLE))
    made.paths.clear()
    return listed()


def _copy(blob: Blob, made: Prepared) -> None:
    if blob.media_type != media.PDF:
        made.faults[blob.sha256] = NO_PDF
        return
    path = made.folder / blob.sha256
    try:
        with integrity.open_intact(blob.sha256) as stored, path.open("wb") as copy:
            shutil.copyfileobj(stored, copy)
    except Altered:
        # Already logged. What remains of the file is still readable.
        made.faults[blob.sha256] = ALTERED
    else:
        made.paths[blob.sha256] = path


@contextmanager
def _turn() -> Iterator[None]:
    try:
        yield
    except untrusted.Busy as fault:
        message = _("Too many files are being read in this moment. Try again in a minute.")
        raise TryLater(Problem("files-busy", message)) from fault
