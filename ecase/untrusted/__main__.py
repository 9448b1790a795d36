"""The confined reader: forks a process for each request, which limits itself, answers and ends.

A request is a line of JSON: ``{"task": "examine", "form": ..., "path": ...}``, ``{"task": "prepare", "path": ...}`` or
``{"task": "join", "parts": [[title, path], ...], "target": ...}``. The answer is a line of JSON, unless the process was
killed before, followed by the line ``end``. The reader itself opens no file, and ends with its input.
"""

import json
import logging
import os
import resource
import signal
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ecase.untrusted import joining, readers
from ecase.untrusted.findings import Faulty

MEMORY = 1024 * 1024 * 1024
OUTPUT = 1024 * 1024 * 1024


def confine(cpu: int, wait: int) -> None:
    """Limit this process: bytes of memory and written files, seconds of processor time and of time; no core dump."""
    for kind, limit in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, cpu),
        (resource.RLIMIT_FSIZE, OUTPUT),
        (resource.RLIMIT_CORE, 0),
    ):
        _soft, hard = resource.getrlimit(kind)
        bounded = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
        resource.setrlimit(kind, (bounded, bounded))
    signal.alarm(wait)


def _perform(request: dict[str, Any]) -> dict[str, Any]:
    """The answer to a request."""
    if request["task"] == "examine":
        form, findings = readers.examine(Path(request["path"]), request["form"])
        return {"form": form, "findings": [asdict(finding) for finding in findings]}
    if request["task"] == "prepare":
        try:
            joining.prepare(Path(request["path"]))
        except Faulty as fault:
            return {"code": fault.finding.code}
        return {"code": ""}
    joining.join([(title, Path(path)) for title, path in request["parts"]], Path(request["target"]))
    return {"joined": len(request["parts"])}


def _answer(line: bytes, cpu: int, wait: int) -> None:
    """Never returns: it always ends the forked process."""
    status = 1
    try:
        confine(cpu, wait)
        request = json.loads(line)
        sys.stdout.write(json.dumps(_perform(request)) + "\n")
        sys.stdout.flush()
        status = 0
    finally:
        os._exit(status)


def main() -> None:
    cpu, wait = int(sys.argv[1]), int(sys.argv[2])
    logging.disable()
    for line in iter(sys.stdin.buffer.readline, b""):
        child = os.fork()
        if not child:
            _answer(line, cpu, wait)
        os.waitpid(child, 0)
        # On its own line, even if the process was killed in the middle of one.
        sys.stdout.write("\nend\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
