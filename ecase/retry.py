"""The pause between attempts: one rule for everything that is retried."""

from collections.abc import Sequence
from datetime import timedelta


def pause_after(attempts: int, seconds: Sequence[int]) -> timedelta:
    """The pause after this many attempts, counted from 1; the last pause also follows every later one."""
    return timedelta(seconds=seconds[min(attempts, len(seconds)) - 1])
