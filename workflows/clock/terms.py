"""Counting a legal term from an event to the instant at which it ends (CPC Art. 48).

* Minutes and hours run through nights and holidays and are never moved (48(3)). Counted from the minute (48(5)),
  seconds are cut off, so that the term is never longer than the law gives; else the unit on which the event falls is
  not counted (48(2)) and the term starts with the next full one.
* Days, months and years end at 24:00 local time of their last day (48(4)). The first day is left out (48(2)) or, where
  liberty is at stake, included. A month that lacks the date ends on its last day.
* Where the rule says so, a last day that is not worked is moved to the next working day (48(4)).

Every step is kept, to explain what was counted, what was not, and why a term was or was not moved.
"""

import calendar as months_of
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Literal

from workflows.clock.calendars import Calendar

Unit = Literal["minutes", "hours", "days", "months", "years"]
SHORT: dict[str, timedelta] = {"minutes": timedelta(minutes=1), "hours": timedelta(hours=1)}
MONTHS: dict[str, int] = {"months": 1, "years": 12}


@dataclass(frozen=True)
class Step:
    """One step of counting, for an explanation.

    ``name``: ``counted_from`` (at), ``skipped`` (unit, at: where counting begins; for days the day left out), ``added``
    (amount, unit, at), ``last_day`` (day, amount, unit), ``clamped`` (day), ``rolled`` (day, to), ``not_rolled``
    (because: ``short_term``, ``rule`` or ``working_day``), ``calendar_unknown`` (day), ``earlier`` (amount, unit, at),
    ``immediately`` (at), ``stated`` (at).
    """

    name: str
    data: dict[str, Any] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready; instants in UTC and days in ISO 8601."""
        texts = {key: fact.isoformat() if isinstance(fact, date) else fact for key, fact in self.data.items()}
        return {"step": self.name, **texts}


@dataclass(frozen=True)
class Counted:
    """The instant (UTC) at which a term ends, inclusive, and how it was found."""

    due_at: datetime
    steps: tuple[Step, ...]


def due(
    start: datetime, amount: int, unit: Unit, *, skip_first: bool, roll: bool, calendar: Calendar | None
) -> Counted:
    """The end of a term of ``amount`` ``unit`` that an event at ``start`` (aware) sets running.

    Minutes and hours need no calendar; all other units do.
    """
    if start.tzinfo is None:
        raise ValueError("start must be an aware datetime")
    if amount < 1:
        raise ValueError("a term is at least one unit long")
    if unit in SHORT:
        return _short(start, amount, unit, skip_first=skip_first)
    return _long(start, amount, unit, skip_first=skip_first, roll=roll, calendar=_needed(calendar))


def uncounted(moment: datetime, step: Literal["immediately", "stated"]) -> Counted:
    """An end that is ``stated``, or is due ``immediately`` with its event; other terms count back from it."""
    moment = moment.astimezone(UTC)
    return Counted(moment, (Step(step, {"at": moment}),))


def earlier(counted: Counted, amount: int, unit: Unit, calendar: Calendar | None) -> Counted:
    """The instant ``amount`` ``unit`` before the end of a term ("not later than 8 hours before ...")."""
    if unit in SHORT:
        moment = counted.due_at - amount * SHORT[unit]
    else:
        zone = _needed(calendar).zone
        local = counted.due_at.astimezone(zone)
        moment = datetime.combine(_moved(local.date(), -amount, unit), local.time(), zone).astimezone(UTC)
    return Counted(moment, (*counted.steps, Step("earlier", {"amount": amount, "unit": unit, "at": moment})))


def _needed(calendar: Calendar | None) -> Calendar:
    if calendar is None:
        raise ValueError("only minutes and hours are counted without a calendar")
    return calendar


def _short(start: datetime, amount: int, unit: Unit, *, skip_first: bool) -> Counted:
    minute = start.astimezone(UTC).replace(second=0, microsecond=0)
    if skip_first:
        first = (minute.replace(minute=0) if unit == "hours" else minute) + SHORT[unit]
        begun = Step("skipped", {"unit": unit, "at": first})
    else:
        first, begun = minute, Step("counted_from", {"at": minute})
    end = first + amount * SHORT[unit]
    added = Step("added", {"amount": amount, "unit": unit, "at": end})
    return Counted(end, (begun, added, Step("not_rolled", {"because": "short_term"})))


def _long(start: datetime, amount: int, unit: Unit, *, skip_first: bool, roll: bool, calendar: Calendar) -> Counted:
    first = start.astimezone(calendar.zone).date()
    begun = Step("skipped", {"unit": "days", "at": first}) if skip_first else Step("counted_from", {"at": first})
    last, clamped = _last_day(first, amount, unit, skip_first=skip_first)
    steps = [begun, Step("last_day", {"day": last, "amount": amount, "unit": unit})]
    if clamped:
        steps.append(Step("clamped", {"day": last}))
    to = calendar.next_working(last) if roll else last
    if to != last:
        steps.append(Step("rolled", {"day": last, "to": to}))
    if roll and not calendar.knows(to):
        steps.append(Step("calendar_unknown", {"day": to}))
    elif to == last:
        steps.append(Step("not_rolled", {"because": "working_day" if roll else "rule"}))
    # 24:00 of the last day, which is 00:00 of the next.
    end = datetime.combine(to + timedelta(days=1), time(0), calendar.zone)
    return Counted(end.astimezone(UTC), tuple(steps))


def _last_day(first: date, amount: int, unit: Unit, *, skip_first: bool) -> tuple[date, bool]:
    """The last day of the term, and whether the month was too short for the date."""
    if unit == "days":
        return first + timedelta(days=amount if skip_first else amount - 1), False
    if skip_first:
        last = _moved(first, amount, unit)
        return last, last.day != first.day
    if first.day == 1:
        return _moved(first, amount, unit) - timedelta(days=1), False
    # The first day is included: the term ends on the day before the same date, or with the month if that is shorter.
    year, month = _shifted(first, amount * MONTHS[unit])
    day = min(first.day - 1, months_of.monthrange(year, month)[1])
    return date(year, month, day), day != first.day - 1


def _moved(day: date, amount: int, unit: Unit) -> date:
    """``day`` moved by days, or to the same date of another month or year (its last one if that is absent)."""
    if unit == "days":
        return day + timedelta(days=amount)
    year, month = _shifted(day, amount * MONTHS[unit])
    return date(year, month, min(day.day, months_of.monthrange(year, month)[1]))


def _shifted(day: date, months: int) -> tuple[int, int]:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return year, month + 1
