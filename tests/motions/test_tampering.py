"""O-F2, table 5: any alteration in the database is detected and named by ``manage.py audit verify``."""

import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils import translation

from ecase.audit import derivation
from ecase.audit.derivation import RowFault, Tally
from ecase.cases import documents
from ecase.cases.models import Document
from tests.logs import separate
from tests.motions.world import PDF, World
from tests.past_guards import past_guards
from workflows.motions.models import Motion
from workflows.motions.services import drafts
from workflows.motions.states import ActType
from workflows.motions.verifying import motions
from workflows.statute.catalogue import catalogue, in_force

pytestmark = pytest.mark.django_db


def found() -> set[tuple[str, str, str]]:
    """The faults found: code, table and column."""
    return {(fault.code, fault.table, fault.column) for fault in named()}


def named() -> list[RowFault]:
    return list(derivation.faults(Tally()))


def tamper(sql: str, **values: Any) -> int:
    with past_guards() as cursor:
        cursor.execute(sql, values)
        return cursor.rowcount


@contextmanager
def undone() -> Iterator[None]:
    """Roll the block back, since foreign keys are checked at the end of the test."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def motion(world: World) -> Motion:
    """Custody that was granted, corrected before, with copies, openings and deadlines; the defence has appealed."""
    motion = world.assigned("custody")
    motion = world.does(motion, ActType.HEARING_ORDER, "judge")
    decided = world.act(motion, ActType.PROTOCOL, "judge", world.decision(motion, "sanctioned"))
    return decided.motion


def test_what_was_not_touched_is_whole(motion: Motion, world: World) -> None:
    world.assigned(_covert())
    tally = Tally()
    assert list(derivation.faults(tally)) == []
    assert not tally.lacking
    for table in ("motions_motion", "motions_act", "deadlines_deadline", "copies_copy", "motions_opening"):
        assert tally.compared[table], table
    assert tally.compared["motions_admission"]
    assert tally.compared["assignment_draw"]


# SQL for the new value of each column.
COLUMNS = {
    "state": "'closed'",
    "appeal_state": "'ruled'",
    "payload": 'payload || \'{"offence": "changed"}\'',
    "judge_id": "(SELECT officer_id FROM officers_post WHERE role = 'prosecutor' LIMIT 1)",
    "court_id": "prosecution_id",
    "outcome": "'refused'",
    "valid_until": "now() + interval '5 years'",
    "ended_at": "now()",
    "number": "'1-1-1'",
    "version": "version + 1",
    "consents": "consents + 1",
    "defence": "NOT defence",
    "secret": "NOT secret",
    "on_paper": "NOT on_paper",
    "decided_at": "decided_at - interval '1 day'",
    "announced_at": "announced_at - interval '1 day'",
    "registered_at": "registered_at - interval '1 day'",
    "submitted_at": "submitted_at - interval '1 day'",
    "appeal_until": "appeal_until + interval '1 day'",
    "next_due_at": "now()",
    "search": "'somebody else'",
}


@pytest.mark.parametrize("column", COLUMNS)
def test_an_altered_column_of_a_motion_is_named(motion: Motion, column: str) -> None:
    assert tamper(f"UPDATE motions_motion SET {column} = {COLUMNS[column]} WHERE id = %(id)s", id=motion.pk)
    assert (derivation.DIFFERS, "motions_motion", column) in found()
    assert {fault.key for fault in named() if fault.table == "motions_motion"} == {str(motion.pk)}


ROWS: dict[str, tuple[str, tuple[str, str, str]]] = {
    "a deadline moved": (
        "UPDATE deadlines_deadline SET due_at = due_at + interval '9 days' WHERE motion_id = %(id)s",
        ("differs", "deadlines_deadline", "due_at"),
    ),
    "a deadline begun earlier": (
        "UPDATE deadlines_deadline SET started_at = started_at - interval '1 day' WHERE motion_id = %(id)s",
        ("differs", "deadlines_deadline", "started_at"),
    ),
    "a deadline met that was not": (
        "UPDATE deadlines_deadline SET met_at = now(), state = 'met' WHERE motion_id = %(id)s AND met_at IS NULL",
        ("differs", "deadlines_deadline", "met_at"),
    ),
    "a deadline not met that was": (
        (
            "UPDATE deadlines_deadline SET met_at = NULL, state = 'running' WHERE id = ("
            "SELECT id FROM deadlines_deadline WHERE motion_id = %(id)s AND state = 'met' LIMIT 1)"
        ),
        ("differs", "deadlines_deadline", "met_at"),
    ),
    "a deadline missed that was not": (
        "UPDATE deadlines_deadline SET state = 'missed', claimed_at = now() WHERE motion_id = %(id)s AND state = 'met'",
        ("differs", "deadlines_deadline", "state"),
    ),
    "a deadline made void": (
        (
            "UPDATE deadlines_deadline SET state = 'void', voided_at = now(), voided_because = 'ended' "
            "WHERE motion_id = %(id)s AND state = 'running'"
        ),
        ("differs", "deadlines_deadline", "state"),
    ),
    "deadlines deleted": (
        "DELETE FROM deadlines_deadline WHERE motion_id = %(id)s",
        ("missing", "deadlines_deadline", ""),
    ),
    "a deadline made up": (
        (
            "INSERT INTO deadlines_deadline SELECT (json_populate_record(d, json_build_object("
            "'id', gen_random_uuid(), 'term', 'made_up', 'state', 'met', 'replaced_by_id', null))).* "
            "FROM deadlines_deadline d WHERE motion_id = %(id)s AND state = 'met' LIMIT 1"
        ),
        ("unfounded", "deadlines_deadline", ""),
    ),
    "a copy acknowledged that was not": (
        (
            "UPDATE copies_copy SET acknowledged_at = now(), how = 'handed_over', sent_at = now() "
            "WHERE motion_id = %(id)s AND acknowledged_at IS NULL AND voided_at IS NULL"
        ),
        ("differs", "copies_copy", "acknowledged_at"),
    ),
    "a copy no longer owed": (
        "UPDATE copies_copy SET voided_at = now() WHERE motion_id = %(id)s AND voided_at IS NULL",
        ("differs", "copies_copy", "voided_at"),
    ),
    "a copy due later": (
        "UPDATE copies_copy SET due_at = coalesce(due_at, now()) + interval '9 days' WHERE motion_id = %(id)s",
        ("differs", "copies_copy", "due_at"),
    ),
    "copies deleted": ("DELETE FROM copies_copy WHERE motion_id = %(id)s", ("missing", "copies_copy", "")),
    "an opening earlier": (
        "UPDATE motions_opening SET opened_at = opened_at - interval '1 day' WHERE motion_id = %(id)s",
        ("unfounded", "motions_opening", ""),
    ),
    "openings deleted": ("DELETE FROM motions_opening WHERE motion_id = %(id)s", ("missing", "motions_opening", "")),
    "attachments deleted": (
        "DELETE FROM motions_attachment WHERE motion_id = %(id)s",
        ("missing", "motions_attachment", ""),
    ),
    "an attachment exchanged": (
        (
            "UPDATE motions_attachment SET document_id = %(other)s WHERE id = (SELECT min(id) FROM motions_attachment "
            "WHERE motion_id = %(id)s)"
        ),
        ("unfounded", "motions_attachment", ""),
    ),
    "the payload of an act": (
        (
            'UPDATE motions_act SET payload = payload || \'{"outcome": "refused"}\' WHERE motion_id = %(id)s '
            "AND type = 'protocol'"
        ),
        ("differs", "motions_act", "payload"),
    ),
    "the bytes of an act": (
        "UPDATE motions_act SET act_json = act_json || '\\x20' WHERE motion_id = %(id)s AND type = 'protocol'",
        ("differs", "motions_act", "sha256"),
    ),
    "bytes and digest of an act": (
        (
            "UPDATE motions_act SET act_json = act_json || '\\x20', "
            "sha256 = encode(sha256(act_json || '\\x20'), 'hex') WHERE motion_id = %(id)s AND type = 'protocol'"
        ),
        ("differs", "motions_act", "sha256"),
    ),
    "the signature of an act": (
        "UPDATE motions_act SET cms = cms || '\\x20' WHERE motion_id = %(id)s AND type = 'protocol'",
        ("differs", "motions_act", "cms_sha256"),
    ),
    "the time of an act": (
        "UPDATE motions_act SET performed_at = performed_at - interval '1 day' WHERE motion_id = %(id)s",
        ("differs", "motions_act", "performed_at"),
    ),
    "the author of an act": (
        (
            "UPDATE motions_act SET author_id = (SELECT id FROM officers_post WHERE role = 'clerk' LIMIT 1) "
            "WHERE motion_id = %(id)s AND type = 'protocol'"
        ),
        ("differs", "motions_act", "author_id"),
    ),
    "an act deleted": (
        "DELETE FROM motions_act WHERE motion_id = %(id)s AND type = 'hearing_order'",
        ("missing", "motions_act", ""),
    ),
    "two acts exchanged": (
        "UPDATE motions_act SET position = 1000 - position WHERE motion_id = %(id)s",
        ("chain", "motions_act", ""),
    ),
    "the motion deleted": ("DELETE FROM motions_motion WHERE id = %(id)s", ("missing", "motions_motion", "")),
    "a draw altered": (
        "UPDATE assignment_draw SET seed = repeat('0', 64) WHERE motion_id = %(id)s",
        ("differs", "assignment_draw", "seed"),
    ),
    "a draw deleted": ("DELETE FROM assignment_draw WHERE motion_id = %(id)s", ("missing", "assignment_draw", "")),
    "what was prepared altered": (
        "UPDATE motions_preparedact SET act_json = act_json || '\\x20' WHERE motion_id = %(id)s",
        ("differs", "motions_preparedact", "act_json"),
    ),
    "what was prepared deleted": (
        "DELETE FROM motions_preparedact WHERE motion_id = %(id)s",
        ("missing", "motions_preparedact", ""),
    ),
}


@pytest.mark.parametrize("tampering", ROWS)
def test_altered_and_deleted_rows_are_named(motion: Motion, tampering: str) -> None:
    sql, expected = ROWS[tampering]
    filed = motion.attachments.values("document__blob")
    other = Document.objects.exclude(blob__in=filed).first() or _another_document(motion)
    with undone():
        assert tamper(sql, id=motion.pk, other=other.pk), tampering
        assert expected in found()


def _another_document(motion: Motion) -> Document:
    return documents.store(motion.case, motion.author, "another.pdf", BytesIO(PDF + b"another"))


def test_admissions_to_a_secret_motion_are_derived(world: World) -> None:
    motion = world.assigned(_covert())
    assert motion.secret
    assert not named()
    tamper(
        "UPDATE motions_admission SET officer_id = %(o)s WHERE id = (SELECT min(id) FROM motions_admission "
        "WHERE motion_id = %(id)s)",
        id=motion.pk,
        o=world.posts["clerk"].officer_id,
    )
    assert {("missing", "motions_admission", ""), ("unfounded", "motions_admission", "")} <= found()


def _covert() -> str:
    kinds = catalogue(in_force()).kinds
    return next(key for key, kind in kinds.items() if kind.secrecy.level == "covert")


def test_a_returned_motion_is_a_draft_again(world: World) -> None:
    motion = world.filed("custody")
    motion = world.does(motion, ActType.RETURN, "prosecutor")
    drafts.save(motion, motion.author, {**motion.payload, "reasons": "Басқа."})
    first = motion.attachments.first()
    assert first
    drafts.detach(motion, motion.author, first.pk)
    assert not named()


def test_the_command_names_each_row_and_fails(motion: Motion, settings: Any, tmp_path: Path) -> None:
    separate(settings, tmp_path)
    errors = StringIO()
    tamper("UPDATE motions_motion SET valid_until = now() + interval '5 years' WHERE id = %(id)s", id=motion.pk)
    expected = pytest.raises(CommandError, match="rows do not say what acts and log say")
    with translation.override("en"), expected:
        call_command("audit", "verify", "--without-checkpoints", stdout=StringIO(), stderr=errors)
    assert f"motions_motion {motion.pk}: valid_until differs" in errors.getvalue()


COPY = """
    INSERT INTO {table} SELECT (json_populate_record(row, json_build_object({changes}))).*
    FROM {table} row, generate_series(1, %(number)s) WHERE row.{of} = %(id)s
