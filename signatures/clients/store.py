"""Caches answers between requests. Django's cache fits the protocol; ``MemoryStore`` is a small one of the library."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol


class Store(Protocol):
    """Values by key for ``timeout`` seconds. Values are verified again when read: the store need not be trusted."""

    def get(self, key: str) -> bytes | None: ...

    def set(self, key: str, value: bytes, timeout: int) -> object: ...


@dataclass
class MemoryStore:
    """A store in memory; when it is full, the oldest entry is deleted."""

    clock: Callable[[], datetime]
    size: int = 256
    _held: dict[str, tuple[bytes, datetime]] = field(default_factory=dict)

    def get(self, key: str) -> bytes | None:
        value, until = self._held.get(key, (None, None))
        return value if until and self.clock() < until else None

    def set(self, key: str, value: bytes, timeout: int) -> None:
        self._held.pop(key, None)
        if len(self._held) >= self.size:
            del self._held[next(iter(self._held))]
        self._held[key] = (value, self.clock() + timedelta(seconds=timeout))
