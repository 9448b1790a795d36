"""``python -m signatures verify FILE [--trust DIR] [--at TIME] [--checkpoint FILE] [--larger] [--json]``.

``verify`` verifies a container. ``inspect FILE [--content FILE] [--trust DIR] [--iin N] [--bin N]`` tells which rule a
signature fails. ``export FILE --out FILE`` writes the signature of a container's act as CAdES-B-LT.
Exit codes: 0 everything passed, 1 something is proven false, 2 something cannot be known, 3 the file, the trust
folder, the checkpoint or an option cannot be used. ``--trust`` defaults to ``ECASE_TRUST_DIR``, ``--at`` to now.
"""

import argparse
import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn

from signatures import container
from signatures.cli import inspection
from signatures.cli.text_report import as_text
from signatures.container import Container, checkpoint_compare
from signatures.container.limits import LARGER, USUAL, Limits
from signatures.container.offline import Trust, examine
from signatures.evidence import Evidence
from signatures.evidence.cades import as_cades_lt
from signatures.policy import DEFAULT
from signatures.report.catalogue import LANGUAGES
from signatures.report.faults import Fault, FaultError, fault_of
from signatures.report.labels import word
from signatures.verification import Expected
from signatures.x509.trust import TrustStore

EXIT = {"TOTAL_PASSED": 0, "TOTAL_FAILED": 1, "INDETERMINATE": 2}
UNUSABLE = 3


def main(arguments: list[str] | None = None) -> int:
    """The command; returns its exit code."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if getattr(options, "consistency", None) and not options.checkpoint:
        parser.error("--consistency leads from a --checkpoint: give both")
    try:
        text, code = options.run(options)
    except (ValueError, OSError) as fault:
        language = options.language
        why = word("no-trust", language) if isinstance(fault, NoTrust) else fault_of(fault).sentence(language)
        sys.stderr.buffer.write(f"{word('unusable', language)}: {why}\n".encode())
        return UNUSABLE
    # UTF-8, whatever encoding the terminal declares.
    sys.stdout.buffer.write(text.encode())
    sys.stdout.buffer.flush()
    return code


class NoTrust(ValueError):
    """No trust folder is named."""


class _Parser(argparse.ArgumentParser):
    """Exits with ``UNUSABLE`` for a wrong option: argparse's usual 2 means here that something cannot be known."""

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(UNUSABLE, f"{self.prog}: {message}\n")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m signatures", description="Verify evidence offline.")
    commands = parser.add_subparsers(required=True)
    verify = commands.add_parser("verify", help="verify an evidence container")
    verify.set_defaults(run=_verify)
    verify.add_argument("--checkpoint", type=Path, help="signed checkpoints of the audit log that you have kept")
    verify.add_argument("--consistency", type=Path, help="the log's proof that it has only grown since then")
    verify.add_argument("--json", action="store_true", help="print the whole report as JSON")
    inspect = commands.add_parser("inspect", help="tell which rule a signature fails (CMS, DER or PEM)")
    inspect.set_defaults(run=_inspect)
    inspect.add_argument("--content", type=Path, help="the file that was signed; without it its digest is not compared")
    inspect.add_argument("--iin", help="who must have signed")
    inspect.add_argument("--bin", help="of which organisation")
    export = commands.add_parser("export", help="write the signature of a container's act as CAdES-B-LT")
    export.set_defaults(run=_export)
    export.add_argument("--out", type=Path, required=True, help="where to write it, in DER; must not exist")
    for command in (verify, inspect, export):
        command.add_argument("file", type=Path)
        command.add_argument("--language", "--lang", choices=LANGUAGES, default="en")
    for command in (verify, inspect):
        command.add_argument("--trust", type=Path, help="folder of trusted authorities; default: ECASE_TRUST_DIR")
        command.add_argument("--at", type=_time, metavar="TIME", help="as of 2036-01-01T00:00:00Z; default: now")
    for command in (verify, export):
        command.add_argument("--larger", action="store_true", help="take a container larger than the page does")
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


def _verify(options: argparse.Namespace) -> tuple[str, int]:
    """What to print and the exit code."""
    folder = options.trust or os.environ.get("ECASE_TRUST_DIR")
    if not folder:
        raise NoTrust
    found, limits = _container(options)
    trust = Trust.load(Path(folder))
    verdict = examine(found, trust, options.at, limits)
    if options.checkpoint is not None:
        kept = options.checkpoint.read_text(encoding="utf-8")
        consistency = options.consistency.read_text(encoding="utf-8") if options.consistency else ""
        verdict = checkpoint_compare.compare(verdict, found.proof, kept, consistency, trust)
    as_json = json.dumps(verdict.as_dict(), ensure_ascii=False, indent=1) + "\n"
    return as_json if options.json else as_text(verdict, options.language), EXIT[verdict.indication]


def _container(options: argparse.Namespace) -> tuple[Container, Limits]:
    limits = LARGER if options.larger else USUAL
    with options.file.open("rb") as file:
        return container.read(file, limits), limits


def _inspect(options: argparse.Namespace) -> tuple[str, int]:
    """Without a trust folder only what needs none is judged."""
    folder = options.trust or os.environ.get("ECASE_TRUST_DIR")
    trust = TrustStore.load(folder) if folder else None
    content = options.content.read_bytes() if options.content else None
    with options.file.open("rb") as file:
        cms = file.read(2 * DEFAULT.max_cms_bytes + 1)
    expected = Expected(iin=options.iin, bin=options.bin)
    report = inspection.judge(cms, content, trust, expected, options.at or datetime.now(UTC))
    return inspection.as_text(report, cms, options.language), EXIT[report.indication]


def _export(options: argparse.Namespace) -> tuple[str, int]:
    found, _limits = _container(options)
    if not found.act.evidence:
        raise FaultError(Fault("no-evidence"))
    signature = as_cades_lt(Evidence.loads(found.act.evidence, DEFAULT.max_evidence_bytes))
    with options.out.open("xb") as file:
        file.write(signature)
    return f"{options.out}\n", 0
