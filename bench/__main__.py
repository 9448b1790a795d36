"""``python -m bench``: measure and write docs/benchmarks.md. ``--quick`` measures little and writes nothing."""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench import limits, memory, report, rounds, sides
from bench.rounds import QUEUE, Figures, Sizes
from bench.servers import BASE, Databases

PLAYED = "ecase_bench_played"
MOTIONS, ROUNDS, WHOLE_ROUNDS, PLAYED_ACTS, COUNTED, REQUESTS = 10_000, 4, 25, 100, 5, 20_000
SIZES = Sizes(seconds=10, acts=300, warm=40)
PARTS = ("http", "whole", "memory", "walk")


class Run:
    """One run: its folder, its databases and the figures so far."""

    def __init__(self, folder: Path, quick: bool, against: Path | None = None) -> None:
        self.folder, self.databases = folder, Databases.configured()
        self.motions, self.rounds = (1_000, 2) if quick else (MOTIONS, ROUNDS)
        self.sizes = Sizes(seconds=2, acts=16, warm=8) if quick else SIZES
        self.played, self.counted = (4, 2) if quick else (PLAYED_ACTS, COUNTED)
        self.whole_rounds, self.requests = (2, 500) if quick else (WHOLE_ROUNDS, REQUESTS)
        self.sides = [*sides.both(folder, self.databases)]
        if against:
            self.sides.append(sides.earlier(against.resolve(), folder, self.databases))
        self.found = report.Found(self.rounds, self.motions)

    @property
    def service(self) -> sides.Side:
        return self.sides[0]

    def prepare(self, *, peer: bool) -> None:
        """Fill the template databases."""
        own = self.sizes.warm + self.sizes.acts
        self.service.fill(self.motions, max(own, self.played))
        if peer:
            for side in self.sides[1:]:
                side.fill(self.motions, own)

    def http(self) -> None:
        """Measure the sides over HTTP in turns, count their statements, and play the service's by pgbench."""
        measured: dict[str, list[dict[str, Figures]]] = {side.name: [] for side in self.sides}
        for number, side in sides.turns(self.sides, self.rounds):
            _say(f"round {number + 1} of {self.rounds}: {side.name}")
            with side.served() as server:
                measured[side.name].append(rounds.measure(side, server, self.sizes))
        own, names = measured.pop("ecase"), [*sides.ACTS, QUEUE]
        self.found.figures = {name: rounds.median([figures[name] for figures in own]) for name in names}
        self.found.compared = rounds.compared(own, measured["peer"], (QUEUE, "withdrawal", "search"))
        if "earlier" in measured:
            self.found.earlier = rounds.compared(own, measured["earlier"], (QUEUE, *sides.ACTS))
            self.found.earlier_commit = report.commit(self.sides[-1].application.folder)
        _say("statements, and pgbench")
        self.found.statements = {side.name: side.statements(self.counted) for side in self.sides[:2]}
        self.found.pgbench = self._pgbench()

    def _pgbench(self) -> dict[str, float]:
        """What PostgreSQL alone does with the service's statements, in requests a second."""
        side, folder = self.service, self.folder
        self.databases.create(PLAYED, side.template)
        self.databases.create(sides.ROUND, side.template)
        side.python(sides.ROUND, "-m", "bench.capture", str(side.plan_file), str(self.played), str(folder))
        found = {}
        for name, mode in ((QUEUE, "simple"), ("prepared", "prepared")):
            script = folder / "queue.sql"
            found[name] = limits.queue(self.databases, PLAYED, script, max(int(self.sizes.seconds), 1), mode)
        limits.hand_out_in_bulk(self.databases, PLAYED)
        for name in side.kinds:
            scripts = [folder / f"{name}-{number}.sql" for number in (0, 1)]
            found[name] = limits.acts(self.databases, PLAYED, scripts, self.played)
        return found

    def whole(self) -> None:
        """Measure a whole act in one process, timed by its parts."""
        self.databases.create(sides.ROUND, self.service.template)
        self.found.whole = json.loads(self.service.python(sides.ROUND, "-m", "bench.whole_act", str(self.whole_rounds)))

    def memory(self) -> None:
        """Watch the web workers' memory under requests of all sorts."""
        plan = self.service.plan
        # Pages name their styles and scripts by the manifest that this writes, as the demo's start does.
        self.service.python(self.service.template, "manage.py", "collectstatic", "--no-input", "--verbosity", "0")
        with self.service.served() as server:
            acts = [*plan["withdrawal"], *plan["search"]]
            self.found.memory = memory.watch(server, plan["mixed"], acts, self.requests)

    def walk(self) -> None:
        """Time the program of ``make walk`` from a cold start."""
        begun = time.perf_counter()
        command = [sys.executable, "-m", "tests.journeys.walk"]
        subprocess.run(command, cwd=BASE, check=True, stdout=subprocess.DEVNULL)
        self.found.walk = time.perf_counter() - begun

    def clear(self) -> None:
        """Drop every database of the run."""
        for name in (PLAYED, sides.ROUND, *(side.template for side in self.sides)):
            self.databases.drop(name)


@contextmanager
def _folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="ecase-bench-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def _measure(run: Run, parts: list[str]) -> None:
    if parts != ["walk"]:
        _say("filling the databases (a few minutes)")
        run.prepare(peer="http" in parts)
    for part in parts:
        if part != "http":
            _say(part)
        getattr(run, part)()


def _say(what: str) -> None:
    print(f"bench: {what}", file=sys.stderr, flush=True)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="a little of everything, and docs/benchmarks.md stays")
    parser.add_argument("--against", type=Path, help="a work tree of an earlier commit, measured in turns too")
    parser.add_argument("--without-walk", action="store_true", help="leave the walk out")
    parser.add_argument("--only", choices=PARTS, help="one part, and docs/benchmarks.md stays")
    parser.add_argument("--memory", dest="only", action="store_const", const="memory", help="as --only memory")
    return parser.parse_args()


def main() -> None:
    options = _options()
    parts = [options.only] if options.only else [part for part in PARTS if part != "walk" or not options.without_walk]
    load_before = os.getloadavg()
    with _folder() as folder:
        run = Run(folder, options.quick, options.against)
        try:
            _measure(run, parts)
        finally:
            run.clear()
    text = report.page(run.found, report.machine(run.databases.version(), load_before))
    print(text)
    if not options.quick and not options.only:
        (BASE / "docs" / "benchmarks.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
