"""Watches the memory of web workers while they answer thousands of requests of all sorts."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, count, cycle, islice
from typing import Any

from bench import load
from bench.servers import Web

Request = dict[str, Any]
CONNECTIONS, PARTS = 4, 10
# Of a hundred requests; each sort takes turns among its own.
SHARES = {"lists": 60, "single": 20, "pages": 16, "prepared": 3, "performed": 1}


@dataclass(frozen=True)
class Memory:
    """In MB: the largest worker after each tenth of the requests, its peak, and how much a worker grew at most.

    Growth is counted over the second half: by then every sort of request has been answered many times.
    """

    requests: int
    after: tuple[float, ...]
    peak: float
    growth: float


def watch(server: Web, mixed: dict[str, list[Request]], performed: list[Request], number: int) -> Memory:
    """Send ``number`` requests in the shares above."""
    requests = [load.written(request) for request in blend(mixed, performed, number)]
    sizes = []
    for part in range(PARTS):
        some = requests[part * number // PARTS : (part + 1) * number // PARTS]
        outcome = load.run(server.port, iter(some), CONNECTIONS)
        if wrong := {status: many for status, many in outcome.statuses.items() if status not in (200, 201)}:
            raise SystemExit(f"Answers by status: {wrong}; only 200 and 201 were expected.")
        sizes.append(server.memory())
    half, end = sizes[PARTS // 2 - 1], sizes[-1]
    growth = max(last - first for first, last in zip(half, end, strict=True))
    return Memory(number, tuple(max(size) for size in sizes), server.peak_memory(), growth)


def blend(given: dict[str, list[Request]], performed: list[Request], number: int) -> Iterator[Request]:
    """The requests in order. Once every act is performed, lists are read instead."""
    sources: dict[str, Iterator[Request]] = {name: cycle(requests) for name, requests in given.items()}
    sources["performed"] = chain(performed, cycle(given["lists"]))
    for name in islice(_order(), number):
        request = next(sources[name])
        yield {**request, "key": str(uuid.uuid4())} if name == "prepared" else request


def _order() -> Iterator[str]:
    """The sorts, each evenly spread."""
    done = dict.fromkeys(SHARES, 0)
    for sent in count(1):
        name = max(SHARES, key=lambda sort: SHARES[sort] * sent / 100 - done[sort])
        done[name] += 1
        yield name
