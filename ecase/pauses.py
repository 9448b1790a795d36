"""How long to wait between attempts: one rule for all that is tried again."""

from collections.abc import Sequence
from datetime import timedelta


def pause_after(attempts: int, seconds: Sequence[int]) -> timedelta:
    """The pause after so many attempts, counted from 1; the last pause also follows every later one."""
    return timedelta(seconds=seconds[min(attempts, len(seconds)) - 1])
