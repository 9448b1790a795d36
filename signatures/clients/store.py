"""Caches answers between requests. Django's cache fits the protocol; ``MemoryStore`` is a small one of the library."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol


class Store(Protocol):
    """Values by key for ``timeout`` seconds. Values are verified again when read: the store need not be trusted."""

    def get(self, key: str) -> bytes | None: ...

    def set(self, key: str, value: bytes, timeout: int) -> object: ...


class MemoryStore:
    """A store in memory; when it is full, the oldest entry is deleted."""

    def __init__(self, clock: Callable[[], datetime], size: int = 256) -> None:
        self._clock, self._size = clock, size
        self._held: dict[str, tuple[bytes, datetime]] = {}

    def get(self, key: str) -> bytes | None:
        value, until = self._held.get(key, (None, None))
        return value if until and self._clock() < until else None

    def set(self, key: str, value: bytes, timeout: int) -> None:
        self._held.pop(key, None)
        if len(self._held) >= self._size:
            del self._held[next(iter(self._held))]
        self._held[key] = (value, self._clock() + timedelta(seconds=timeout))
