"""Compares copies, openings, admissions, attachments, draws and prepared acts of a motion with acts and log."""

import hashlib
import json
from collections.abc import Iterator
from typing import Any

from ecase.audit.derivation import MISSING, UNFOUNDED, RowFault, Tally, differences
from ecase.instants import format_instant, format_optional_instant
from workflows.assignment.models import Draw
from workflows.copies.models import Copy
from workflows.motions.models import Act, Admission, Attachment, Opening, PendingSignature, PreparedAct
from workflows.motions.states import ActType
from workflows.motions.verifying.motions import Logged, MotionRecord

COPY, OPENING, ADMISSION = Copy._meta.db_table, Opening._meta.db_table, Admission._meta.db_table
ATTACHMENT, DRAW = Attachment._meta.db_table, Draw._meta.db_table
PREPARED, PENDING = PreparedAct._meta.db_table, PendingSignature._meta.db_table
ADDRESSEE = ("officer", "organisation", "person")


def check_copies(record: MotionRecord, tally: Tally) -> Iterator[RowFault]:
    """Copies that are missing, that no act owes, or whose end is not in the log."""
    owed = {
        line["copy"]: {**line, "act": entry.subject["act"]}
        for entry in record.log["copies.owed"]
        for line in entry.data["copies"]
    }
    ended = _ends(record)
    for copy in record.rows["copies"]:
        tally.count(COPY)
        key = str(copy.pk)
        line = owed.pop(key, None)
        if line is None:
            yield RowFault(UNFOUNDED, COPY, key)
        else:
            yield from _copy(copy, line, ended.get(key, {}), tally)
    yield from (RowFault(MISSING, COPY, key) for key in owed)


def _ends(record: MotionRecord) -> dict[str, dict[str, Any]]:
    """By copy: its acknowledgement in the log, or since when it is void. Older entries lack the instant."""
    ended: dict[str, dict[str, Any]] = {}
    for event in ("copy.acknowledged", "copy.served"):
        for entry in record.log[event]:
            at = entry.data.get("at")
            served = {"how": entry.data["how"]} if event == "copy.served" else {}
            ended[entry.data["copy"]] = {"acknowledged_at": at, **served}
    for entry in record.log["copies.voided"]:
        ended |= {copy: {"voided_at": entry.data.get("at")} for copy in entry.data["copies"]}
    return ended


def _copy(copy: Copy, line: dict[str, Any], end: dict[str, Any], tally: Tally) -> Iterator[RowFault]:
    is_older = "notice" not in line
    if is_older or None in end.values():
        tally.lacking[COPY] += 1
        end = {
            name: format_optional_instant(getattr(copy, name)) if value is None else value
            for name, value in end.items()
        }
    expected = {"act_id": line["act"], "to": line["to"], "how": line["how"]}
    if not is_older:
        addressee = {f"{name}_id": line.get(name) for name in ADDRESSEE}
        expected |= {**addressee, "notice": line["notice"], "due_at": line["due_at"]}
    yield from differences(
        COPY, copy.pk, _row_of(copy), {**expected, "acknowledged_at": None, "voided_at": None, **end}
    )


def _row_of(copy: Copy) -> dict[str, Any]:
    row: dict[str, Any] = {"to": copy.to, "how": copy.how, "notice": copy.notice}
    for name in ("due_at", "acknowledged_at", "voided_at"):
        row[name] = format_optional_instant(getattr(copy, name))
    for name in ("act", *ADDRESSEE):
        key = getattr(copy, f"{name}_id")
        row[f"{name}_id"] = str(key) if key else None
    return row


def check_openings(record: MotionRecord, tally: Tally) -> Iterator[RowFault]:
    """Openings that are missing, or not in the log. Entries state since when; older ones state only who."""
    known, older = _logged_openings(record.log["motion.opened"])
    for opening in record.rows["openings"]:
        tally.count(OPENING)
        who = (str(opening.officer_id), opening.role)
        row = (*who, opening.version, opening.position, format_instant(opening.opened_at))
        if row in known:
            known.discard(row)
        elif who in older:
            tally.lacking[OPENING] += 1
        else:
            yield RowFault(UNFOUNDED, OPENING, str(opening.pk))
    if record.was_filed:
        yield from (RowFault(MISSING, OPENING, f"motion={record.id} officer={row[0]}") for row in sorted(known))


