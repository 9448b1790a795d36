"""Measures both sides over HTTP in turns: rates, latencies, and the CPU that a request takes of both servers."""

import http.client
import itertools
import json
import os
import re
import statistics
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from bench import load
from bench.servers import Web
from bench.sides import Side

CONNECTIONS = 4
QUEUE = "queue"
WARM_PAGES = 5  # for each act


@dataclass(frozen=True)
class Sizes:
    """How much a round measures: seconds of pages, acts of each kind, and acts of each kind before, to warm up."""

    seconds: float
    acts: int
    warm: int


@dataclass(frozen=True)
class Figures:
    """One kind of request of one side in one round; times in ms, CPU in ms a request."""

    rate: float
    p50: float
    p95: float
    web: float
    postgres: float
    client: float

    @property
    def cpu(self) -> float:
        return self.web + self.postgres


def measure(side: Side, server: Web, sizes: Sizes) -> dict[str, Figures]:
    """The figures of every kind of request in the side's plan."""
    pages = [load.written(request) for request in cursors(server, side.plan[QUEUE][0])]
    load.run(server.port, itertools.islice(itertools.cycle(pages), sizes.warm * WARM_PAGES), CONNECTIONS)
    for name in side.kinds:
        _answered(load.run(server.port, _acts(side, name, 0, sizes.warm), CONNECTIONS), 201)
    found = {QUEUE: _figures(side, server, itertools.cycle(pages), 200, sizes.seconds)}
    for name in side.kinds:
        found[name] = _figures(side, server, _acts(side, name, sizes.warm, sizes.acts), 201)
    return found


def _acts(side: Side, name: str, start: int, count: int) -> Iterator[bytes]:
    return iter([load.written(request) for request in side.plan[name][start : start + count]])


def _figures(side: Side, server: Web, requests: Iterator[bytes], status: int, seconds: float = 3600.0) -> Figures:
    before = server.cpu(), side.databases.cpu()
    outcome = load.run(server.port, requests, CONNECTIONS, seconds)
    after = server.cpu(), side.databases.cpu()
    _answered(outcome, status)
    web, postgres = ((end - begin) / outcome.requests * 1000 for begin, end in zip(before, after, strict=True))
    client = outcome.client_cpu / (outcome.wall * (os.cpu_count() or 1))
    return Figures(outcome.rate, outcome.percentile(0.5), outcome.percentile(0.95), web, postgres, client)


def _answered(outcome: load.Outcome, status: int) -> None:
    if set(outcome.statuses) != {status}:
        raise SystemExit(f"Answers by status: {outcome.statuses}; only {status} was expected.")


def cursors(server: Web, first: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The first page five times, and one in twenty of the pages that its ``next`` links lead to."""
    connection, path = http.client.HTTPConnection("127.0.0.1", server.port), first["path"]
    headers = {"Authorization": f"{first.get('scheme', 'Bearer')} {first['token']}"}
    yield from [first] * 5
    for number in itertools.count():
        connection.request("GET", path, headers=headers)
        following = json.loads(connection.getresponse().read())["next"]
        if not following:
            break
        path = re.sub(r"^https?://[^/]+", "", following)
        if number % 20 == 0:
            yield {**first, "path": path}


@dataclass(frozen=True)
class Compared:
    """One kind of request on two sides, over all rounds: the medians, and the ratios of CPU pair by pair."""

    ecase: Figures
    other: Figures
    ratios: tuple[float, ...]

    @property
    def ratio(self) -> float:
        return statistics.median(self.ratios)


def compared(
    own: list[dict[str, Figures]], other: list[dict[str, Figures]], names: Iterable[str]
) -> dict[str, Compared]:
    """Both sides' rounds, by kind of request."""
    found = {}
    for name in names:
        mine, theirs = [figures[name] for figures in own], [figures[name] for figures in other]
        ratios = tuple(here.cpu / there.cpu for here, there in zip(mine, theirs, strict=True))
        found[name] = Compared(median(mine), median(theirs), ratios)
    return found


def median(rounds: list[Figures]) -> Figures:
    """The median of each figure."""
    names = Figures.__dataclass_fields__
    return Figures(**{name: statistics.median(getattr(figures, name) for figures in rounds) for name in names})
