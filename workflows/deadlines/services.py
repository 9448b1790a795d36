"""Starting, meeting, voiding deadlines, and claiming those that have come due.

Called inside the transaction of the act that causes it. Nothing is counted nightly: ``due_at`` is an indexed instant,
and whoever wins the row reports it.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db import transaction

from workflows import clock
from workflows.deadlines.models import Deadline, DeadlineQuerySet, State
from workflows.statute.conditions import all_hold
from workflows.statute.schema import Kind, Term

Motion = Any  # workflows.motions.Motion, which stands a floor above


@lru_cache(maxsize=1)
def working_calendar() -> clock.Calendar:
    """The calendar of the installation's jurisdiction, read once a process; ``CalendarError`` if it cannot be used."""
    return clock.load(settings.CALENDAR_DIR / settings.JURISDICTION)


def start(motion: Motion, term: Term, event_at: datetime, payload: Mapping[str, Any]) -> Deadline | None:
    """The deadline that ``term`` sets on an event at ``event_at``; one that ran for the same term is void.

    None when the term does not bind here: its conditions do not hold for ``payload`` (the motion's), the choice that
    sets its length is not made, or the law names no figure (mark ``U``).
    """
    if not all_hold(term.applies_when, motion.kind_entry.form, payload, event_at):
        return None
    counted = count(term, event_at, payload)
    if counted is None:
        return None
    _running(motion).filter(term=term.key).update(state=State.VOID, voided_at=event_at, remind_at=None)
    return Deadline.objects.create(motion=motion, **_facts(term, event_at, counted))


def count(term: Term, event_at: datetime, payload: Mapping[str, Any]) -> clock.Counted | None:
    """The end of ``term`` after an event, with its steps; None if the law or the payload names no length."""
    if term.immediately:
        return clock.immediately(event_at)
    amount = _amount(term, payload)
    if amount is None:
        return None
    calendar = working_calendar()
    skip_first = term.count == "skip_first"
    counted = clock.due(event_at, amount, term.unit, skip_first=skip_first, roll=term.roll, calendar=calendar)
    return clock.earlier(counted, term.less.amount, term.less.unit, calendar) if term.less else counted


def appeal_until(kind: Kind, announced_at: datetime) -> datetime | None:
    """The instant until which a decision announced at ``announced_at`` may be appealed; None if no term is stated."""
    rule = kind.appeal
    if not rule.allowed or rule.term is None:
        return None
    skip_first, calendar = rule.count == "skip_first", working_calendar()
    amount, unit = rule.term.amount, rule.term.unit
    return clock.due(announced_at, amount, unit, skip_first=skip_first, roll=rule.roll, calendar=calendar).due_at


def meet(motion: Motion, act_type: str, at: datetime) -> list[Deadline]:
    """The deadlines that this act meets. One whose end has passed is missed, with the instant at which it was met."""
    terms = [one.key for one in motion.kind_entry.terms if act_type in one.met_by]
    open_ones = Deadline.objects.filter(motion=motion, term__in=terms, met_at__isnull=True)
    met = list(open_ones.filter(state__in=[State.RUNNING, State.MISSED]).select_for_update())
    for deadline in met:
        deadline.met_at, deadline.remind_at = at, None
        deadline.state = State.MISSED if deadline.late or deadline.state == State.MISSED else State.MET
        deadline.save(update_fields=["met_at", "remind_at", "state"])
    return met


def void(motion: Motion, at: datetime) -> int:
    """Nothing is awaited any more (withdrawn, or at its end): the running deadlines are void. How many were."""
    return _running(motion).update(state=State.VOID, voided_at=at, remind_at=None)


def next_due(motion: Motion) -> tuple[datetime | None, bool]:
    """The earliest instant by which somebody must act on the motion, or None, and whether that means "at once"."""
    found = _running(motion).order_by("due_at").values_list("due_at", "at_once").first()
    return found or (None, False)


def claim_missed(now: datetime, limit: int = 100) -> list[Deadline]:
    """Take up to ``limit`` deadlines whose end has passed; each is given to one caller only, ever.

    1. Rows that are due are locked together with their motions; what another holds is skipped, never waited for, so
       that an act being performed and the watch cannot block each other.
    2. They are marked missed and claimed where they still are unclaimed.
    3. The caller writes what a miss means in the same transaction: if that fails, the claim is undone with it.
    """
    with transaction.atomic():
        won = _locked(_deadlines().missed_unclaimed(now).order_by("due_at"), limit)
        _deadlines().filter(pk__in=[one.pk for one in won], claimed_at__isnull=True).update(
            state=State.MISSED, claimed_at=now, remind_at=None
        )
    for deadline in won:
        deadline.state, deadline.claimed_at, deadline.remind_at = State.MISSED, now, None
    return won


def claim_reminders(now: datetime, limit: int = 100) -> list[Deadline]:
    """Take up to ``limit`` deadlines of which somebody is to be reminded now; each reminder goes to one caller only.

    Reminders that were slept through are given as one.
    """
    with transaction.atomic():
        won = _locked(_deadlines().to_remind(now).order_by("remind_at"), limit)
        for deadline in won:
            deadline.reminders = [at for at in deadline.reminders if at > now]
            deadline.remind_at = min(deadline.reminders, default=None)
        Deadline.objects.bulk_update(won, ["reminders", "remind_at"])
    return won


def _locked(query: DeadlineQuerySet, limit: int) -> list[Deadline]:
    return list(query.select_related("motion").select_for_update(skip_locked=True, of=("self", "motion"))[:limit])


def _deadlines() -> DeadlineQuerySet:
    return DeadlineQuerySet(Deadline)


def _running(motion: Motion) -> DeadlineQuerySet:
    return _deadlines().running().filter(motion=motion)


def _amount(term: Term, payload: Mapping[str, Any]) -> int | None:
    if term.by_choice is None:
        return term.amount
    return term.by_choice.amounts.get(str(payload.get(term.by_choice.field, "")))


def _facts(term: Term, event_at: datetime, counted: clock.Counted) -> dict[str, Any]:
    reminders = _reminders(term, event_at, counted.due_at)
    return {
        "term": term.key,
        "role": term.role,
        "article": term.article,
        "on_missed": term.on_missed,
        "started_at": event_at,
        "due_at": counted.due_at,
        "at_once": term.immediately,
        "reminders": reminders,
        "remind_at": min(reminders, default=None),
        "computed": {"steps": [one.as_dict() for one in counted.steps]},
    }


def _reminders(term: Term, event_at: datetime, due_at: datetime) -> list[datetime]:
    """At these fractions of the time from the event to the end; none if that end came before the event."""
    if due_at <= event_at:
        return []
    return sorted(event_at + (due_at - event_at) * fraction for fraction in term.remind)
