"""Deadlines against the log, by themselves (H-B13): rows and entries are made here, no motion is filed.

That a change in the database is found is in ``test_tampering``; here stands which end the log asks for.
"""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from ecase.audit.derivation import Tally
from ecase.instants import format_instant
from workflows.deadlines.models import Deadline, State, Voided
from workflows.motions.verifying.deadlines import TABLE, check_deadlines
from workflows.motions.verifying.motions import Logged, MotionRecord

BEGAN = datetime(2026, 3, 2, 4, 30, tzinfo=UTC)
DUE = BEGAN + timedelta(hours=8)
IN_TIME, LATE = DUE - timedelta(minutes=1), DUE + timedelta(minutes=1)


def deadline(**given: Any) -> Deadline:
    return Deadline(**{"id": uuid4(), "term": "decide", "started_at": BEGAN, "due_at": DUE, **given})


def stated(row: Deadline, **more: str) -> dict[str, str]:
    """The row as an act's entry, or a recount's, states it."""
    instants = {"started_at": format_instant(row.started_at), "due_at": format_instant(row.due_at)}
    return {"id": str(row.pk), "term": row.term, **instants, **more}


def act(at: datetime = BEGAN, **deadlines: Any) -> tuple[str, dict[str, Any]]:
    return "act.performed", {"at": format_instant(at), "sets": {}, "deadlines": deadlines}


def missed(row: Deadline) -> tuple[str, dict[str, Any]]:
    return "deadline.missed", {"deadline": str(row.pk)}


def faults(rows: list[Deadline], *entries: tuple[str, dict[str, Any]]) -> set[tuple[str, str, str]]:
    record = MotionRecord(uuid4())
    record.rows["deadlines"] = list(rows)
    for number, (event, data) in enumerate(entries):
        record.log[event].append(Logged(number, event, {}, {}, data))
    tally = Tally()
    found = {(fault.code, fault.key, fault.column) for fault in check_deadlines(record, tally)}
    assert tally.compared[TABLE] == len(rows)
    return found


def test_a_deadline_that_an_act_started_runs() -> None:
    row = deadline(state=State.RUNNING)
    assert faults([row], act(started=[stated(row)])) == set()


@pytest.mark.parametrize("column", ["term", "started_at", "due_at"])
def test_what_was_stated_at_the_start_never_changes(column: str) -> None:
    row = deadline(state=State.RUNNING)
    entry = act(started=[stated(row)])
    setattr(row, column, "other" if column == "term" else LATE)
    assert faults([row], entry) == {("differs", str(row.pk), column)}


def test_a_row_without_an_entry_and_an_entry_without_a_row_are_named() -> None:
    row, lost = deadline(state=State.RUNNING), deadline()
    assert faults([row], act(started=[stated(lost)])) == {("unfounded", str(row.pk), ""), ("missing", str(lost.pk), "")}


@pytest.mark.parametrize(("at", "at_once", "state"), [
    (IN_TIME, False, State.MET),
    (LATE, False, State.MISSED),
    (LATE, True, State.MET),
])  # fmt: skip
def test_an_act_meets_a_deadline_in_time_or_misses_it(at: datetime, at_once: bool, state: str) -> None:
    row = deadline(state=state, met_at=at, at_once=at_once)
    entries = (act(started=[stated(row)]), act(at, met=[str(row.pk)]))
    assert faults([row], *entries) == set()
    row.state = State.RUNNING
    assert faults([row], *entries) == {("differs", str(row.pk), "state")}


def test_a_reported_miss_is_claimed_and_missed() -> None:
    row = deadline(state=State.MISSED, claimed_at=LATE)
    entries = (act(started=[stated(row)]), missed(row))
    assert faults([row], *entries) == set()
    row.claimed_at = None
    assert faults([row], *entries) == {("differs", str(row.pk), "claimed_at")}


def test_an_act_voids_a_deadline_at_its_own_instant() -> None:
    row = deadline(state=State.VOID, voided_at=IN_TIME)
    entries = (act(started=[stated(row)]), act(IN_TIME, voided=[str(row.pk)]))
    assert faults([row], *entries) == set()
    row.voided_at = LATE
    assert faults([row], *entries) == {("differs", str(row.pk), "voided_at")}


def recount(old: Deadline, new: Deadline, state: str) -> tuple[str, dict[str, Any]]:
    return "deadline.recomputed", {
        "term": old.term,
        "from": stated(old, state=State.RUNNING),
        "to": stated(new, state=state),
    }


def test_a_recount_voids_the_old_row_and_starts_the_new_one() -> None:
    new = deadline(state=State.RUNNING, due_at=LATE)
    old = deadline(state=State.VOID, voided_at=IN_TIME, voided_because=Voided.CALENDAR, replaced_by=new)
    entries = (act(started=[stated(old)]), recount(old, new, State.RUNNING))
    assert faults([old, new], *entries) == set()
    old.replaced_by_id = UUID(int=0)
    assert faults([old, new], *entries) == {("differs", str(old.pk), "replaced_by_id")}


def test_a_miss_that_was_reported_stays_reported_after_a_recount() -> None:
    new = deadline(state=State.MISSED, claimed_at=LATE)
    old = deadline(state=State.VOID, voided_at=LATE, voided_because=Voided.CORRECTED, replaced_by=new, claimed_at=LATE)
    entries = (act(started=[stated(old)]), missed(old), recount(old, new, State.MISSED))
    assert faults([old, new], *entries) == set()


def test_a_term_that_is_started_again_voids_its_first_row() -> None:
    first = deadline(state=State.VOID, voided_at=IN_TIME, voided_because=Voided.RESTARTED)
    again = deadline(state=State.RUNNING, started_at=IN_TIME, due_at=LATE)
    assert faults([first, again], act(started=[stated(first)]), act(IN_TIME, started=[stated(again)])) == set()
    alone = faults([first], act(started=[stated(first)]))
    assert alone == {("differs", str(first.pk), column) for column in ("state", "voided_at")}


def test_an_entry_from_before_rows_were_stated_is_counted_and_not_held_against_the_row() -> None:
    record, row, tally = MotionRecord(uuid4()), deadline(state=State.RUNNING), Tally()
    record.rows["deadlines"] = [row]
    record.log["act.performed"].append(Logged(1, "act.performed", {}, {}, {"at": format_instant(BEGAN)}))
    assert list(check_deadlines(record, tally)) == []
    assert tally.lacking[TABLE] == 1
