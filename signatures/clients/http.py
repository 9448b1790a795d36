"""Tries several addresses in order, within limits, and skips for a while those that fail."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar

import httpx

Answer = TypeVar("Answer")


class Unreachable(Exception):
    """No address gave a usable answer; ``tried`` holds the reason for each."""

    def __init__(self, tried: Iterable[str]) -> None:
        self.tried = tuple(tried)
        super().__init__("; ".join(self.tried) or "no address is configured")


class Failing(ValueError):
    """The address fails whatever the request is."""


@dataclass(frozen=True)
class Limits:
    """Seconds to connect, between two chunks, in total; octets of an answer; seconds of the first and longest pause."""

    connect: float = 3
    read: float = 5
    total: float = 15
    octets: int = 16 * 1024 * 1024
    first_pause: float = 5
    longest_pause: float = 300


@dataclass
class Http:
    """An HTTP client. Redirects are not followed: the configured address must be the final one."""

    limits: Limits = Limits()
    clock: Callable[[], float] = time.monotonic
    _failures: dict[str, tuple[int, float]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        timeout = httpx.Timeout(self.limits.read, connect=self.limits.connect)
        # No compression, so that the limit on octets applies to the body itself.
        plain = {"Accept-Encoding": "identity"}
        self._client = httpx.Client(timeout=timeout, follow_redirects=False, headers=plain)

    def first(self, addresses: Iterable[str], use: Callable[[str], Answer]) -> Answer:
        """What ``use`` makes of the first address that works.

        An address that fails (``httpx.HTTPError``, :class:`Failing`) is skipped for a time that doubles with each
        failure in a row. An address whose answer is unusable (``ValueError``) is not skipped: otherwise one
        unanswerable request would block a responder for all others. Raises :class:`Unreachable`.
        """
        tried = []
        for address in addresses:
            count, until = self._failures.get(address, (0, 0.0))
            if (wait := until - self.clock()) > 0:
                tried.append(f"{address}: failed before, not asked again for {wait:.0f} s")
                continue
            try:
                answer = use(address)
            except (httpx.HTTPError, httpx.InvalidURL, Failing) as fault:
                pause = min(self.limits.first_pause * 2**count, self.limits.longest_pause)
                self._failures[address] = (min(count + 1, 32), self.clock() + pause)
                tried.append(f"{address}: {type(fault).__name__} {fault}")
                continue
            except ValueError as fault:
                tried.append(f"{address}: {fault}")
                continue
            self._failures.pop(address, None)
            return answer
        raise Unreachable(tried)

    def ask(self, address: str, method: Literal["GET", "POST"] = "GET", **given: Any) -> bytes:
        """The body of an answer; ``httpx.HTTPError`` or ``ValueError``. ``given``: what httpx sends, as ``content``."""
        started, body = self.clock(), bytearray()
        with self._client.stream(method, address, **given) as response:
            if (status := response.status_code) != httpx.codes.OK:
                busy = status >= httpx.codes.INTERNAL_SERVER_ERROR or status == httpx.codes.TOO_MANY_REQUESTS
                raise (Failing if busy else ValueError)(f"answers {status}")
            for piece in response.iter_raw():
                body += piece
                if len(body) > self.limits.octets:
                    raise Failing(f"answers more than {self.limits.octets} octets")
                if self.clock() - started > self.limits.total:
                    raise Failing(f"took more than {self.limits.total} s to answer")
        return bytes(body)
