"""Restarts programs that have ended, with growing pauses, and reports it."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from ecase.embedded.process import Child
from ecase.embedded.reaper import Reaper

LONGEST_PAUSE = 30.0  # seconds
HEALTHY_AFTER = 60.0  # seconds of running after which earlier failures are forgotten


@dataclass
class Failure:
    """How often a program has ended in a row, and when (monotonic) it is restarted."""

    times: int
    due: float | None = None


@dataclass
class Supervisor:
    """Watches lists of children. The lists are changed in place, so that their owner stops the current ones."""

    reaper: Reaper
    say: Callable[[str], None]
    failures: dict[str, Failure] = field(default_factory=dict)

    def round(self, children: list[Child]) -> None:
        """Check each child once."""
        for index, child in enumerate(children):
            status, program = child.exit_status(), child.program
            if status is None:
                continue
            failure = self.failures.setdefault(program.name, Failure(0))
            if failure.due is None:
                # The rest of its group must not block its successor.
                child.stop()
                lived = time.monotonic() - child.started
                failure.times = 1 if lived > HEALTHY_AFTER else failure.times + 1
                pause = min(2.0 ** (failure.times - 1), LONGEST_PAUSE)
                failure.due = time.monotonic() + pause
                how = f"exit code {status}" if status >= 0 else f"signal {-status}"
                self.say(f"{program.name} ended ({how}); it is started again in {pause:.0f} s. See {program.log}")
            elif time.monotonic() >= failure.due:
                failure.due = None
                children[index] = Child(program, self.reaper)
                self.say(f"{program.name} was started again.")
