"""Legal time: pure functions over instants (CPC Art. 48-50). No database, no settings, no clock of its own."""

from workflows.clock.calendars import Calendar, CalendarError, load
from workflows.clock.counting import Counted, Step, Unit, due, earlier, immediately

__all__ = ["Calendar", "CalendarError", "Counted", "Step", "Unit", "due", "earlier", "immediately", "load"]
