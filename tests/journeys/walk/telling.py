"""Printing the walk step by step, with times."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Teller:
    """Numbers the steps and says how long each took."""

    started: float = field(default_factory=time.monotonic)
    count: int = 0

    @contextmanager
    def step(self, title: str) -> Iterator[None]:
        """One step of the walk; what fails in it is raised as it is."""
        self.count += 1
        begun = time.monotonic()
        self._write(f"{self.count:>3}. {title}\n")
        yield
        self._write(f"      {'':·<50} {time.monotonic() - begun:6.2f} s\n")

    def tell(self, line: str) -> None:
        """Something worth knowing inside a step."""
        self._write(f"      {line}\n")

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.started

    def _write(self, text: str) -> None:
        sys.stdout.write(text)
        sys.stdout.flush()
