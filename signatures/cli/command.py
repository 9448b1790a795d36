"""``python -m signatures verify FILE [--trust DIR] [--at TIME] [--checkpoint FILE] [--larger] [--json]``.

Verifies a container. Exit codes: 0 everything passed, 1 something is proven false, 2 something cannot be known, 3
the container, the trust folder, the checkpoint or an option cannot be used. ``--trust`` defaults to
``ECASE_TRUST_DIR``; ``--at`` defaults to now.
"""

import argparse
import json
import os
import sys
from datetime import datetime
from pathlib import Path
from typing import NoReturn

from signatures import container
from signatures.cli.text_report import as_text
from signatures.container import checkpoint_compare
from signatures.container.limits import LARGER, USUAL, Limits
from signatures.container.offline import Trust, Verdict, examine
from signatures.report.catalogue import LANGUAGES
from signatures.report.faults import fault_of
from signatures.report.labels import word

EXIT = {"TOTAL_PASSED": 0, "TOTAL_FAILED": 1, "INDETERMINATE": 2}
UNUSABLE = 3


def main(arguments: list[str] | None = None) -> int:
    """The command; returns its exit code."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.consistency and not options.checkpoint:
        parser.error("--consistency leads from a --checkpoint: give both")
    folder = options.trust or os.environ.get("ECASE_TRUST_DIR")
    if not folder:
        return _unusable(word("no-trust", options.language), options.language)
    try:
        verdict = _verify(options, Path(folder), LARGER if options.larger else USUAL)
    except (ValueError, OSError) as fault:
        return _unusable(fault_of(fault).sentence(options.language), options.language)
    as_json = json.dumps(verdict.as_dict(), ensure_ascii=False, indent=1) + "\n"
    # UTF-8, whatever encoding the terminal declares.
    sys.stdout.buffer.write((as_json if options.json else as_text(verdict, options.language)).encode())
    sys.stdout.buffer.flush()
    return EXIT[verdict.indication]


class _Parser(argparse.ArgumentParser):
    """Exits with ``UNUSABLE`` for a wrong option: argparse's usual 2 means here that something cannot be known."""

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(UNUSABLE, f"{self.prog}: {message}\n")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m signatures", description="Verify evidence offline.")
    verify = parser.add_subparsers(required=True).add_parser("verify", help="verify an evidence container")
    verify.add_argument("file", type=Path)
    verify.add_argument("--trust", type=Path, help="folder of trusted authorities; default: ECASE_TRUST_DIR")
    verify.add_argument("--at", type=_time, metavar="TIME", help="verify as of 2036-01-01T00:00:00Z; default: now")
    verify.add_argument("--checkpoint", type=Path, help="signed checkpoints of the audit log that you have kept")
    verify.add_argument("--consistency", type=Path, help="the log's proof that it has only grown since then")
    verify.add_argument("--larger", action="store_true", help="take a container larger than the service's page does")
    verify.add_argument("--json", action="store_true", help="print the whole report as JSON")
    verify.add_argument("--language", "--lang", choices=LANGUAGES, default="en")
    return parser


def _time(text: str) -> datetime:
    """An RFC 3339 instant with its offset from UTC. Raises ``ArgumentTypeError``."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError as fault:
        raise argparse.ArgumentTypeError(f"not a time: {text}") from fault
    if found.tzinfo is None:
        raise argparse.ArgumentTypeError(f"a time needs its offset from UTC, as in {text}Z")
    return found


def _verify(options: argparse.Namespace, folder: Path, limits: Limits) -> Verdict:
    with options.file.open("rb") as file:
        found = container.read(file, limits)
    trust = Trust.load(folder)
    verdict = examine(found, trust, options.at, limits)
    if options.checkpoint is None:
        return verdict
    kept = options.checkpoint.read_text(encoding="utf-8")
    consistency = options.consistency.read_text(encoding="utf-8") if options.consistency else ""
    return checkpoint_compare.compare(verdict, found.proof, kept, consistency, trust)


def _unusable(reason: str, language: str) -> int:
    sys.stderr.buffer.write(f"{word('unusable', language)}: {reason}\n".encode())
    return UNUSABLE
