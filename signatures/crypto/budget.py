"""How much slow work may be done for one container, counted while it is done.

Digests and signatures of GOST are computed in pure Python. Whoever sends a container decides how many of them are asked
for; so they are counted, in a unit that is the digest of one byte (about 2 microseconds), and refused when the budget
is spent. Outside :func:`limited` nothing is counted.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from signatures.report.fault import Fault, FaultError

# What a signature costs in bytes of a slow digest: one by GOST, and one that OpenSSL computes.
GOST_SIGNATURE, FAST_SIGNATURE = 4096, 64


class Unsuitable(FaultError):
    """The algorithm, its parameters, the key or the amount of work is not allowed; the fault says which."""


@dataclass
class _Budget:
    left: int


_current: ContextVar[_Budget | None] = ContextVar("budget", default=None)


@contextmanager
def limited(units: int) -> Iterator[None]:
    """Within it, no more than so many units of slow work are done."""
    token = _current.set(_Budget(units))
    try:
        yield
    finally:
        _current.reset(token)


def spend(units: int) -> None:
    """Take that much from the budget before the work is done; :class:`Unsuitable` when it is spent."""
    budget = _current.get()
    if budget is None:
        return
    budget.left -= units
    if budget.left < 0:
        raise Unsuitable(Fault("budget-spent"))
