"""Yields every motion with all its rows and all log entries about it, by merging sorted streams.

Each table is read by its own cursor in the order of the motions' ids, so that memory holds one motion at a time.
"""

import heapq
import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby
from operator import attrgetter, itemgetter
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import ExpressionWrapper, F, Func, QuerySet, TextField
from django.db.models.fields.json import KeyTextTransform

from workflows.assignment.models import Draw
from workflows.copies.models import Copy
from workflows.deadlines.models import Deadline
from workflows.measures.models import Measure
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
class MotionRecord:
    """A motion (``None`` if it has no row), its rows by table, and the log's entries about it by event."""

    id: UUID
    motion: Motion | None = None
    rows: dict[str, list[Any]] = field(default_factory=lambda: defaultdict(list))
    log: dict[str, list[Logged]] = field(default_factory=lambda: defaultdict(list))

    @property
    def acts(self) -> list[Act]:
        return self.rows["acts"]

    @property
    def states_effects(self) -> bool:
        """Whether every entry of an act lists its effects on rows: older ones do not."""
        return all("sets" in entry.data for entry in self.log["act.performed"])

    @property
    def was_filed(self) -> bool:
        """Whether an act was ever performed on it. A draft may be changed and deleted."""
        return bool(self.acts or self.log["act.performed"])


def read_motions() -> Iterator[MotionRecord]:
    """Every motion that has a row, an act or an entry. Must run inside a transaction."""
    merged: Iterator[Row] = heapq.merge(*_streams(), key=itemgetter(0))
    for motion_id, rows in groupby(merged, key=itemgetter(0)):
        record = MotionRecord(motion_id)
        for _motion, name, row in rows:
            if name == "motion":
                record.motion = row
            elif name == "log":
                record.log[row.event].append(row)
            else:
                record.rows[name].append(row)
        yield record


def _streams() -> Iterator[Iterator[Row]]:
    text = Func(F("case"), F("number"), F("appeal_number"), F("payload"), function="motions_search_text")
    motions = Motion.objects.annotate(search_expected=ExpressionWrapper(text, output_field=TextField()))
    pending = PendingSignature.objects.select_related("prepared").defer("cms", "evidence")
    yield _read("motion", motions, "pk", motion="pk")
    yield _read("acts", _acts(), "motion_id", "position")
    yield _read("deadlines", Deadline.objects.all(), "motion_id", "created_at")
    yield _read("copies", Copy.objects.all(), "motion_id", "pk")
    yield _read("measures", Measure.objects.all(), "motion_id", "pk")
    yield _read("openings", Opening.objects.all(), "motion_id", "pk")
    yield _read("admissions", Admission.objects.all(), "motion_id", "pk")
    yield _read("attachments", Attachment.objects.select_related("document"), "motion_id", "position")
    yield _read("draws", Draw.objects.select_related("chosen"), "motion_id", "drawn_at")
    yield _read("prepared", PreparedAct.objects.defer("payload"), "motion_id", "pk")
    yield _read("pending", pending, "prepared__motion", motion="prepared.motion_id")
    yield _entries()


def _acts() -> "QuerySet[Act]":
    """Without the large columns, whose digests the database computes."""
    digest = Func(
        Func(F("cms"), function="sha256"), template="encode(%(expressions)s, 'hex')", output_field=TextField()
    )
    reported = KeyTextTransform("signature_sha256", "report")
    return Act.objects.select_related("author").defer("cms", "report").annotate(cms_found=digest, reported=reported)


def _read(name: str, rows: "QuerySet[Any]", *order: str, motion: str = "motion_id") -> Iterator[Row]:
    """The rows in that order, by a server-side cursor; ``motion`` is the attribute with the motion's id."""
    motion_id = attrgetter(motion)
    return ((motion_id(row), name, row) for row in rows.order_by(*order).iterator(chunk_size=FETCH))


def _entries() -> Iterator[Row]:
    with connection.connection.cursor(name="entries_of_motions", binary=True) as cursor:
        cursor.execute(_ENTRIES)
        while rows := cursor.fetchmany(FETCH):
            for motion_id, pk, body in rows:
                try:
                    content = json.loads(body)
                    entry = Logged(pk, content["event"], content["actor"], content["subject"], content["data"])
                except (ValueError, KeyError, TypeError):
                    continue  # Altered: the log's own verification reports it.
                yield motion_id, "log", entry