"""


def _multiply(motion: Motion, number: int) -> None:
    """Copy the motion and its acts ``number`` times; nothing in the log explains the copies."""
    changes = "'id', gen_random_uuid(), 'number', null, 'appeal_number', null"
    tamper(COPY.format(table="motions_motion", changes=changes, of="id"), id=motion.pk, number=number)
    unique = "'sha256', gen_random_uuid()::text, 'cms_sha256', gen_random_uuid()::text"
    unique += ", 'signature_sha256', gen_random_uuid()::text, 'entry_id', -1 - (random() * 1e15)::bigint"
    changes = f"'id', gen_random_uuid(), 'motion_id', gen_random_uuid(), {unique}"
    tamper(COPY.format(table="motions_act", changes=changes, of="motion_id"), id=motion.pk, number=number)


def _peak() -> int:
    tracemalloc.start()
    try:
        assert sum(1 for _fault in derivation.faults(Tally()))
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_memory_does_not_grow_with_the_rows(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Far more motions than a cursor fetches at once; the first run fills caches and is not measured."""
    monkeypatch.setattr(motions, "FETCH", 20)
    motion = world.filed("search")
    _multiply(motion, 100)
    _peak()
    few = _peak()
    _multiply(motion, 400)
    assert _peak() < 1.2 * few
