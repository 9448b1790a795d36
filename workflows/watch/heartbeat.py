"""Before and after a tick: whether the watch may work, and the record that it has worked."""

import logging
import time

from django.db import OperationalError, close_old_connections
from django.utils import timezone

from ecase.audit import clocks
from workflows.watch.models import Heartbeat

logger = logging.getLogger(__name__)
NAME = "watch"
# Seconds between two writes of the heartbeat, and between two log lines about the same problem.
INTERVAL = 5.0
REPEATED = 60.0


class Pulse:
    """The heartbeat of one watch: checks the clocks before a tick, and records it afterwards."""

    _marked = _logged = -REPEATED

    def may_work(self) -> bool:
        """Whether database, log and this machine agree on the time; if not, logs it once a minute."""
        try:
            clocks.check()
        except OperationalError as fault:
            logger.warning("The database does not answer, the watch waits: %s", fault)
            close_old_connections()
        except clocks.ClockDiffers as fault:
            if time.monotonic() - self._logged >= REPEATED:
                logger.critical("The watch does nothing until clocks agree: %s", fault)
                self._logged = time.monotonic()
        else:
            return True
        return False

    def mark(self) -> None:
        """Record that a tick has ended, unless that was recorded a moment ago."""
        if time.monotonic() - self._marked < INTERVAL:
            return
        try:
            Heartbeat.objects.update_or_create(name=NAME, defaults={"at": timezone.now()})
        except OperationalError as fault:
            logger.warning("The watch could not leave its sign: %s", fault)
            close_old_connections()
        else:
            self._marked = time.monotonic()
