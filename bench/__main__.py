"""``python -m bench``: measure and write docs/benchmarks.md. ``--quick`` measures little and writes nothing."""

import argparse
import itertools
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench import limits, load, report
from bench.servers import BASE, Databases, Web, web

MEASURED, PLAYED = "ecase_bench", "ecase_bench_played"
MOTIONS, ACTS, PLAYED_ACTS, SECONDS, ROUNDS = 10_000, 400, 100, 10, 25
CONNECTIONS = 4
OWN_ACTS = {"search": 3, "agreement": 3, "withdrawal": 1}


class Run:
    """One run: its folder, its databases and the figures so far."""

    def __init__(self, folder: Path, quick: bool) -> None:
        self.folder, self.databases = folder, Databases.configured()
        self.found: report.Found = {}
        scale = 10 if quick else 1
        self.motions, self.acts, self.played = MOTIONS // scale, ACTS // scale, PLAYED_ACTS // scale
        self.seconds, self.rounds = max(SECONDS // scale, 2), max(ROUNDS // scale, 3)
        self.plan: dict[str, list[dict[str, Any]]] = {}
        self.env = {
            **os.environ,
            "DATABASE_URL": self.databases.address(MEASURED),
            "DJANGO_SETTINGS_MODULE": "ecase.settings",
            "ECASE_VAR": str(folder),
            "ECASE_PREPARED_MINUTES": "600",
            "LOG_LEVEL": "WARNING",
        }

    def python(self, *arguments: str) -> str:
        """Run one of our programs on the measured database; returns its output."""
        command = [sys.executable, *arguments]
        return subprocess.run(command, cwd=BASE, env=self.env, check=True, stdout=subprocess.PIPE, text=True).stdout

    def prepare(self) -> None:
        """Create the database that is measured, and a copy of it for pgbench."""
        self.databases.create(MEASURED)
        self.python("manage.py", "migrate", "--no-input", "--verbosity", "0")
        plan = self.folder / "plan.json"
        self.python("-m", "bench.seed", str(self.motions), str(self.acts + self.played), str(plan))
        self.databases.create(PLAYED, MEASURED)
        self.python("-m", "bench.capture", str(plan), str(self.played), str(self.folder))
        self.plan = json.loads(plan.read_text())

    def pages(self, server: Web) -> None:
        """Measure pages of the queue: first pages, and pages reached by cursor."""
        found = self._pages(server)
        simple, prepared = (
            limits.queue(self.databases, MEASURED, self.folder / "queue.sql", self.seconds, mode)
            for mode in ("simple", "prepared")
        )
        self.found["queue"] = {**found, "pgbench": simple, "pgbench_prepared": prepared}

    def _pages(self, server: Web) -> dict[str, float]:
        requests = [load.written(cursor) for cursor in _cursors(server, self.plan["queue"][0], self.motions // 20)]
        load.run(server.port, itertools.islice(itertools.cycle(requests), 200), CONNECTIONS)
        outcome = load.run(server.port, itertools.cycle(requests), CONNECTIONS, self.seconds)
        return _facts(outcome, 200)

    def perform(self, server: Web) -> None:
        """Measure acts of each kind, sent as fast as possible."""
        limits.hand_out_in_bulk(self.databases, PLAYED)
        for name, own in OWN_ACTS.items():
            requests = [load.written(request) for request in self.plan[name][self.played :]]
            facts = _facts(load.run(server.port, iter(requests), CONNECTIONS), 201)
            scripts = [self.folder / f"{name}-{number}.sql" for number in (0, 1)]
            limit = limits.acts(self.databases, PLAYED, scripts, self.played)
            statements = scripts[0].read_text().count(";\n") / (self.played / 2)
            self.found[name] = {**facts, "own_acts": own, "pgbench": limit, "statements": statements}

    def whole(self) -> None:
        """Measure a whole act in one process, timed by its parts."""
        self.found["whole"] = json.loads(self.python("-m", "bench.whole_act", str(self.rounds)))


def _cursors(server: Web, first: dict[str, Any], pages: int) -> Iterator[dict[str, Any]]:
    """The first page five times, and one in twenty of the pages that its ``next`` links lead to."""
    import http.client

    connection, path = http.client.HTTPConnection("127.0.0.1", server.port), first["path"]
    yield from [first] * 5
    for number in range(pages):
        connection.request("GET", path, headers={"Authorization": f"Bearer {first['token']}"})
        following = json.loads(connection.getresponse().read())["next"]
        if not following:
            break
        path = re.sub(r"^https?://[^/]+", "", following)
        if number % 20 == 0:
            yield {**first, "path": path}


def _facts(outcome: load.Outcome, expected: int) -> dict[str, float]:
    if set(outcome.statuses) != {expected}:
        raise SystemExit(f"Answers by status: {outcome.statuses}; only {expected} was expected.")
    client = outcome.client_cpu / (outcome.wall * (os.cpu_count() or 1))
    return {"rate": outcome.rate, "p50": outcome.percentile(0.5), "p95": outcome.percentile(0.95), "client": client}


def walk() -> float:
    """Seconds that the program of ``make walk`` takes from a cold start."""
    begun = time.perf_counter()
    subprocess.run([sys.executable, "-m", "tests.journeys.walk"], cwd=BASE, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - begun


@contextmanager
def _folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="ecase-bench-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def _measured(run: Run, options: argparse.Namespace) -> None:
    _say("preparing")
    run.prepare()
    with web(run.env, run.folder / "web.log") as server:
        _say("pages of the queue")
        run.pages(server)
        _say("acts")
        run.perform(server)
        run.found["memory"] = {"peak": server.peak_memory()}
    _say("whole acts")
    run.whole()
    if not options.without_walk:
        _say("the walk")
        run.found["walk"] = {"seconds": walk()}


def _say(what: str) -> None:
    print(f"measuring: {what}" if what != "preparing" else "preparing (a few minutes)", file=sys.stderr, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="a tenth of everything, and docs/benchmarks.md stays")
    parser.add_argument("--without-walk", action="store_true", help="leave the walk out")
    options = parser.parse_args()
    load_before = os.getloadavg()
    with _folder() as folder:
        run = Run(folder, options.quick)
        try:
            _measured(run, options)
        finally:
            run.databases.drop(MEASURED)
            run.databases.drop(PLAYED)
    text = report.page(run.found, report.machine(run.databases.version(), load_before))
    print(text)
    if not options.quick:
        (BASE / "docs" / "benchmarks.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
