"""Rates, such as 60 requests a minute, and what is left of them."""

import math
import re
from dataclasses import dataclass
from datetime import datetime

_SECONDS = {"s": 1, "sec": 1, "min": 60, "hour": 3600, "day": 86400}
RATE = re.compile(r"([1-9][0-9]{0,8})/(s|sec|min|hour|day)\Z")


@dataclass(frozen=True)
class Rate:
    """At most ``number`` requests in each window of ``seconds``."""

    number: int
    seconds: int

    @classmethod
    def parse(cls, text: str) -> "Rate":
        """A rate from ``60/min`` and the like. Raises :class:`ValueError` for anything else."""
        found = RATE.match(text)
        if found is None:
            raise ValueError(f"a rate is written like 60/min (s, min, hour, day), not {text!r}")
        return cls(int(found[1]), _SECONDS[found[2]])

    def share(self, parts: int) -> "Rate":
        """The share of one of ``parts`` processes that count separately; at least one request."""
        return Rate(math.ceil(self.number / parts), self.seconds)


@dataclass(frozen=True)
class Allowance:
    """The state of a client in its window: ``count`` requests, this one included, since ``began_at``."""

    scope: str
    rate: Rate
    count: int
    began_at: datetime

    @property
    def is_exceeded(self) -> bool:
        return self.count > self.rate.number

    def reset_seconds(self, now: datetime) -> int:
        """Seconds until the window ends, at least 1."""
        passed = (now - self.began_at).total_seconds()
        return max(1, math.ceil(self.rate.seconds - passed))

    def headers(self, now: datetime) -> dict[str, str]:
        """The fields of draft-ietf-httpapi-ratelimit-headers; with ``Retry-After`` if the limit is exceeded."""
        left, reset = max(0, self.rate.number - self.count), self.reset_seconds(now)
        said = {
            "RateLimit-Policy": f'"{self.scope}";q={self.rate.number};w={self.rate.seconds}',
            "RateLimit": f'"{self.scope}";r={left};t={reset}',
        }
        return {**said, "Retry-After": str(reset)} if self.is_exceeded else said
