"""Formats the figures as a page."""

import os
import platform
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

Found = dict[str, dict[str, Any]]
NAMES = {
    "search": "search motion, then registration and assignment by the service",
    "agreement": "prosecutor's agreement, then registration and assignment",
    "withdrawal": "withdrawal (one act)",
}
WHY = Path(__file__).with_name("why.md")


def machine(database: str, load: tuple[float, float, float]) -> str:
    """One paragraph: processor, cores, memory, versions, date, commit, and the machine's other load."""
    model = next(
        (line.partition(":")[2].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")), ""
    )
    memory = next((int(line.split()[1]) for line in _lines("/proc/meminfo") if line.startswith("MemTotal")), 0)
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False)
    return (
        f"{model}, {os.cpu_count()} cores, {memory / 1024**2:.0f} GB; {platform.system()}, Python "
        f"{platform.python_version()}, {database}. {datetime.now(UTC):%Y-%m-%d %H:%M} UTC, commit "
        f"{commit.stdout.strip() or 'unknown'}. Load average when it began: {load[0]:.2f}."
    )


def _lines(path: str) -> list[str]:
    return Path(path).read_text().splitlines()


def page(found: Found, about: str) -> str:
    """docs/benchmarks.md."""
    parts = [HEAD.format(about=about), _goals(found), _acts(found), _whole(found["whole"])]
    return "\n".join([*parts, WHY.read_text(encoding="utf-8")])


HEAD = """# Benchmarks

`make bench` measures and writes this page; edit `bench/`, not this.

{about}

Web server, PostgreSQL and load client share the cores. granian runs as in `make demo` (2 workers, persistent
connections to the database); 4 persistent HTTP connections, each request with its token. pgbench plays, in the same
run, the statements that the service sends (captured from it), by the simple protocol as Django does: what PostgreSQL
alone would do.
"""


def _goals(found: Found) -> str:
    queue, act, whole = found["queue"], found["withdrawal"], max(found["whole"]["acts"].values())
    best = max(found[name]["rate"] * found[name]["own_acts"] for name in NAMES)
    rows = [
        ("pages of 20 of a queue of 10,000 motions, a second", f"{queue['rate']:.0f}", "500", _queue_limit(queue)),
        ("acts a second: signatures taken over HTTP", f"{act['rate']:.0f}", "300", f"{act['pgbench']:.0f}"),
        ("acts a second, the service's own counted", f"{best:.0f}", "300", ""),
        ("whole act, prepare to perform, slowest kind (median)", f"{whole:.1f} ms", "60 ms", ""),
        ("peak memory of a web worker", f"{found['memory']['peak']:.0f} MB", "200 MB", ""),
    ]
    if "walk" in found:
        rows.append(("the walk, cold start to verified container", f"{found['walk']['seconds']:.1f} s", "60 s", ""))
    return table(("what", "measured", "goal", "pgbench"), rows)


def _queue_limit(queue: dict[str, float]) -> str:
    return f"{queue['pgbench']:.0f} (prepared: {queue['pgbench_prepared']:.0f})"


def _acts(found: Found) -> str:
    rows = []
    for name, title in NAMES.items():
        figures = found[name]
        rate, all_acts = f"{figures['rate']:.0f}", f"{figures['rate'] * figures['own_acts']:.0f}"
        latency, share = f"{figures['p50']:.0f} / {figures['p95']:.0f} ms", f"{figures['client']:.0%}"
        rows.append(
            (title, rate, all_acts, f"{figures['pgbench']:.0f}", latency, share, f"{figures['statements']:.0f}")
        )
    queue = found["queue"]
    latency = f"{queue['p50']:.1f} / {queue['p95']:.1f} ms"
    rows.append(
        ("page of the queue", f"{queue['rate']:.0f}", "", _queue_limit(queue), latency, f"{queue['client']:.0%}", "")
    )
    head = ("request", "a second", "acts a second", "pgbench", "median / 95 %", "client's CPU", "statements")
    return f"## Over HTTP\n\n{table(head, rows)}"


def _whole(whole: dict[str, Any]) -> str:
    acts = table(("act", "server time"), [(name, f"{ms:.1f} ms") for name, ms in whole["acts"].items()])
    ordered = sorted(whole["parts"].items(), key=lambda part: -part[1])
    parts = table(
        ("part of an act (mean of these kinds)", "own time"), [(name, f"{ms:.1f} ms") for name, ms in ordered]
    )
    return (
        f"## A whole act\n\nPrepare (with its PDF/A) and perform (with its signature) through the whole application in "
        f"one process, nothing else running; the officer's own signing is not counted.\n\n{acts}\n{parts}\n"
        f"The same by cProfile, own time:\n\n```\n{whole['profile']}\n```\n"
    )


def table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """A Markdown table."""
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"
