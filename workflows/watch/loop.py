"""The watch: a loop that runs every duty repeatedly until it is stopped."""

import logging
import signal
import threading
from dataclasses import dataclass, field
from datetime import datetime
from types import FrameType

from django.db import Error, close_old_connections
from django.utils import timezone

from workflows.watch import faults
from workflows.watch.batch import Duty
from workflows.watch.duties import DUTIES
from workflows.watch.heartbeat import Pulse
from workflows.watch.models import FailingDuty

logger = logging.getLogger(__name__)


@dataclass
class Watch:
    """Runs all duties every ``interval`` seconds.

    A duty that fails, for any reason, is put off (``watch.faults``) and the others continue. If the database does not
    answer, the watch waits for it. Only a signal ends it.
    """

    interval: float = 1.0
    _stop: threading.Event = field(default_factory=threading.Event)
    _failures: dict[str, int] | None = None
    _put_off: dict[str, datetime] = field(default_factory=dict)
    _pulse: Pulse = field(default_factory=Pulse)

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
        """Run all duties once, if the clocks agree. Returns how many rows were handled."""
        try:
            if not self._pulse.may_work():
                return 0
            if self._failures is None:
                # A previous watch may have left them.
                self._failures = dict(FailingDuty.objects.values_list("duty", "failures"))
            done = sum(self._run(duty, self._failures) for duty in DUTIES if not self._stop.is_set())
            self._pulse.mark()
        except (faults.DatabaseAway, Error) as fault:
            logger.warning("The database does not answer, the watch waits: %s", fault)
            close_old_connections()
            return 0
        return done

    def _run(self, duty: Duty, failures: dict[str, int]) -> int:
        name, now = duty.__name__, timezone.now()
        if now < self._put_off.get(name, now):
            return 0
        try:
            done = duty(now)
        except Exception as fault:
            failures[name] = failures.get(name, 0) + 1
            if isinstance(fault, faults.DatabaseAway):
                raise
            faults.refuse_without_database(fault)
            self._put_off[name] = faults.put_duty_off(name, failures[name], fault)
            return 0
        if failures.pop(name, 0):
            FailingDuty.objects.filter(duty=name).delete()
            logger.info("The duty %s works again", name)
        return done
