"""Records an act: row, transition, deadlines, audit entry and messages, all in one transaction.

The act and its entry are written at once, since the entry's place in the chain counts; the motion's row, its deadlines
and the messages together with those of further acts (``transactions.written_together``).

Called inside the transaction that holds the motion's lock, by ``perform`` for officers and by ``service_acts`` for the
service itself; nothing else writes acts.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from ecase.audit import services as audit
from ecase.audit.models import Entry
from ecase.cases import participation
from ecase.instants import format_instant
from ecase.officers.models import Officer, Post
from ecase.transactions import write_together
from signatures import Report
from workflows.deadlines import services as deadlines
from workflows.deadlines.models import Deadline
from workflows.motions import columns
from workflows.motions.acts.registry import spec_of
from workflows.motions.acts.spec import ActSpec
from workflows.motions.engine import copies_owed, measures_held
from workflows.motions.exports.act_json import digest
from workflows.motions.models import Act, Motion, PreparedAct
from workflows.motions.notifications import notify
from workflows.motions.rules import finality
from workflows.motions.rules.appeals import Stated
from workflows.motions.rules.deadlines import Changes
from workflows.motions.states import ActType

SERVICE_TEXT = "ecase"


@dataclass(frozen=True)
class Statement:
    """A signed act that is about to be recorded. ``author`` is ``None`` for the service."""

    id: uuid.UUID
    type: ActType
    author: Post | None
    payload: Mapping[str, Any]
    act_json: bytes
    cms: bytes
    report: Report
    pdf_id: str | None
    at: datetime

    @classmethod
    def signed(cls, prepared: PreparedAct, author: Post, cms: bytes, report: Report, at: datetime) -> "Statement":
        """A prepared act with its verified signature."""
        act_type, frozen = ActType(prepared.type), bytes(prepared.act_json)
        return cls(prepared.pk, act_type, author, prepared.payload, frozen, cms, report, prepared.pdf_id, at)

    @property
    def stated(self) -> Stated:
        """The part of the act that counts for appeals."""
        return Stated(str(self.id), self.type, self.payload, self.at)


class Stand(NamedTuple):
    """The states of both state machines of a motion before an act."""

    state: str
    appeal: str


def record(motion: Motion, statement: Statement) -> Act:
    """Write the act and all its effects. ``motion`` is locked, verified and allowed to make this step.

    The log entry is written after the effects on rows, so that it can state them: the columns that the act sets, the
    deadlines that it starts, meets and ends, the officers whom it admits.
    """
    before, spec = Stand(motion.state, motion.appeal_state), spec_of(statement.type)
    spec.moves.take(motion, statement.stated)
    act = _act(motion, statement, before)
    motion.last_act = act
    motion.revision += 1
    admitted = spec.effect(motion, act, act.payload)
    clocks = _run_clocks(motion, spec.deadlines(motion, act))
    sets = columns.set_by(motion, everything=act.type == ActType.MOTION)
    act.entry = _append(motion, statement, before, {columns.SETS: sets, **clocks, **_admitted(admitted)})
    act.save(force_insert=True)
    measures_held.write_down(motion, act)
    if statement.author:
        _join(motion, statement.author, spec)
    motion.close_at = finality.closes_at(motion, act.performed_at)
    write_together(_save, motion)
    notify(motion, act, spec.notifies, copies_owed.write_down(motion, act, spec))
    return act


# What an act may change.
_CHANGED = (
    "state",
    "appeal_state",
    "revision",
    "version",
    "consents",
    "payload",
    "subject",
    "defence",
    "on_paper",
    "outcome",
    "court",
    "consenting",
    "judge",
    "number",
    "appellate_court",
    "appellate_judge",
    "appeal_number",
    "submitted_at",
    "registered_at",
    "hearing_at",
    "decided_at",
    "announced_at",
    "executed_at",
    "ended_at",
    "valid_until",
    "warn_at",
    "appeal_until",
    "close_at",
    "next_due_at",
    "due_at_once",
    "last_act",
)


def _save(motions: list[Motion]) -> None:
    """Each row once, whatever the number of its acts, and only the columns that differ from the locked row."""
    for motion in motions:
        values = {field.name: getattr(motion, field.attname) for field in Motion._meta.concrete_fields}
        kept = motion.as_locked
        motion.save(update_fields=[name for name in _CHANGED if name not in kept or kept[name] != values[name]])
        motion.as_locked = values


def _join(motion: Motion, author: Post, spec: ActSpec) -> None:
    """Record the author's role in the case. A judge who has another role in it may still step aside."""
    joined = motion.roles_known.get(author.officer_id)
    if joined == author.role or (joined and spec.steps_aside):
        return
    if spec.steps_aside:
        participation.join_unless_joined(motion.case, author.officer, author.role)
    else:
        participation.join(motion.case, author.officer, author.role)


def _append(motion: Motion, statement: Statement, before: Stand, effects_on_rows: dict[str, Any]) -> Entry:
    actor = statement.author.as_actor() if statement.author else audit.service_actor()
    return audit.append(
        "act.performed",
        chain=motion.chain,
        actor=actor,
        subject={"motion": str(motion.pk), "act": str(statement.id)},
        data={
            "type": statement.type,
            "from": before.state,
            "to": motion.state,
            "at": format_instant(statement.at),
            "sha256": digest(statement.act_json),
            "cms_sha256": digest(statement.cms),
            **effects_on_rows,
        },
    )


def _act(motion: Motion, statement: Statement, before: Stand) -> Act:
    previous = motion.last_act
    return Act(
        id=statement.id,
        motion=motion,
        position=previous.position + 1 if previous else 1,
        type=statement.type,
        version=motion.version,
        from_state=before.state,
        to_state=motion.state,
        from_appeal=before.appeal,
        to_appeal=motion.appeal_state,
        author=statement.author,
        author_text=_author_text(statement.author),
        payload=dict(statement.payload),
        act_json=statement.act_json,
        sha256=digest(statement.act_json),
        cms=statement.cms,
        cms_sha256=digest(statement.cms),
        signature_sha256=statement.report.signature_sha256,
        report=statement.report.as_dict(),
        pdf_id=statement.pdf_id,
        previous=previous,
        performed_at=statement.at,
    )


def _author_text(author: Post | None) -> str:
    return f"{author.officer.full_name}, {author.organisation.name('kk')}" if author else SERVICE_TEXT


def _admitted(officers: list[Officer]) -> dict[str, Any]:
    return {"admitted": [str(officer.pk) for officer in officers]} if officers else {}


def _run_clocks(motion: Motion, changes: Changes) -> dict[str, Any]:
    """Update the row's next deadline. Returns the data for the log; recounted deadlines have their own entries."""
    if any(changes):
        motion.next_due_at, motion.due_at_once = deadlines.next_due(motion)
    said = {
        "started": [_started(deadline) for deadline in changes.started],
        "met": [str(deadline.pk) for deadline in changes.met],
        "voided": [str(pk) for pk in changes.voided],
    }
    stated = {name: rows for name, rows in said.items() if rows}
    return {"deadlines": stated} if stated else {}


def _started(deadline: Deadline) -> dict[str, str]:
    instants = {"started_at": format_instant(deadline.started_at), "due_at": format_instant(deadline.due_at)}
    return {"id": str(deadline.pk), "term": deadline.term, **instants}
