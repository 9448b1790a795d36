"""``python -m bench.queue_rates SMALL LARGE``: the rate of the queue page in a large database beside a small one.

SMALL and LARGE name databases that ``bench.fill`` has filled (10,000 and 1,000,000 motions), on the server of
DATABASE_URL. Both answer the same requests of the REST list in turns, each in a process of its own: the first page, a
page in the middle and the last one by cursor, every filter and every list, searches of three letters and more, of every
role that has motions, in the largest district. A rate is that of the best of several answers, PostgreSQL included.
Prints the ratios of each role, the worst first; exit code 1 if one is below the goal.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from bench.servers import BASE, Databases

if TYPE_CHECKING:
    from ecase.officers.models import Post

GOAL, TURNS, WORST = 0.7, 5, 12
LARGEST = "f0-"
ROLES = ("investigator", "head_of_unit", "prosecutor", "judge", "court_chair", "clerk", "defender")
SEARCHES = ("f0-", "980", "98000000001", "Тас", "Тасқынов", "qqq", "Тасқынов 980")
Key = tuple[str, str]


# -- in the process of one database ---------------------------------------------------------------------------------


@dataclass
class Reader:
    """Answers requests of this process's database, by role and name."""

    paths: dict[Key, tuple[Any, str]] = field(default_factory=dict)

    @classmethod
    def ready(cls) -> "Reader":
        from django.conf import settings
        from django.test import Client

        from ecase.officers import tokens

        settings.ALLOWED_HOSTS.append("testserver")
        reader = cls()
        for role in ROLES:
            post = post_of(role)
            client = Client(headers={"Authorization": f"Bearer {tokens.issue(post)[1]}"})
            for name, query in queries_of(post):
                path = f"/api/v1/motions/{'?' if query else ''}{urlencode(query)}"
                reader.paths[(role, name)] = (client, path)
                reader.time((role, name))  # fills caches
        return reader

    def time(self, key: Key) -> float:
        """Milliseconds of one answer."""
        client, path = self.paths[key]
        begun = time.perf_counter()
        status = client.get(path).status_code
        taken = (time.perf_counter() - begun) * 1000
        if status != 200:
            raise SystemExit(f"{path} of {key[0]} was answered by {status}.")
        return taken


def post_of(role: str) -> "Post":
    """An officer of the largest district, or counsel in its cases."""
    from django.db.models import Q

    from ecase.cases.models import Counsel
    from ecase.officers.models import Post

    posts = Post.objects.filter(role=role).order_by("pk")
    counsel = Counsel.objects.filter(case__organisation__code__startswith=LARGEST).values("officer")
    is_mine = Q(officer__in=counsel[:1]) if role == "defender" else Q(organisation__code__startswith=LARGEST)
    post = posts.filter(is_mine).first()
    assert post, f"the database has no {LARGEST}* district: fill it by bench.fill"
    return post


def queries_of(post: "Post") -> Iterator[tuple[str, dict[str, str]]]:
    """Query parameters by name; the names are the same in every database."""
    from workflows.motions.worklists import KEPT, worklists_of

    yield "first page", {}
    yield "page of 100", {"limit": "100"}
    yield from cursors_of(post)
    for worklist in worklists_of(post):
        if worklist.key != KEPT:
            yield f"list {worklist.key}", {"scope": worklist.key}
    for text in SEARCHES:
        yield f"q={text}", {"q": text}
    for name, value in filters():
        yield f"{name}={value}", {name: value}


def filters() -> Iterator[tuple[str, str]]:
    """Every filter but the search, with values that are common, rare and absent."""
    from datetime import timedelta

    from django.utils import timezone

    now = timezone.now()
    yield from (("state", state) for state in ("draft", "submitted", "assigned", "delivered", "withdrawn"))
    yield from (("kind", kind) for kind in ("custody", "search", "exhumation"))
    yield from (("group", group) for group in ("investigative", "coercion"))
    yield from (("appeal_state", state) for state in ("filed", "sent_up"))
    yield from (("due", key) for key in ("overdue", "day", "three_days"))
    yield "assigned_to", "me"
    for name in ("due_before", "valid_before"):
        yield name, (now + timedelta(days=1)).isoformat()


