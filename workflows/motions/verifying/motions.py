"""Yields every motion with all its rows and all log entries about it, by merging sorted streams.

Each table is read by its own cursor in the order of the motions' ids, so that memory holds one motion at a time.
"""

import heapq
import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import ExpressionWrapper, F, Func, QuerySet, TextField
from django.db.models.fields.json import KeyTextTransform

from workflows.assignment.models import Draw
from workflows.copies.models import Copy
from workflows.deadlines.models import Deadline
from workflows.motions.models import Act, Admission, Attachment, Motion, Opening, PendingSignature, PreparedAct

FETCH = 500
Row = tuple[UUID, str, Any]

# Finds an entry's motion without parsing text that may have been altered: JSON escapes every quote inside a
# text, so this pattern can match only the subject.
_ENTRIES = """
    SELECT motion, id, body FROM (
        SELECT substring(encode(body, 'escape') FROM
            '"subject":\\{[^}]*"motion":"([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})"'
        )::uuid AS motion, id, body FROM audit_entry
    ) entry WHERE motion IS NOT NULL ORDER BY motion, id
"""


@dataclass(frozen=True)
class Logged:
    """An entry of the log."""

    id: int
    event: str
    actor: dict[str, Any]
    subject: dict[str, str]
    data: dict[str, Any]


@dataclass
class Whole:
    """A motion (``None`` if it has no row), its rows by table, and the log's entries about it by event."""

    id: UUID
    motion: Motion | None = None
    rows: dict[str, list[Any]] = field(default_factory=lambda: defaultdict(list))
    log: dict[str, list[Logged]] = field(default_factory=lambda: defaultdict(list))

    @property
    def acts(self) -> list[Act]:
        return self.rows["acts"]

    @property
    def performed(self) -> dict[str, Logged]:
        """The log entries of acts, by the act's id."""
        return {entry.subject.get("act", ""): entry for entry in self.log["act.performed"]}

    @property
    def states_effects(self) -> bool:
        """Whether every entry of an act lists its effects on rows: older ones do not."""
        return all("sets" in entry.data for entry in self.log["act.performed"])

    @property
    def was_filed(self) -> bool:
        """Whether an act was ever performed on it. A draft may be changed and deleted."""
        return bool(self.acts or self.log["act.performed"])


def every() -> Iterator[Whole]:
    """Every motion that has a row, an act or an entry. Must run inside a transaction."""
    merged: Iterator[Row] = heapq.merge(*_streams(), key=itemgetter(0))
    for motion_id, rows in groupby(merged, key=itemgetter(0)):
        yield _whole(motion_id, rows)


def _whole(motion_id: UUID, rows: Iterator[Row]) -> Whole:
    whole = Whole(motion_id)
    for _motion, name, row in rows:
        if name == "motion":
            whole.motion = row
        elif name == "log":
            whole.log[row.event].append(row)
        else:
            whole.rows[name].append(row)
    return whole


def _streams() -> Iterator[Iterator[Row]]:
    yield ((row.pk, "motion", row) for row in _read(_motions().order_by("pk")))
    yield _of_motion("acts", _acts(), "position")
    yield _of_motion("deadlines", Deadline.objects.all(), "created_at")
    yield _of_motion("copies", Copy.objects.all(), "pk")
    yield _of_motion("openings", Opening.objects.all(), "pk")
    yield _of_motion("admissions", Admission.objects.all(), "pk")
    yield _of_motion("attachments", Attachment.objects.select_related("document"), "position")
    yield _of_motion("draws", Draw.objects.select_related("chosen"), "drawn_at")
    yield _of_motion("prepared", PreparedAct.objects.defer("payload"), "pk")
    waiting = PendingSignature.objects.select_related("prepared").defer("cms", "evidence")
    yield ((row.prepared.motion_id, "pending", row) for row in _read(waiting.order_by("prepared__motion")))
    yield _entries()


def _motions() -> "QuerySet[Motion]":
    """With the columns by which each motion is found."""
    told = Func(F("case"), F("number"), F("appeal_number"), F("payload"), function="motions_search_text")
    return Motion.objects.annotate(search_expected=ExpressionWrapper(told, output_field=TextField()))


def _acts() -> "QuerySet[Act]":
    """Without the large columns, whose digests the database computes."""
    digest = Func(
        Func(F("cms"), function="sha256"), template="encode(%(expressions)s, 'hex')", output_field=TextField()
    )
    reported = KeyTextTransform("signature_sha256", "report")
    return Act.objects.select_related("author").defer("cms", "report").annotate(cms_found=digest, reported=reported)


def _of_motion(name: str, rows: "QuerySet[Any]", order: str) -> Iterator[Row]:
    return ((row.motion_id, name, row) for row in _read(rows.order_by("motion_id", order)))


def _read(rows: "QuerySet[Any]") -> Iterator[Any]:
    """Iterate with a server-side cursor."""
    return iter(rows.iterator(chunk_size=FETCH))


def _entries() -> Iterator[Row]:
    with connection.connection.cursor(name="entries_of_motions", binary=True) as cursor:
        cursor.execute(_ENTRIES)
        while rows := cursor.fetchmany(FETCH):
            yield from ((motion, "log", entry) for motion, pk, body in rows if (entry := _logged(pk, body)))


def _logged(pk: int, body: bytes) -> Logged | None:
    """None for an entry that is unreadable after an alteration: the log's own verification reports it."""
    try:
        content = json.loads(body)
        return Logged(pk, content["event"], content["actor"], content["subject"], content["data"])
    except (ValueError, KeyError, TypeError):
        return None
