"""Gaps after a restore to an earlier moment: found, recorded after a person's decision, and explained afterwards.

The database then holds fewer entries than the log has signed outside it. Nothing is signed and no act is accepted until
``manage.py audit resume --after-restore`` has recorded a statement of the gap (``log.resumed``, in the chain
``log``). The log then continues under another origin (:mod:`ecase.audit.keys`), which begins with the entries that
were kept; the old checkpoints stay in their folder, and the statement explains those beyond what was kept.
"""

import hashlib
from base64 import b64encode
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from itertools import groupby
from operator import itemgetter

from django.db import transaction
from django.utils.translation import gettext as _

from ecase.audit import checkpoints, keys, sequencer, services, tree
from ecase.audit.models import Checkpoint, Entry
from signatures.tlog import transparency

CHAIN, EVENT = "log", "log.resumed"


class NothingLost(Exception):
    """The database continues what the log has signed: there is no gap."""


class OtherLog(Exception):
    """A published checkpoint does not match entries that the database has: they were altered, not only lost."""


@dataclass(frozen=True)
class Gap:
    """The statement of a gap. Sizes count entries from the first one; roots are base64.

    ``origin`` is the log that signed what was lost, ``continued_as`` the log that continues. ``common`` is the newest
    published checkpoint that the database still agrees with, ``kept`` how many entries the database has under a
    signature, ``signed`` the newest published checkpoint: the entries from ``kept + 1`` to ``signed`` are lost.
    ``notes`` is the SHA-256 over the sorted notes of the lost checkpoints, ``torn`` that of half notes in the folder.
    """

    origin: str
    continued_as: str
    common: int
    common_root: str
    kept: int
    signed: int
    signed_root: str
    notes: str
    torn: tuple[str, ...] = ()
    decided_by: str = ""
    reason: str = ""
    at: str = ""

    def __str__(self) -> str:
        return _(
            "After a restore, the entries %(first)s to %(last)s of %(origin)s are lost; the log goes on as "
            "%(continued)s. Last common checkpoint: %(common)s entries. Decided by %(by)s on %(at)s: %(reason)s"
        ) % {
            "first": self.kept + 1,
            "last": self.signed,
            "origin": self.origin,
            "continued": self.continued_as,
            "common": self.common,
            "by": self.decided_by or "—",
            "at": self.at or "—",
            "reason": self.reason or "—",
        }


def find() -> Gap:
    """The part of this log that the folder of checkpoints has and the database lacks.

    Raises :class:`NothingLost`, and :class:`OtherLog` if the common part differs: that is not a restore.
    """
    origin, kept = keys.origin(), services.signed_size()
    lost, common = _beyond(origin, kept)
    if not lost:
        raise NothingLost
    if common and common.root != tree.edge(common.size).root():
        raise OtherLog(str(common.size))
    newest = max(lost.values(), key=lambda checkpoint: checkpoint.size)
    base, epoch = keys.split_origin(origin)
    return Gap(
        origin=origin,
        continued_as=f"{base}/{epoch + 1}",
        common=common.size if common else 0,
        common_root=b64encode(common.root if common else transparency.EMPTY_ROOT).decode(),
        kept=kept,
        signed=newest.size,
        signed_root=b64encode(newest.root).decode(),
        notes=digest(lost),
        torn=tuple(sorted({digest([note]) for _source, note in checkpoints.notes() if is_torn(note)})),
    )


def resume(gap: Gap, decided_by: str, reason: str) -> Entry:
    """Record the gap with who decided and why, and continue the log under another origin, signed and published.

    The caller has verified that nothing else is wrong with the log. It may be called again after an interruption: the
    statement is then made twice.
    """
    stated = {key: value for key, value in asdict(gap).items() if key != "at"}
    with transaction.atomic():
        entry = services.append(
            EVENT,
            chain=CHAIN,
            actor=services.service_actor(),
            subject={},
            data={**stated, "decided_by": decided_by, "reason": reason},
        )
    keys.begin_epoch(gap.continued_as)
    sequencer.settle()
    return entry


class Explanation:
    """The published checkpoints that recorded gaps explain, and whether all notes that they name are still there."""

    def __init__(self, known: list[Gap]) -> None:
        self._lost: dict[Gap, set[str]] = {gap: set() for gap in known}
        self._torn = {torn for gap in known for torn in gap.torn}

    def covers(self, note: str, origin: str, size: int) -> bool:
        """Whether this note is one of those that were lost; marks it as seen."""
        covering = [gap for gap in self._lost if gap.origin == origin and gap.kept < size <= gap.signed]
        for gap in covering:
            self._lost[gap].add(note)
        return bool(covering)

    def covers_half(self, note: str) -> bool:
        """Whether a half note is known from the database or from a statement."""
        return not is_torn(note) or digest([note]) in self._torn

    def gone(self) -> list[Gap]:
        """The gaps whose lost notes differ from the stated ones. Call after all notes were read."""
        return [gap for gap, notes in self._lost.items() if digest(notes) != gap.notes]


def stated() -> list[Gap]:
    """The recorded gaps whose statement is under a checkpoint of the log that it names: others explain nothing."""
    found = []
    for entry in Entry.objects.filter(chain=CHAIN).order_by("seq"):
        if entry.event != EVENT:
            continue
        data = entry.content["data"]
        gap = Gap(**{**data, "torn": tuple(data["torn"])}, at=entry.content["at"])
        position = tree.position_of(entry)
        later = Checkpoint.objects.none() if position is None else Checkpoint.objects.filter(size__gt=position)
        covering = later.order_by("size").first()
        signed = checkpoints.open_note(covering.note) if covering else None
        # Only the holder of the log's key can have signed under the name that the statement gives the log.
        if signed and signed.origin == gap.continued_as:
            found.append(gap)
    return found


def digest(notes: Iterable[str]) -> str:
    """The SHA-256 over the sorted notes, without duplicates."""
    return hashlib.sha256("\n".join(sorted(set(notes))).encode()).hexdigest()


def is_torn(note: str) -> bool:
    """Whether a note is cut off, as after a power failure, and no note of the database completes it."""
    return not checkpoints.is_whole(note) and not Checkpoint.objects.filter(note__startswith=note.rstrip("\n")).exists()


def _beyond(origin: str, kept: int) -> tuple[dict[str, transparency.Checkpoint], transparency.Checkpoint | None]:
    """The notes of ``origin`` beyond ``kept`` entries, and its newest note that is not; the newest files first."""
    lost: dict[str, transparency.Checkpoint] = {}
    for _day, notes in groupby(checkpoints.notes(newest_first=True), key=itemgetter(0)):
        checked = {note: checkpoints.open_note(note) for _source, note in notes}
        opened = {note: found for note, found in checked.items() if found and found.origin == origin}
        lost.update({note: found for note, found in opened.items() if found.size > kept})
        within = [found for found in opened.values() if found.size <= kept]
        if within:
            return lost, max(within, key=lambda found: found.size)
    return lost, None
