"""Both sides of a run: the service and the stock peer, each with a filled template database and a plan of requests."""

import itertools
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.servers import BASE, ECASE, PEER, Application, Databases, Web, web

Plan = dict[str, Any]
# The kinds of acts; the peer has two of them.
ACTS = ("search", "agreement", "withdrawal")
ROUND = "ecase_bench_round"
# The measured posts send as fast as they can.
UNLIMITED = {"ECASE_POST_RATE": "100000000/min", "ECASE_POST_CHANGES_RATE": "100000000/min"}


@dataclass
class Side:
    """One side of the comparison; ``env`` selects its settings."""

    name: str
    application: Application
    template: str
    databases: Databases
    folder: Path
    env: Mapping[str, str]
    plan: Plan = field(default_factory=dict)

    @property
    def plan_file(self) -> Path:
        return self.folder / f"plan-{self.name}.json"

    @property
    def kinds(self) -> list[str]:
        """The kinds of acts in the plan."""
        return [name for name in ACTS if name in self.plan]

    def python(self, database: str, *arguments: str) -> str:
        """Run one of our programs on a database, with this side's settings; returns its output."""
        env = {**self.env, "DATABASE_URL": self.databases.address(database)}
        command = [sys.executable, *arguments]
        return subprocess.run(command, cwd=BASE, env=env, check=True, stdout=subprocess.PIPE, text=True).stdout

    def fill(self, motions: int, acts: int) -> None:
        """Create the template database and the plan."""
        self.databases.create(self.template)
        if self.application is ECASE:
            self.python(self.template, "manage.py", "migrate", "--no-input", "--verbosity", "0")
        program = "bench.seed" if self.application is ECASE else "bench.peer.seed"
        self.python(self.template, "-m", program, str(motions), str(acts), str(self.plan_file))
        self.plan = json.loads(self.plan_file.read_text())

    def statements(self, number: int) -> dict[str, float]:
        """The statements that a request of each kind sends."""
        self.databases.create(ROUND, self.template)
        counted: dict[str, float] = json.loads(
            self.python(ROUND, "-m", "bench.statements", str(self.plan_file), str(number))
        )
        return counted

    @contextmanager
    def served(self) -> Iterator[Web]:
        """A web server on a fresh copy of the template."""
        self.databases.create(ROUND, self.template)
        env = {**self.env, "DATABASE_URL": self.databases.address(ROUND)}
        with web(env, self.folder / f"web-{self.name}.log", self.application) as server:
            yield server


def both(folder: Path, databases: Databases) -> tuple[Side, Side]:
    """The service and the peer."""
    common = {**os.environ, "LOG_LEVEL": "WARNING"}
    own = {"ECASE_VAR": str(folder), "ECASE_PREPARED_MINUTES": "600", **UNLIMITED}
    service = {**common, "DJANGO_SETTINGS_MODULE": "ecase.settings", **own}
    peer = {**common, "DJANGO_SETTINGS_MODULE": "bench.peer.settings", "PEER_PKI": str(folder / "peer-pki")}
    return (
        Side("ecase", ECASE, "ecase_bench", databases, folder, service),
        Side("peer", PEER, "ecase_bench_peer", databases, folder, peer),
    )


def turns(sides: tuple[Side, Side], rounds: int) -> Iterator[tuple[int, Side]]:
    """A B A B: one side after the other, ``rounds`` times."""
    return itertools.product(range(rounds), sides)