def _logged_openings(entries: list[Logged]) -> tuple[set[tuple[str, str, int, int, str]], set[tuple[str, str]]]:
    """Who opened what in which role, and since when; for older entries only who.

    An entry with the key ``of`` (an act, a comparison) is not an opening.
    """
    known, older = set(), set()
    for entry in entries:
        who, data = (entry.actor["officer"], entry.actor["role"]), entry.data
        if "opened_at" in data:
            known.add((*who, data["version"], data["position"], data["opened_at"]))
        elif "of" not in data:
            older.add(who)
    return known, older


def check_admissions(record: MotionRecord, tally: Tally) -> Iterator[RowFault]:
    """Admissions to a secret motion that are missing, or that no act gave. Its author is admitted with the draft."""
    if record.motion is None or not record.motion.secret:
        return
    given = {entry.actor["officer"] for entry in record.log["draft.created"]}
    given |= {officer for entry in record.log["act.performed"] for officer in entry.data.get("admitted", ())}
    for admission in record.rows["admissions"]:
        tally.count(ADMISSION)
        officer = str(admission.officer_id)
        if officer in given:
            given.discard(officer)
        elif record.states_effects:
            yield RowFault(UNFOUNDED, ADMISSION, str(admission.pk))
        else:
            tally.lacking[ADMISSION] += 1
    yield from (RowFault(MISSING, ADMISSION, f"motion={record.id} officer={officer}") for officer in sorted(given))


def check_attachments(record: MotionRecord, tally: Tally) -> Iterator[RowFault]:
    """Compares attachments with the files named by motion and supplements. A returned motion is a draft again."""
    if record.motion is None or record.motion.is_editable:
        return
    stated = _files(record.acts)
    for attachment in record.rows["attachments"]:
        tally.count(ATTACHMENT)
        sha256 = attachment.document.blob_id
        if sha256 in stated:
            stated.remove(sha256)
        elif attachment.filed_by_id is not None:
            yield RowFault(UNFOUNDED, ATTACHMENT, str(attachment.pk))
    yield from (RowFault(MISSING, ATTACHMENT, f"motion={record.id} sha256={sha256}") for sha256 in stated)


def _files(acts: list[Act]) -> list[str]:
    """Digests of the files of the last motion and of every supplement after it, without each act's own paper."""
    stated: list[str] = []
    for act in acts:
        if act.type not in (ActType.MOTION, ActType.SUPPLEMENT):
            continue
        try:
            added = [file["sha256"] for file in json.loads(bytes(act.act_json))["files"][1:]]
        except (ValueError, KeyError, TypeError):
            added = []  # The act was already reported.
        stated = added if act.type == ActType.MOTION else [*stated, *added]
    return stated


def check_draws(record: MotionRecord, tally: Tally) -> Iterator[RowFault]:
    """Compares the record of every draw with that in the log."""
    logged = {entry.subject["draw"]: entry.data for entry in record.log["draw.made"]}
    for draw in record.rows["draws"]:
        tally.count(DRAW)
        expected = logged.pop(str(draw.pk), None)
        if expected is None:
            yield RowFault(UNFOUNDED, DRAW, str(draw.pk))
        else:
            yield from differences(DRAW, draw.pk, draw.as_dict(), expected)
    yield from (RowFault(MISSING, DRAW, key) for key in logged)


def check_prepared(record: MotionRecord, tally: Tally) -> Iterator[RowFault]:
    """Compares prepared acts of officers with their acts: same bytes, and performed if and only if the act exists."""
    acts = {act.pk: act for act in record.acts if act.author_id}
    rows = {prepared.pk: prepared for prepared in record.rows["prepared"]}
    for key, prepared in rows.items():
        tally.count(PREPARED)
        found = {"sha256": prepared.sha256, "performed_at": prepared.performed_at is not None}
        found["act_json"] = hashlib.sha256(bytes(prepared.act_json)).hexdigest()
        sha256 = acts[key].sha256 if key in acts else prepared.sha256
        expected = {"sha256": sha256, "act_json": sha256, "performed_at": key in acts}
        yield from differences(PREPARED, key, found, expected)
    yield from (RowFault(MISSING, PREPARED, str(key)) for key in acts if key not in rows)
    yield from _pending(record, acts, tally)


def _pending(record: MotionRecord, acts: dict[Any, Act], tally: Tally) -> Iterator[RowFault]:
    """A pending signature is settled if its act exists; if it was accepted, the act must exist."""
    for waiting in record.rows["pending"]:
        tally.count(PENDING)
        is_done = waiting.settled_at is not None
        expected = {"settled_at": True} if waiting.prepared_id in acts else {}
        if is_done and not waiting.problems:
            expected = {"prepared_id": waiting.prepared_id in acts}
        yield from differences(PENDING, waiting.pk, {"settled_at": is_done, "prepared_id": True}, expected)
