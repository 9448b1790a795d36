"""Legal time: pure functions of instants (CPC Art. 48-50). No database, no settings, no system clock."""

from workflows.clock.calendars import REVIEWS, Calendar, CalendarError, YearTable, load, read, zone_faults
from workflows.clock.terms import Counted, Step, Unit, due, earlier, uncounted

__all__ = [
    "REVIEWS",
    "Calendar",
    "CalendarError",
    "Counted",
    "Step",
    "Unit",
    "YearTable",
    "due",
    "earlier",
    "load",
    "read",
    "uncounted",
    "zone_faults",
]
