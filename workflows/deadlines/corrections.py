"""Recounting deadlines: the event or the length of a term was corrected, or the calendar has changed.

The old row stays with all its values, void, and names its replacement; the new row states in ``computed`` why it was
recounted and what the old one said. Each recount is an entry ``deadline.recomputed`` of the case's chain.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import reduce
from operator import or_
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from ecase.audit import services as audit
from ecase.instants import format_instant, parse_instant
from workflows.calendars.services import in_force
from workflows.deadlines import timetable
from workflows.deadlines.counting import FIELD, Count, count
from workflows.deadlines.models import Deadline, DeadlineQuerySet, State, Voided
from workflows.deadlines.ports import TimedMotion
from workflows.statute.schema import Term

_STORIES = {Voided.CORRECTED: "length", Voided.CALENDAR: "calendar", Voided.EXTENDED: "extended"}


@dataclass(frozen=True)
class Cause:
    """Why and when a deadline is recounted. ``reason`` is the officer's own sentence, empty for the calendar."""

    because: Voided
    at: datetime
    reason: str = ""


@transaction.atomic
def correct_fields(motion: TimedMotion, fields: Collection[str], reason: str, at: datetime) -> list[Deadline]:
    """Recount every term that began at one of these fields of the motion, or depends on one; returns those that hold.

    As :func:`correct`, in one transaction. A term that no act has begun yet begins with its act, by the corrected
    payload.
    """
    cause = Cause(Voided.CORRECTED, at, reason)
    terms = [term for term in motion.kind_entry.clocks if not _asked(term).isdisjoint(fields)]
    timetable.forget(motion)
    found = [correct(motion, term, event_at, cause) for term in terms for event_at in _events(motion, term)]
    return [deadline for deadline in found if deadline is not None]


def extend(motion: TimedMotion, act_type: str, at: datetime) -> list[Deadline]:
    """Extend the running terms that ``act_type`` extends to the legal maximum; returns the new deadlines."""
    terms = [term for term in motion.kind_entry.clocks if act_type in term.extended_by and term.extendable_to]
    if terms:
        timetable.forget(motion)
    extended = []
    for term in terms:
        old = _standing(motion, term)
        if old is None or old.state != State.RUNNING:
            continue
        counted = count(motion, _with_length(term, extended=True), old.started_at, motion.payload, old.event)
        if counted and counted.counted.due_at > old.due_at:
            extended.append(_replace(old, counted, Cause(Voided.EXTENDED, at)))
    return extended


def _with_length(term: Term, *, extended: bool) -> Term:
    """The term; if ``extended``, with the maximum length that the law allows."""
    most = term.extendable_to
    return replace(term, amount=most.amount, unit=most.unit) if extended and most else term


def stale() -> DeadlineQuerySet:
    """The running deadlines that were counted by a calendar that has changed since."""
    places = Deadline.objects.by_calendar().values_list("motion__catalogue__jurisdiction", flat=True).distinct()
    stamps = {place: in_force(place).stamp for place in places.order_by()}
    of_place = [Q(motion__catalogue__jurisdiction=place) & ~Q(calendar=stamp) for place, stamp in stamps.items()]
    return Deadline.objects.by_calendar().filter(reduce(or_, of_place)) if of_place else Deadline.objects.none()


@transaction.atomic
def recount(now: datetime, limit: int = 100, only: UUID | None = None) -> list[Deadline]:
    """Recount up to ``limit`` running deadlines whose calendar has changed since they were counted.

    Returns the replacements; a deadline whose end stays the same is kept. Concurrent callers never recount the same
    one. ``only`` names one deadline.
    """
    rows = stale().filter(pk=only) if only else stale()
    locked = rows.select_related("motion__case").select_for_update(skip_locked=True, of=("self", "motion"))
    replaced = []
    for old in locked.order_by("due_at")[:limit]:
        term = _with_length(old.motion.kind_entry.term(old.term), extended=old.extended)
        counted = count(old.motion, term, old.started_at, old.motion.payload, old.event)
        if counted and counted.counted.due_at != old.due_at:
            replaced.append(_replace(old, counted, Cause(Voided.CALENDAR, now)))
        elif counted:
            Deadline.objects.filter(pk=old.pk).update(calendar=counted.stamp)
    return replaced


@transaction.atomic
def correct(motion: TimedMotion, term: Term, event_at: datetime | None, cause: Cause) -> Deadline | None:
    """The deadline of ``term``, recounted from the corrected instant ``event_at`` of its event.

    ``motion.payload`` is the corrected one already. Whether the term was met or missed is judged again. Nothing changes
    if it was corrected so before, or if the motion no longer awaits anything. None if no deadline holds: the corrected
    motion does not bind the term, or it never began.
    """
    old = _standing(motion, term)
    if old is None and term.outcomes:
        # The term waits for the decision, after which nothing is corrected.
        return None
    if old is not None and old.state == State.VOID and old.voided_because != Voided.CORRECTED:
        return None
    term, event = _with_length(term, extended=old is not None and old.extended), old.event if old else ""
    counted = count(motion, term, event_at, motion.payload, event) if event_at else None
    if old is None or old.state == State.VOID:
        return _begin(counted, cause) if counted else None
    if counted is None:
        _void(old, cause)
        _log(old, None, cause)
        return None
    if (old.started_at, old.due_at) == (counted.event_at, counted.counted.due_at):
        return old
    return _replace(old, counted, cause)