def cursors_of(post: "Post") -> Iterator[tuple[str, dict[str, str]]]:
    """A page in the middle of the whole queue, and its last one."""
    from ecase.pagination import Cursor
    from workflows.motions import queries

    rows = queries.queue(post).order_by("-created_at", "-id").values_list("created_at", "id")
    number = rows.count()
    for name, place in (("page in the middle", number // 2), ("last page", number - 10)):
        at, key = rows[max(place, 0)] if number else (None, None)
        if at is not None:
            yield name, {"cursor": str(Cursor(at, key))}


def serve() -> None:
    """Print the keys, then answer each key that is read with its time."""
    import django

    django.setup()
    reader = Reader.ready()
    print(json.dumps(list(reader.paths)), flush=True)
    for line in sys.stdin:
        role, name = json.loads(line)
        print(json.dumps(reader.time((role, name))), flush=True)


# -- in the measuring process ---------------------------------------------------------------------------------------


@dataclass
class Server:
    """A process that serves one database."""

    name: str
    process: "subprocess.Popen[str]"
    keys: list[Key]
    best: dict[Key, float] = field(default_factory=dict)

    @classmethod
    def start(cls, databases: Databases, name: str) -> "Server":
        env = {**os.environ, "DATABASE_URL": databases.address(name), "DJANGO_SETTINGS_MODULE": "ecase.settings"}
        env |= {"ECASE_POST_RATE": "100000000/min", "LOG_LEVEL": "WARNING"}
        command = [sys.executable, "-m", "bench.queue_rates", "--serve"]
        pipe = subprocess.PIPE
        process = subprocess.Popen(command, env=env, cwd=BASE, stdin=pipe, stdout=pipe, text=True)
        assert process.stdout
        if not (line := process.stdout.readline()):
            raise SystemExit(f"The process of database {name} did not start.")
        return cls(name, process, [(role, key) for role, key in json.loads(line)])

    def ask(self, key: Key) -> None:
        """Measure one request and keep the best time."""
        assert self.process.stdin
        assert self.process.stdout
        print(json.dumps(key), file=self.process.stdin, flush=True)
        taken = float(json.loads(self.process.stdout.readline()))
        self.best[key] = min(taken, self.best.get(key, taken))

    def end(self) -> None:
        assert self.process.stdin
        self.process.stdin.close()
        self.process.wait(30)


def measure(small: Server, large: Server, roles: list[str], turns: int) -> dict[Key, float]:
    """The rate of the large database as a share of the small one's, by request, the worst first."""
    keys = [key for key in large.keys if key in small.keys and key[0] in roles]
    for key in keys:
        for _turn in range(turns):
            small.ask(key)
            large.ask(key)
    ratios = {key: small.best[key] / large.best[key] for key in keys}
    return dict(sorted(ratios.items(), key=lambda item: item[1]))


def report(ratios: dict[Key, float], small: Server, large: Server) -> None:
    """Print the ratios by role, and the worst requests."""
    for role in dict.fromkeys(role for role, _name in ratios):
        own = {name: ratio for (its, name), ratio in ratios.items() if its == role}
        worst = min(own, key=own.__getitem__)
        first = f"first page {own['first page']:.2f}" if "first page" in own else ""
        print(f"{role:14} median {statistics.median(own.values()):.2f}  {first}  worst {own[worst]:.2f} ({worst})")
    print(f"\n{'ratio':>6}  {small.name:>12}  {large.name:>12}")
    for key, ratio in list(ratios.items())[:WORST]:
        print(f"{ratio:6.2f}  {small.best[key]:9.1f} ms  {large.best[key]:9.1f} ms  {' '.join(key)}")


def main() -> int:
    """Print the figures; 1 if a ratio is below the goal."""
    parser = argparse.ArgumentParser(prog="python -m bench.queue_rates", description=__doc__)
    parser.add_argument("databases", nargs="*", metavar="DATABASE", help="the small one, then the large one")
    parser.add_argument("--roles", nargs="+", choices=ROLES, default=list(ROLES), help="only these")
    parser.add_argument("--turns", type=int, default=TURNS, help="answers, of which the best counts")
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        serve()
        return 0
    if len(options.databases) != 2:
        parser.error("two databases are expected: the small one, then the large one")
    configured = Databases.configured()
    small, large = (Server.start(configured, name) for name in options.databases)
    try:
        ratios = measure(small, large, options.roles, options.turns)
    finally:
        small.end()
        large.end()
    report(ratios, small, large)
    below = sum(ratio < GOAL for ratio in ratios.values())
    print(f"\n{len(ratios)} requests, {below} below the goal of {GOAL}")
    return 1 if below else 0


if __name__ == "__main__":
    sys.exit(main())
