"""The watch: a loop that runs every duty, again and again, until it is told to stop."""

import logging
import signal
import threading
from types import FrameType

from django.db import OperationalError, close_old_connections
from django.utils import timezone
from kombu.exceptions import OperationalError as BrokerError

from ecase.audit.sequencer import LogInconsistent
from workflows.clock import CalendarError
from workflows.watch.duties import DUTIES, Duty
from workflows.watch.heartbeat import Pulse

logger = logging.getLogger(__name__)


class Watch:
    """Runs all duties every ``interval`` seconds.

    A database or broker that does not answer is waited for; a log that does not continue what it has signed, or a
    calendar that is gone, is told loudly; the other duties go on meanwhile. Any other fault ends the process, and
    whoever supervises it starts it again: what was claimed and not finished has been rolled back.
    """

    def __init__(self, interval: float = 1.0) -> None:
        self.interval = interval
        self._stop = threading.Event()
        self._pulse = Pulse()

    def run(self) -> None:
        signal.signal(signal.SIGTERM, self.stop)
        signal.signal(signal.SIGINT, self.stop)
        while not self._stop.is_set():
            busy = self.tick()
            self._stop.wait(0 if busy else self.interval)

    def stop(self, number: int = 0, frame: FrameType | None = None) -> None:
        """Finish the running duty, then end."""
        self._stop.set()

    def tick(self) -> int:
        """One round of all duties, if clocks agree. Returns how many rows were handled."""
        if not self._pulse.may_work():
            return 0
        handled = sum(_do(duty) for duty in DUTIES)
        self._pulse.mark()
        return handled


def _do(duty: Duty) -> int:
    try:
        return duty(timezone.now())
    except OperationalError as fault:
        logger.warning("The database does not answer, the watch waits: %s", fault)
        close_old_connections()
    except BrokerError as fault:
        logger.warning("The broker does not answer, messages wait: %s", fault)
    except CalendarError as fault:
        logger.critical("Terms in days are not counted until there is a calendar: %s", fault)
    except LogInconsistent as fault:
        logger.critical("The audit log is not signed any more until somebody has looked into it: %s", fault)
    return 0
