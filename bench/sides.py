"""The sides of a run: the service, the stock peer and, if asked for, the service of an earlier commit.

Each has a filled template database and a plan of requests.
"""

import itertools
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from bench.servers import ECASE, PEER, Application, Databases, Web, web

Plan = dict[str, Any]
# The kinds of acts; the peer has two of them.
ACTS = ("search", "agreement", "withdrawal")
ROUND = "ecase_bench_round"
# The measured posts send as fast as they can.
_COMMON = {**os.environ, "LOG_LEVEL": "WARNING"}
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
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=self.application.folder,
            env=env,
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
        return done.stdout

    def fill(self, motions: int, acts: int) -> None:
        """Create the template database and the plan."""
        self.databases.create(self.template)
        if self.application.is_migrated:
            self.python(self.template, "manage.py", "migrate", "--no-input", "--verbosity", "0")
        self.python(self.template, "-m", self.application.seed, str(motions), str(acts), str(self.plan_file))
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
    peer = {**_COMMON, "DJANGO_SETTINGS_MODULE": "bench.peer.settings", "PEER_PKI": str(folder / "peer-pki")}
    return (
        Side("ecase", ECASE, "ecase_bench", databases, folder, _service(folder)),
        Side("peer", PEER, "ecase_bench_peer", databases, folder, peer),
    )


def earlier(checkout: Path, folder: Path, databases: Databases) -> Side:
    """The service as it is in ``checkout``, a work tree of an earlier commit, with the packages of this one."""
    then = folder / "earlier"
    then.mkdir()
    application = replace(ECASE, folder=checkout)
    return Side("earlier", application, "ecase_bench_earlier", databases, then, _service(then))


def _service(data: Path) -> dict[str, str]:
    own = {"ECASE_VAR": str(data), "ECASE_PREPARED_MINUTES": "600", **UNLIMITED}
    return {**_COMMON, "DJANGO_SETTINGS_MODULE": "ecase.settings", **own}


def turns(sides: Sequence[Side], rounds: int) -> Iterator[tuple[int, Side]]:
    """A B A B: one side after the other, ``rounds`` times."""
    return itertools.product(range(rounds), sides)
