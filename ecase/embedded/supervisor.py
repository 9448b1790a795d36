"""Restarts programs that have ended, with growing pauses, and reports it."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from ecase.embedded.process import Child
from ecase.embedded.reaper import Reaper

LONGEST_PAUSE = 30.0  # seconds
HEALTHY_AFTER = 60.0  # seconds of running after which earlier failures are forgotten


@dataclass
class Fall:
    """How often a program has ended in a row, and when (monotonic) it is restarted."""

    times: int
    due: float | None = None


class Supervisor:
    """Watches lists of children. The lists are changed in place, so that their owner stops the current ones."""

    def __init__(self, reaper: Reaper, say: Callable[[str], None]) -> None:
        self._reaper = reaper
        self._say = say
        self._falls: dict[str, Fall] = {}

    def round(self, children: list[Child]) -> None:
        """Check each child once."""
        for index, child in enumerate(children):
            status = child.exit_status()
            if status is not None:
                self._fallen(children, index, status)

    def _fallen(self, children: list[Child], index: int, status: int) -> None:
        program = children[index].program
        fall = self._falls.setdefault(program.name, Fall(0))
        if fall.due is None:
            self._note(children[index], fall, status)
        elif time.monotonic() >= fall.due:
            fall.due = None
            children[index] = Child(program, self._reaper)
            self._say(f"{program.name} was started again.")

    def _note(self, child: Child, fall: Fall, status: int) -> None:
        # The rest of its group must not block its successor.
        child.stop()
        lived = time.monotonic() - child.started
        fall.times = 1 if lived > HEALTHY_AFTER else fall.times + 1
        pause = min(2.0 ** (fall.times - 1), LONGEST_PAUSE)
        fall.due = time.monotonic() + pause
        how = f"exit code {status}" if status >= 0 else f"signal {-status}"
        self._say(f"{child.program.name} ended ({how}); it is started again in {pause:.0f} s. See {child.program.log}")
