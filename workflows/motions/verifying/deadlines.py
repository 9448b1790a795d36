"""Compares the deadlines of a motion with the log: started, met, ended, missed and recounted ones."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ecase.audit.derivation import MISSING, UNFOUNDED, RowFault, Tally, differences
from ecase.instants import format_instant, format_optional_instant
from workflows.deadlines.models import Deadline, State, Voided
from workflows.motions.verifying.motions import Whole

TABLE = Deadline._meta.db_table


@dataclass
class _Story:
    """The log's data on the deadlines of one motion, by id."""

    started: dict[str, dict[str, str]] = field(default_factory=dict)
    met: dict[str, str] = field(default_factory=dict)
    ended: dict[str, str] = field(default_factory=dict)
    replaced: dict[str, str | None] = field(default_factory=dict)
    missed: set[str] = field(default_factory=set)
    began: set[tuple[str, str]] = field(default_factory=set)


def of_deadlines(whole: Whole, tally: Tally) -> Iterator[RowFault]:
    """Deadlines that are missing, were never started, or have a wrong end."""
    story = _told(whole)
    for deadline in whole.rows["deadlines"]:
        tally.count(TABLE)
        key = str(deadline.pk)
        started = story.started.pop(key, None)
        if started is None and whole.states_effects:
            yield RowFault(UNFOUNDED, TABLE, key)
        elif started is None:
            tally.lack(TABLE)
        else:
            yield from differences(TABLE, key, _row(deadline), {**started, **_became(deadline, key, story)})
    yield from (RowFault(MISSING, TABLE, key) for key in story.started)


def _told(whole: Whole) -> _Story:
    story = _Story(missed={entry.data.get("deadline", "") for entry in whole.log["deadline.missed"]})
    for entry in whole.log["act.performed"]:
        said = entry.data.get("deadlines", {})
        story.started |= {row["id"]: _fixed(row, row["term"]) for row in said.get("started", ())}
        story.met |= dict.fromkeys(said.get("met", ()), entry.data.get("at", ""))
        story.ended |= dict.fromkeys(said.get("voided", ()), entry.data.get("at", ""))
    for entry in whole.log["deadline.recomputed"]:
        _recounted(story, entry.data)
    story.began |= {(row["term"], row["started_at"]) for row in story.started.values()}
    return story


def _recounted(story: _Story, data: dict[str, Any]) -> None:
    old, new = data.get("from") or {}, data.get("to") or {}
    if "id" in new:
        story.started[new["id"]] = _fixed(new, data["term"])
        story.met |= {new["id"]: new["met_at"]} if "met_at" in new else {}
        # A miss that was reported is not reported again.
        story.missed |= {new["id"]} if new["state"] == State.MISSED and old.get("id") in story.missed else set()
    if "id" in old:
        story.replaced[old["id"]] = new.get("id")


def _fixed(row: dict[str, str], term: str) -> dict[str, str]:
    return {"term": term, "started_at": row["started_at"], "due_at": row["due_at"]}


def _became(deadline: Deadline, key: str, story: _Story) -> dict[str, Any]:
    """The row's required values at its end, by the log."""
    met = story.met.get(key)
    late = met is not None and met > format_instant(deadline.due_at) and not deadline.at_once
    is_reported = key in story.missed
    voided_at, state = story.ended.get(key), State.RUNNING
    if key in story.ended or key in story.replaced or _was_restarted(deadline, story):
        state = State.VOID
    elif is_reported or late:
        state = State.MISSED
    elif met:
        state = State.MET
    expected: dict[str, Any] = {"state": state, "met_at": met, "replaced_by_id": story.replaced.get(key)}
    expected["claimed_at"] = is_reported
    return {**expected, "voided_at": voided_at} if voided_at or state != State.VOID else expected


def _was_restarted(deadline: Deadline, story: _Story) -> bool:
    """Whether its term was started again at the instant since which it is void."""
    if deadline.voided_because != Voided.RESTARTED or deadline.voided_at is None:
        return False
    return (deadline.term, format_instant(deadline.voided_at)) in story.began


def _row(deadline: Deadline) -> dict[str, Any]:
    instants = {name: getattr(deadline, name) for name in ("started_at", "due_at", "met_at", "voided_at")}
    replaced_by = str(deadline.replaced_by_id) if deadline.replaced_by_id else None
    values: dict[str, Any] = {"term": deadline.term, "state": deadline.state, "replaced_by_id": replaced_by}
    # The log does not record the microsecond of the report of a miss, only that it was reported.
    values["claimed_at"] = deadline.claimed_at is not None
    return {**values, **{name: format_optional_instant(at) for name, at in instants.items()}}
