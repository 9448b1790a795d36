"""``python -m signatures.cli.sandbox CONTAINER TRUST OUT``: verify a container in a process with limits.

Before it reads the container the process limits its own memory, processor time, wall-clock time and output size, and
lowers its scheduling priority. Exceeding a limit ends it. It writes the verdict to ``OUT`` as JSON:
``{"verdict": ...}``, or ``{"fault": ...}`` if the input is not a container.
"""

import argparse
import contextlib
import json
import os
import resource
import signal
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

MIB = 1024 * 1024
MEMORY_BYTES = 300 * MIB
CPU_SECONDS = 20
WALL_SECONDS = 60
OUT_BYTES = 8 * MIB
OPEN_FILES = 32
NICE = 19


def confine() -> None:
    """Limit this process from now on; ``OSError`` or ``ValueError`` if the system cannot enforce the limits."""
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (OUT_BYTES, OUT_BYTES))
    resource.setrlimit(resource.RLIMIT_NOFILE, (OPEN_FILES, OPEN_FILES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # Other systems have no such limit or do not enforce it.
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    signal.alarm(WALL_SECONDS)
    os.nice(NICE)


def main(arguments: list[str] | None = None) -> int:
    """The command; returns 0 if the outcome was written."""
    parser = argparse.ArgumentParser(prog="python -m signatures.cli.sandbox")
    for name in ("container", "trust", "out"):
        parser.add_argument(name, type=Path)
    parser.add_argument("--at", type=datetime.fromisoformat, required=True)
    parser.add_argument("--limits", type=json.loads, default={}, help="the container's limits that differ")
    options = parser.parse_args(arguments)
    confine()
    options.out.write_text(json.dumps(_outcome(options), ensure_ascii=False), encoding="utf-8")
    return 0


def _outcome(options: argparse.Namespace) -> dict[str, Any]:
    # Imported here, so that the limits apply to the import of libraries too.
    from signatures import container
    from signatures.container.limits import Limits
    from signatures.container.offline import Trust, examine
    from signatures.report.faults import fault_of

    limits = Limits(**options.limits)
    trust = Trust.load(options.trust)
    try:
        with options.container.open("rb") as file:
            found = container.read(file, limits)
    except ValueError as fault:
        return {"fault": fault_of(fault).as_dict()}
    return {"verdict": examine(found, trust, options.at, limits).as_dict()}


if __name__ == "__main__":
    with contextlib.suppress(MemoryError):
        raise SystemExit(main())
    raise SystemExit(1)
