"""From a term of the catalogue and an event to the instant at which it ends, with all values that a deadline keeps."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from ecase.instants import format_instant, parse_instant
from workflows import clock
from workflows.calendars.services import in_force
from workflows.deadlines.ports import TimedMotion
from workflows.statute.catalogue import catalogue
from workflows.statute.conditions import all_hold
from workflows.statute.schema import ByChoice, Escalation, Kind, Term

LONG = ("days", "months", "years")
FIELD = "field:"


@dataclass(frozen=True)
class Count:
    """A term counted for a motion. ``stamp`` names the calendar used; empty if none was needed."""

    motion: TimedMotion
    term: Term
    event: str
    event_at: datetime
    counted: clock.Counted
    stamp: str

    def facts(self) -> dict[str, Any]:
        """The fields of the deadline."""
        due_at, law = self.counted.due_at, catalogue(self.motion.catalogue_id)
        # A term counted back from a future end runs from now.
        since = self.event_at if self.event_at < due_at else timezone.now()
        # None if the end had passed before the start.
        fractions = (self.term.remind or law.reminders.get(self.term.role, ())) if due_at > since else ()
        reminders = sorted(since + (due_at - since) * fraction for fraction in fractions)
        # What is to be done at once has no length, and is never missed: nobody above is called at its very beginning.
        rules = () if self.term.immediately else self.term.escalate or law.escalation.get(self.term.role, ())
        above = _escalations(rules, since, due_at)
        return {
            "motion": self.motion,
            "term": self.term.key,
            "role": self.term.role,
            "article": self.term.article,
            "on_missed": self.term.on_missed,
            "started_at": self.event_at,
            "due_at": due_at,
            "at_once": self.term.immediately,
            "reminders": reminders,
            "remind_at": min(reminders, default=None),
            "escalations": above,
            "escalate_at": first_of(above),
            "calendar": self.stamp,
            "computed": {"event": self.event, "steps": [step.as_dict() for step in self.counted.steps]},
        }


def count(
    motion: TimedMotion, term: Term, event_at: datetime, payload: Mapping[str, Any], event: str = ""
) -> Count | None:
    """The term counted from an event at ``event_at``; None if it does not bind here.

    It does not bind if its conditions do not hold for ``payload`` (the motion's), the choice that sets its length is
    not made, or the law names no figure (mark ``U``). ``event`` is the one of ``term.starts_on`` that happened.
    """
    if not all_hold(term.applies_when, motion.kind_entry.form, payload, event_at):
        return None
    named = event or _event_of(term, event_at, payload)
    if term.immediately:
        return Count(motion, term, named, event_at, clock.uncounted(event_at, "immediately"), "")
    # Hours run through nights and days off: they need no calendar.
    is_long = term.unit in LONG or (term.less is not None and term.less.unit in LONG)
    table = in_force(catalogue(motion.catalogue_id).jurisdiction) if is_long else None
    counted = _counted(term, event_at, payload, table.calendar if table else None)
    if counted is None:
        return None
    return Count(motion, term, named, event_at, counted, table.stamp if table and term.roll else "")


def appeal_until(kind: Kind, announced_at: datetime, jurisdiction: str | None = None) -> datetime | None:
    """The instant until which a decision announced at ``announced_at`` may be appealed; None if no term is stated."""
    rule = kind.appeal
    if not rule.allowed or rule.term is None:
        return None
    skip_first, calendar = rule.count == "skip_first", in_force(jurisdiction).calendar
    amount, unit = rule.term.amount, rule.term.unit
    return clock.due(announced_at, amount, unit, skip_first=skip_first, roll=rule.roll, calendar=calendar).due_at


def add_length(start: datetime, amount: int, unit: clock.Unit, jurisdiction: str | None = None) -> datetime:
    """The instant this long after ``start``, by a jurisdiction's days (by default the installation's).

    Lengths of a sanction are counted from the minute and never moved (CPC Art. 48).
    """
    calendar = in_force(jurisdiction).calendar
    return clock.due(start, amount, unit, skip_first=False, roll=False, calendar=calendar).due_at


def subtract_length(end: datetime, amount: int, unit: clock.Unit, jurisdiction: str | None = None) -> datetime:
    """The instant this long before ``end``, counted as :func:`add_length` does."""
    return clock.earlier(clock.uncounted(end, "immediately"), amount, unit, in_force(jurisdiction).calendar).due_at


def first_of(escalations: Iterable[Mapping[str, str]]) -> datetime | None:
    """The instant of the earliest escalation."""
    return min((parse_instant(escalation["at"]) for escalation in escalations), default=None)


def _counted(
    term: Term, event_at: datetime, payload: Mapping[str, Any], calendar: clock.Calendar | None
) -> clock.Counted | None:
    amount = term.amount if term.by_choice is None else _chosen(term.by_choice, payload)
    if amount is None:
        return None
    # A term of length 0 is the instant of the event, from which others count back.
    counted, skip_first = clock.uncounted(event_at, "stated"), term.count == "skip_first"
    if amount:
        counted = clock.due(event_at, amount, term.unit, skip_first=skip_first, roll=term.roll, calendar=calendar)
    if term.less:
        counted = clock.earlier(counted, term.less.amount, term.less.unit, calendar)
    if term.less_by is None:
        return counted
    less = _chosen(term.less_by, payload)
    return None if less is None else clock.earlier(counted, less, term.unit, calendar)


def _chosen(rule: ByChoice, payload: Mapping[str, Any]) -> int | None:
    return rule.amounts.get(str(payload.get(rule.field, "")))


def _event_of(term: Term, event_at: datetime, payload: Mapping[str, Any]) -> str:
    """The event that started the term: the field that states this instant, else the first act in ``starts_on``."""
    for event in term.starts_on:
        stated = payload.get(event.removeprefix(FIELD)) if event.startswith(FIELD) else None
        if stated and parse_instant(stated) == event_at:
            return event
    return next((start for start in term.starts_on if not start.startswith(FIELD)), "")


def _escalations(rules: Iterable[Escalation], since: datetime, due_at: datetime) -> list[dict[str, str]]:
    """As reminders; escalations of a miss come at the end, even if that had passed before the start."""
    if due_at <= since:
        planned = [(due_at, rule.to) for rule in rules if rule.at >= 1]
    else:
        planned = [(since + (due_at - since) * rule.at, rule.to) for rule in rules]
    return [{"at": format_instant(at), "to": to} for at, to in sorted(planned)]
