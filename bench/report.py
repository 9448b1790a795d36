"""Formats the figures of a run as docs/benchmarks.md: tables here, sentences in ``bench.sentences``."""

import os
import platform
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench import missed, sentences
from bench.memory import Memory
from bench.rounds import QUEUE, Compared, Figures
from bench.servers import BASE

NAMES = {
    "search": "search motion, then registration and assignment by the service",
    "agreement": "prosecutor's agreement, then registration and assignment",
    "withdrawal": "withdrawal (one act)",
    QUEUE: "page of the queue",
}
# The acts that one request performs.
OWN_ACTS = {"search": 3, "agreement": 3, "withdrawal": 1, QUEUE: 0}


@dataclass
class Found:
    """The figures of one run; what was not measured is empty."""

    rounds: int
    motions: int
    figures: dict[str, Figures] = field(default_factory=dict)
    compared: dict[str, Compared] = field(default_factory=dict)
    earlier: dict[str, Compared] = field(default_factory=dict)
    earlier_commit: str = ""
    statements: dict[str, dict[str, float]] = field(default_factory=dict)
    pgbench: dict[str, float] = field(default_factory=dict)
    whole: dict[str, Any] = field(default_factory=dict)
    memory: Memory | None = None
    walk: float | None = None


def machine(database: str, load: tuple[float, float, float]) -> str:
    """One paragraph: processor, cores, memory, versions, date, commit, and the machine's other load."""
    model = next(
        (line.partition(":")[2].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")), ""
    )
    memory = next((int(line.split()[1]) for line in _lines("/proc/meminfo") if line.startswith("MemTotal")), 0)
    return (
        f"{model}, {os.cpu_count()} cores, {memory / 1024**2:.0f} GB; {platform.system()}, Python "
        f"{platform.python_version()}, {database}. {datetime.now(UTC):%Y-%m-%d %H:%M} UTC, commit "
        f"{commit(BASE)}. Load average when it began: {load[0]:.2f}."
    )


def commit(folder: Path) -> str:
    """The commit of a work tree, short; ``unknown`` outside one."""
    asked = ["git", "-C", str(folder), "rev-parse", "--short", "HEAD"]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)
    return done.stdout.strip() or "unknown"


def _lines(path: str) -> list[str]:
    return Path(path).read_text().splitlines()


def page(found: Found, about: str) -> str:
    """docs/benchmarks.md, or as much of it as was measured."""
    parts = [HEAD.format(about=about), _goals(found), missed.describe(found)]
    if found.compared:
        parts += [_beside_the_peer(found), *([_beside_earlier(found)] if found.earlier else []), _over_http(found)]
    if found.whole:
        parts.append(_whole(found.whole))
    if found.memory:
        parts.append(_memory(found.memory))
    return "\n".join(filter(None, parts))


HEAD = """# Benchmarks

`make bench` measures and writes this page, its sentences included; edit `bench/`, not this.

{about}
"""


def _goals(found: Found) -> str:
    rows = [goal.row() for goal in sentences.goals(found)]
    if not rows:
        return ""
    return table(("what", "measured", "goal", ""), rows)


def _beside_the_peer(found: Found) -> str:
    """CPU of a request on both sides."""
    rows = []
    for name, both in found.compared.items():
        lowest, highest = min(both.ratios), max(both.ratios)
        rows.append(
            (
                NAMES[name],
                _cpu(both.ecase),
                _cpu(both.other),
                f"{both.ratio:.2f} ({lowest:.2f} to {highest:.2f})",
                f"{sentences.CPU_GOALS[name]:.2f}",
                " / ".join(f"{found.statements[side][name]:.0f}" for side in ("ecase", "peer")),
                " / ".join(f"{figures.rate:.0f}" for figures in (both.ecase, both.other)),
            )
        )
    head = ("request", "CPU", "CPU of the peer", "ratio", "goal", "statements, both", "a second, both")
    before, after = sentences.peer(found)
    return f"## Beside a stock peer\n\n{before}\n\n{table(head, rows)}\n{after}\n"


def _beside_earlier(found: Found) -> str:
    """CPU of a request now, and of an earlier commit."""
    rows = [
        (
            NAMES[name],
            _cpu(both.ecase),
            _cpu(both.other),
            f"{both.ratio:.2f} ({min(both.ratios):.2f} to {max(both.ratios):.2f})",
            " / ".join(f"{figures.rate:.0f}" for figures in (both.ecase, both.other)),
        )
        for name, both in found.earlier.items()
    ]
    head = ("request", "CPU", f"CPU of {found.earlier_commit}", "ratio", "a second, both")
    return f"## Beside commit {found.earlier_commit}\n\n{sentences.earlier(found)}\n\n{table(head, rows)}"


def _cpu(figures: Figures) -> str:
    return f"{figures.web:.1f} + {figures.postgres:.1f} = {figures.cpu:.1f} ms"


def _over_http(found: Found) -> str:
    head = ("request", "a second", "acts a second", "pgbench", "median / 95 %", "client's CPU", "statements")
    rows = [_line(found, name, figures) for name, figures in found.figures.items()]
    before, after = sentences.over_http(found)
    return f"## Over HTTP\n\n{before}\n\n{table(head, rows)}\n{after}\n"


def _line(found: Found, name: str, figures: Figures) -> tuple[str, ...]:
    acts = f"{figures.rate * OWN_ACTS[name]:.0f}" if OWN_ACTS[name] else ""
    digits = 0 if OWN_ACTS[name] else 1
    latency = f"{figures.p50:.{digits}f} / {figures.p95:.{digits}f} ms"
    statements = f"{found.statements['ecase'][name]:.0f}"
    limit = f"{found.pgbench[name]:.0f}"
    if name == QUEUE:
        limit += f" (prepared: {found.pgbench['prepared']:.0f})"
    return NAMES[name], f"{figures.rate:.0f}", acts, limit, latency, f"{figures.client:.0%}", statements


def _whole(whole: dict[str, Any]) -> str:
    rows = [
        (name, f"{ms:.1f} ms", f"{whole['pdf'][name]:.1f} ms", f"{whole['times'][name]:.1f}")
        for name, ms in whole["acts"].items()
    ]
    acts = table(("act", "server time", "its PDF alone", "times the PDF"), rows)
    ordered = sorted(whole["parts"].items(), key=lambda part: -part[1])
    parts = table(
        ("part of an act (mean of these kinds)", "own time"), [(name, f"{ms:.1f} ms") for name, ms in ordered]
    )
    before, after = sentences.whole_act(whole)
    return (
        f"## A whole act\n\n{before}\n\n{acts}\n{parts}\n{after}\n\n"
        f"The same by cProfile, own time:\n\n```\n{whole['profile']}\n```\n"
    )


def _memory(memory: Memory) -> str:
    step = memory.requests // len(memory.after)
    head = ("requests", *(f"{step * number:,}" for number in range(1, len(memory.after) + 1)))
    row = ("largest worker, MB", *(f"{size:.0f}" for size in memory.after))
    return f"## Memory of a web worker\n\n{sentences.memory(memory)}\n\n{table(head, [row])}"


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """A Markdown table."""
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"