def _begin(counted: Count, cause: Cause) -> Deadline:
    """A term that binds only since the correction."""
    facts = counted.facts()
    facts["computed"]["recomputed"] = {"because": "begun", "on": format_instant(cause.at), "reason": cause.reason}
    new = Deadline.objects.create(**facts)
    _log(None, new, cause)
    return new


def _replace(old: Deadline, counted: Count, cause: Cause) -> Deadline:
    facts = counted.facts()
    # For ``explanation``: why it was recounted, and what it said before.
    facts["computed"]["recomputed"] = {
        "because": "event" if old.started_at != counted.event_at else _STORIES[cause.because],
        "on": format_instant(cause.at),
        "reason": cause.reason,
        "from": format_instant(old.started_at),
        "to": format_instant(counted.event_at),
        "was_due": format_instant(old.due_at),
        "was": old.state,
    }
    facts["extended"] = old.extended or cause.because == Voided.EXTENDED
    _void(old, cause)
    new = _judged(Deadline(**facts), old, cause.at)
    new.save(force_insert=True)
    Deadline.objects.filter(pk=old.pk).update(replaced_by=new)
    _log(old, new, cause)
    return new


def _void(old: Deadline, cause: Cause) -> None:
    """Void the row only: the instance keeps its values, for the comparison and the log."""
    nothing_to_come = {"remind_at": None, "escalate_at": None}
    voided = {"state": State.VOID, "voided_at": cause.at, "voided_because": cause.because}
    Deadline.objects.filter(pk=old.pk).update(**voided, **nothing_to_come)


def _judged(new: Deadline, old: Deadline, at: datetime) -> Deadline:
    """Judge by the new count whether the act was in time. A miss that was reported is not reported again."""
    new.met_at = old.met_at
    if new.met_at is not None:
        new.remind_at, new.escalate_at = None, None
        new.state = State.MISSED if new.late else State.MET
    elif old.claimed_at is not None and not new.at_once and new.due_at < at:
        new.state, new.remind_at = State.MISSED, None
        new.escalations, new.escalate_at = old.escalations, old.escalate_at
    if new.state == State.MISSED:
        new.claimed_at = old.claimed_at
    return new


def _log(old: Deadline | None, new: Deadline | None, cause: Cause) -> None:
    """Log both values, without the officer's sentence, which is in the act."""
    deadline = new or old
    assert deadline is not None  # noqa: S101 - there is nothing to log without either
    audit.append(
        "deadline.recomputed",
        chain=deadline.motion.chain,
        actor=audit.service_actor(),
        subject={"motion": str(deadline.motion_id)},
        data={
            "term": deadline.term,
            "role": deadline.role,
            "because": cause.because,
            "from": _values(old),
            "to": _values(new),
        },
    )


def _values(deadline: Deadline | None) -> dict[str, str] | None:
    if deadline is None:
        return None
    instants = {"started_at": format_instant(deadline.started_at), "due_at": format_instant(deadline.due_at)}
    met = {"met_at": format_instant(deadline.met_at)} if deadline.met_at else {}
    return {"id": str(deadline.pk), **instants, "state": deadline.state, **met}


def _asked(term: Term) -> set[str]:
    """The fields of the motion on which the term depends."""
    chosen = [rule.field for rule in (term.by_choice, term.less_by) if rule]
    started = [event.removeprefix(FIELD) for event in term.starts_on if event.startswith(FIELD)]
    return {*chosen, *started, *(condition.field for condition in term.applies_when)}


def _events(motion: TimedMotion, term: Term) -> Iterator[datetime | None]:
    """The instants of the term's event by the corrected motion; None if the motion no longer states it.

    Nothing for a term that waits for its act.
    """
    stated = [event.removeprefix(FIELD) for event in term.starts_on if event.startswith(FIELD)]
    texts = [motion.payload[key] for key in stated if motion.payload.get(key)]
    if stated:
        yield parse_instant(texts[0]) if texts else None
        return
    standing = _standing(motion, term)
    if standing is not None:
        yield standing.started_at


def _standing(motion: TimedMotion, term: Term) -> Deadline | None:
    """The row that holds for the term now: one that has not been replaced."""
    rows = Deadline.objects.filter(motion=motion.pk, term=term.key, replaced_by=None)
    return rows.exclude(voided_because=Voided.RESTARTED).order_by("-created_at").select_for_update().first()
