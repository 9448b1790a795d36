"""Lengths of a sanction: counted from the minute and never rolled, as everything that takes liberty (CPC Art. 48)."""

from datetime import datetime

from workflows import clock
from workflows.deadlines.counting import working_calendar


def after(start: datetime, amount: int, unit: clock.Unit, jurisdiction: str | None = None) -> datetime:
    """The instant that lies this long after ``start``, by a jurisdiction's days (by default the installation's)."""
    calendar = working_calendar(jurisdiction)
    return clock.due(start, amount, unit, skip_first=False, roll=False, calendar=calendar).due_at


def before(end: datetime, amount: int, unit: clock.Unit, jurisdiction: str | None = None) -> datetime:
    """The instant that lies this long before ``end``."""
    return clock.earlier(clock.immediately(end), amount, unit, working_calendar(jurisdiction)).due_at
