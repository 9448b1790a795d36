"""Compares the deadlines of a motion with the log: started, met, ended, missed and recounted ones."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ecase.audit.derivation import MISSING, UNFOUNDED, RowFault, Tally, differences
from ecase.instants import format_instant, format_optional_instant
from workflows.deadlines.models import Deadline, State, Voided
from workflows.motions.verifying.motions import MotionRecord

TABLE = Deadline._meta.db_table


@dataclass
class _Logged:
    """The log's data on the deadlines of one motion, by id."""

    started: dict[str, dict[str, str]] = field(default_factory=dict)
    met: dict[str, str] = field(default_factory=dict)
    ended: dict[str, str] = field(default_factory=dict)
    replaced: dict[str, str | None] = field(default_factory=dict)
    missed: set[str] = field(default_factory=set)
    began: set[tuple[str, str]] = field(default_factory=set)


def check_deadlines(record: MotionRecord, tally: Tally) -> Iterator[RowFault]:
    """Deadlines that are missing, were never started, or have a wrong end."""
    logged = _read_log(record)
    for deadline in record.rows["deadlines"]:
        tally.count(TABLE)
        key = str(deadline.pk)
        started = logged.started.pop(key, None)
        if started is None and record.states_effects:
            yield RowFault(UNFOUNDED, TABLE, key)
        elif started is None:
            tally.lacking[TABLE] += 1
        else:
            yield from differences(TABLE, key, _row(deadline), {**started, **_expected_end(deadline, key, logged)})
    yield from (RowFault(MISSING, TABLE, key) for key in logged.started)


def _read_log(record: MotionRecord) -> _Logged:
    logged = _Logged(missed={entry.data.get("deadline", "") for entry in record.log["deadline.missed"]})
    for entry in record.log["act.performed"]:
        changes = entry.data.get("deadlines", {})
        logged.started |= {row["id"]: _fixed(row, row["term"]) for row in changes.get("started", ())}
        logged.met |= dict.fromkeys(changes.get("met", ()), entry.data.get("at", ""))
        logged.ended |= dict.fromkeys(changes.get("voided", ()), entry.data.get("at", ""))
    for entry in record.log["deadline.recomputed"]:
        _add_recount(logged, entry.data)
    logged.began |= {(row["term"], row["started_at"]) for row in logged.started.values()}
    return logged


def _add_recount(logged: _Logged, data: dict[str, Any]) -> None:
    old, new = data.get("from") or {}, data.get("to") or {}
    if "id" in new:
        logged.started[new["id"]] = _fixed(new, data["term"])
        logged.met |= {new["id"]: new["met_at"]} if "met_at" in new else {}
        # A miss that was reported is not reported again.
        logged.missed |= {new["id"]} if new["state"] == State.MISSED and old.get("id") in logged.missed else set()
    if "id" in old:
        logged.replaced[old["id"]] = new.get("id")


def _fixed(row: dict[str, str], term: str) -> dict[str, str]:
    return {"term": term, "started_at": row["started_at"], "due_at": row["due_at"]}


def _expected_end(deadline: Deadline, key: str, logged: _Logged) -> dict[str, Any]:
    """The row's required values at its end, by the log."""
    met = logged.met.get(key)
    late = met is not None and met > format_instant(deadline.due_at) and not deadline.at_once
    is_reported, is_restarted = key in logged.missed, False
    if deadline.voided_because == Voided.RESTARTED and deadline.voided_at is not None:
        # Its term was started again at the instant since which it is void.
        is_restarted = (deadline.term, format_instant(deadline.voided_at)) in logged.began
    voided_at, state = logged.ended.get(key), State.RUNNING
    if key in logged.ended or key in logged.replaced or is_restarted:
        state = State.VOID
    elif is_reported or late:
        state = State.MISSED
    elif met:
        state = State.MET
    expected: dict[str, Any] = {"state": state, "met_at": met, "replaced_by_id": logged.replaced.get(key)}
    expected["claimed_at"] = is_reported
    return {**expected, "voided_at": voided_at} if voided_at or state != State.VOID else expected


def _row(deadline: Deadline) -> dict[str, Any]:
    instants = {name: getattr(deadline, name) for name in ("started_at", "due_at", "met_at", "voided_at")}
    replaced_by = str(deadline.replaced_by_id) if deadline.replaced_by_id else None
    values: dict[str, Any] = {"term": deadline.term, "state": deadline.state, "replaced_by_id": replaced_by}
    # The log does not record the microsecond of the report of a miss, only that it was reported.
    values["claimed_at"] = deadline.claimed_at is not None
    return {**values, **{name: format_optional_instant(at) for name, at in instants.items()}}
