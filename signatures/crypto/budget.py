"""Limits the slow work that is done for one container.

GOST digests and signatures are computed in pure Python, and the sender of a container decides how many there are. They
are counted in units of one digested byte (about 2 microseconds) and refused when the budget is spent. Outside
:func:`limited` nothing is counted.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from signatures.report.faults import Fault, FaultError

# The cost of a signature in bytes of a slow digest: with GOST, and with OpenSSL.
GOST_SIGNATURE, FAST_SIGNATURE = 4096, 64


class Unsuitable(FaultError):
    """The algorithm, its parameters, the key or the amount of work is not allowed; the fault says which."""


@dataclass
class _Budget:
    left: int


_current: ContextVar[_Budget | None] = ContextVar("budget", default=None)


@contextmanager
def limited(units: int) -> Iterator[None]:
    """Within the context, at most ``units`` of slow work are done."""
    token = _current.set(_Budget(units))
    try:
        yield
    finally:
        _current.reset(token)


def spend(units: int) -> None:
    """Take ``units`` from the budget before the work is done. Raises :class:`Unsuitable` when it is spent."""
    budget = _current.get()
    if budget is None:
        return
    budget.left -= units
    if budget.left < 0:
        raise Unsuitable(Fault("budget-spent"))
