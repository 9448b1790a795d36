"""Verifies the acts of a motion (order, signed bytes, log entries), and the row that results from them."""

import hashlib
import json
from collections.abc import Iterator
from typing import Any

from ecase.audit.derivation import CHAIN, DIFFERS, MISSING, UNFOUNDED, RowFault, Tally, differences
from ecase.instants import format_instant
from workflows.deadlines.models import State as Due
from workflows.motions import columns, signed
from workflows.motions.models import Act, Motion
from workflows.motions.rules import appeals
from workflows.motions.states import State
from workflows.motions.verifying.motions import Logged, MotionRecord

ACT, MOTION = Act._meta.db_table, Motion._meta.db_table


def check_acts(record: MotionRecord, tally: Tally) -> Iterator[RowFault]:
    """Acts that are missing, out of order, altered, or not in the log."""
    before: Act | None = None
    performed = {entry.subject.get("act", ""): entry for entry in record.log["act.performed"]}
    for number, act in enumerate(record.acts, 1):
        tally.count(ACT)
        if not _continues(act, before, number):
            yield RowFault(CHAIN, ACT, str(act.pk))
        yield from _as_signed(act)
        yield from _as_logged(act, performed.pop(str(act.pk), None))
        before = act
    yield from (RowFault(MISSING, ACT, act_id) for act_id in performed)


def _continues(act: Act, before: Act | None, number: int) -> bool:
    if before is None:
        return (act.position, act.previous_id) == (number, None)
    stood = (before.pk, before.to_state, before.to_appeal)
    return act.position == number and (act.previous_id, act.from_state, act.from_appeal) == stood


def _as_signed(act: Act) -> Iterator[RowFault]:
    """Compares bytes with their digests, and columns with the bytes."""
    content, found = bytes(act.act_json), vars(act)
    digests = {"sha256": hashlib.sha256(content).hexdigest(), "cms_sha256": found["cms_found"]}
    yield from differences(ACT, act.pk, found, {**digests, "signature_sha256": found["reported"]})
    try:
        stated = json.loads(content)
        expected = {name: stated["act"][name] for name in ("id", "position", "type", "from_state")}
        expected |= {"motion_id": stated["motion"]["id"], "version": stated["motion"]["version"]}
        expected |= {"payload": stated["payload"], "author_id": stated["author"].get("officer")}
    except (ValueError, KeyError, TypeError):
        yield RowFault(DIFFERS, ACT, str(act.pk), "act_json")
        return
    row = {name: getattr(act, name) for name in ("position", "type", "version", "from_state", "payload")}
    row |= {"id": str(act.pk), "motion_id": str(act.motion_id)}
    row["author_id"] = str(act.author.officer_id) if act.author else None
    yield from differences(ACT, act.pk, row, expected)


def _as_logged(act: Act, entry: Logged | None) -> Iterator[RowFault]:
    if entry is None or entry.id != act.entry_id:
        yield RowFault(UNFOUNDED, ACT, str(act.pk))
        return
    names = {"type": "type", "from_state": "from", "to_state": "to", "sha256": "sha256", "cms_sha256": "cms_sha256"}
    expected = {column: entry.data[name] for column, name in names.items() if name in entry.data}
    if "appeal_state" in entry.data.get(columns.SETS, {}):
        expected["to_appeal"] = entry.data[columns.SETS]["appeal_state"]
    if "at" in entry.data:
        expected["performed_at"] = entry.data["at"]
    row = {name: getattr(act, name) for name in (*names, "to_appeal")}
    yield from differences(ACT, act.pk, {**row, "performed_at": format_instant(act.performed_at)}, expected)


def check_row(record: MotionRecord, tally: Tally) -> Iterator[RowFault]:
    """Compares the motion's row with the result of its acts."""
    motion = record.motion
    if motion is None:
        if record.was_filed:
            yield RowFault(MISSING, MOTION, str(record.id))
        return
    tally.count(MOTION)
    yield from differences(MOTION, motion.pk, vars(motion), {"search": vars(motion)["search_expected"]})
    if not record.states_effects:
        tally.lacking[MOTION] += 1
    if not record.was_filed:
        yield from differences(MOTION, motion.pk, vars(motion), {"state": State.DRAFT, "last_act_id": None})
        return
    yield from _columns(motion, record)
    yield from _payload(motion, record.acts)
    # Older entries do not say what the acts did to the appeal.
    stated = [appeals.Stated(str(act.pk), act.type, act.payload, act.performed_at) for act in record.acts]
    if record.states_effects and appeals.count_acts(stated, motion.appeal_until).state != motion.appeal_state:
        yield RowFault(DIFFERS, MOTION, str(motion.pk), "appeal_state")
    running = [deadline.due_at for deadline in record.rows["deadlines"] if deadline.state == Due.RUNNING]
    if motion.next_due_at != min(running, default=None):
        yield RowFault(DIFFERS, MOTION, str(motion.pk), "next_due_at")


def _columns(motion: Motion, record: MotionRecord) -> Iterator[RowFault]:
    """Compares each column with its last value in the log; for older acts only the states."""
    entries = sorted(record.log["act.performed"], key=lambda entry: entry.id)
    expected = columns.in_force(entry.data for entry in entries)
    if record.acts:
        last = record.acts[-1]
        expected = {"state": last.to_state, "appeal_state": last.to_appeal, **expected}
        if motion.last_act_id != last.pk:
            yield RowFault(DIFFERS, MOTION, str(motion.pk), "last_act_id")
    for found in columns.differences(motion, expected):
        yield RowFault(DIFFERS, MOTION, str(motion.pk), found.column)


def _payload(motion: Motion, acts: list[Act]) -> Iterator[RowFault]:
    if motion.is_editable:
        return
    payload: dict[str, Any] = {}
    try:
        for act in acts:
            if act.type in signed.STATING:
                payload = signed.restated(payload, json.loads(bytes(act.act_json)))
    except (ValueError, KeyError, TypeError):
        return  # The act was already reported.
    if motion.payload != payload:
        yield RowFault(DIFFERS, MOTION, str(motion.pk), "payload")
