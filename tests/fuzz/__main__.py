"""``python -m tests.fuzz [--seconds 60] [TARGET ...]``: look for bytes at which a parser does what it must not.

Two fuzzers take turns at each target: one that knows DER and is always there, and atheris, which is led by coverage,
where its wheel can be had (Linux on x86-64: ``make fuzz`` installs it). What is found is kept in
``tests/output/fuzz`` and is tried again by ``python -m tests.fuzz --again FILE TARGET``. Exit code 1: something was
found; the sentence that says so names the seed.
"""

import argparse
import importlib.util
import os
import random
import subprocess
import sys
import time
import traceback
import warnings
from pathlib import Path

from tests.fuzz.mutator import mutated
from tests.fuzz.resigned import RESIGNED
from tests.fuzz.targets import TARGETS

ALL = {**TARGETS, **RESIGNED}
OUTPUT = Path(__file__).resolve().parents[1] / "output" / "fuzz"


def by_structure(name: str, seconds: float, seed: int) -> tuple[int, list[Path]]:
    """How many inputs were tried, and what was found: each kind of exception once."""
    target, source = ALL[name], random.Random(f"{name}/{seed}")
    seeds, found, tried = target.seeds(), {}, 0
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        data, tried = mutated(source, seeds), tried + 1
        try:
            target(data)
        except Exception as fault:  # noqa: BLE001 - whatever comes out is what we look for
            found.setdefault(_kind(fault), (data, fault))
    return tried, [_kept(name, data, fault) for data, fault in found.values()]


def _kind(fault: BaseException) -> tuple[str, str]:
    last = traceback.extract_tb(fault.__traceback__)[-1]
    return type(fault).__name__, f"{last.filename}:{last.lineno}"


def _kept(name: str, data: bytes, fault: BaseException) -> Path:
    OUTPUT.mkdir(parents=True, exist_ok=True)
    path = OUTPUT / f"{name}-{type(fault).__name__}-{random.Random(data).randrange(16**8):08x}"
    path.write_bytes(data)
    traceback.print_exception(fault)
    return path


def by_coverage(name: str, seconds: int) -> list[Path]:
    """Atheris in a process of its own: libFuzzer ends the process when it finds something."""
    OUTPUT.mkdir(parents=True, exist_ok=True)
    before = set(OUTPUT.iterdir())
    command = [sys.executable, "-m", "tests.fuzz.led", name, f"-max_total_time={seconds}"]
    done = subprocess.run(
        [*command, f"-artifact_prefix={OUTPUT}/{name}-", "-verbosity=0", "-rss_limit_mb=2048", "-timeout=10"],
        stdout=sys.stderr,
        check=False,
    )
    found = sorted(set(OUTPUT.iterdir()) - before)
    if done.returncode and not found:
        raise SystemExit(f"atheris ended with {done.returncode} and found nothing")
    return found


def main(arguments: list[str] | None = None) -> int:
    """The command; returns its exit code."""
    options = _parser().parse_args(arguments)
    # The library of certificates warns of names that are too long, and the like: here of nothing else.
    warnings.simplefilter("ignore")
    names = options.targets or list(ALL)
    if options.again:
        ALL[names[0]](options.again.read_bytes())
        return 0
    led = importlib.util.find_spec("atheris") is not None
    if not led:
        print("atheris is not installed: only the fuzzer that knows DER will look.", file=sys.stderr)
    each = options.seconds / len(names) / (2 if led else 1)
    found = [path for name in names for path in _fuzzed(name, each, options.seed, led=led)]
    for path in found:
        print(f"FOUND: {path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path}")
    return 1 if found else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("targets", nargs="*", choices=[*ALL, []], metavar="TARGET", help=", ".join(ALL))
    parser.add_argument("--seconds", type=float, default=60, help="for all targets and fuzzers together")
    parser.add_argument("--seed", type=int, default=int.from_bytes(os.urandom(4), "big"))
    parser.add_argument("--again", type=Path, help="try one input, as it was found")
    return parser


def _fuzzed(name: str, seconds: float, seed: int, *, led: bool) -> list[Path]:
    tried, found = by_structure(name, seconds, seed)
    found += by_coverage(name, max(1, round(seconds))) if led else []
    print(f"{name:20} {tried:8} tried, seed {seed}: {len(found) or 'nothing'} found", flush=True)
    return found


if __name__ == "__main__":
    raise SystemExit(main())
