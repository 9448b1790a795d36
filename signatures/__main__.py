"""``python -m signatures verify FILE [--trust DIR] [--json] [--lang en|ru|kk]``: is this container genuine?

Exit codes: 0 everything passed, 1 something is proven false, 2 something cannot be known, 3 the file or the trust
folder cannot be used. Without ``--trust`` the folder is that of ``ECASE_TRUST_DIR``.
"""

import argparse
import json
import os
import sys
from pathlib import Path

from signatures import container, messages
from signatures.offline import Trust, Verdict, examine

EXIT = {"TOTAL_PASSED": 0, "TOTAL_FAILED": 1, "INDETERMINATE": 2}
UNUSABLE = 3


def main(arguments: list[str] | None = None) -> int:
    """The command; returns its exit code."""
    options = _parser().parse_args(arguments)
    folder = options.trust or os.environ.get("ECASE_TRUST_DIR")
    if not folder:
        return _unusable(messages.text("no-trust", options.lang), options.lang)
    try:
        verdict = examine(container.read(options.file.read_bytes()), Trust.load(Path(folder)))
    except (ValueError, OSError) as fault:
        return _unusable(str(fault), options.lang)
    sys.stdout.write(_as_json(verdict) if options.json else _as_text(verdict, options.lang))
    return EXIT[verdict.indication]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m signatures", description="Verify evidence offline.")
    verify = parser.add_subparsers(required=True).add_parser("verify", help="verify an evidence container")
    verify.add_argument("file", type=Path)
    verify.add_argument("--trust", type=Path, help="folder of trusted authorities; default: ECASE_TRUST_DIR")
    verify.add_argument("--json", action="store_true", help="print the whole report as JSON")
    verify.add_argument("--lang", choices=messages.LANGUAGES, default="en")
    return parser


def _unusable(reason: str, language: str) -> int:
    sys.stderr.write(f"{messages.text('unusable', language)}: {reason}\n")
    return UNUSABLE


def _as_json(verdict: Verdict) -> str:
    return json.dumps(verdict.as_dict(), ensure_ascii=False, indent=1) + "\n"


def _as_text(verdict: Verdict, language: str) -> str:
    lines = _heading(verdict, language)
    width = max(len(messages.text(name, language)) for name in EXIT)
    for line in verdict.lines:
        outcome = messages.text(line.indication, language).ljust(width)
        lines.append("  ".join(filter(None, (outcome, messages.text(line.name, language), line.subject, line.detail))))
    lines.append(f"{messages.text('verdict', language)}: {messages.text(verdict.indication, language)}")
    return "\n".join(lines) + "\n"


def _heading(verdict: Verdict, language: str) -> list[str]:
    if not verdict.statement:
        return []
    case, act, author = (verdict.statement[name] for name in ("case", "act", "author"))
    named = author.get("name") or messages.text("service", language)
    facts = (("case", case.get("number")), ("act", f"{act.get('type')} {act.get('id')}"), ("author", named))
    return [f"{messages.text(key, language)}: {value}" for key, value in facts]


if __name__ == "__main__":
    raise SystemExit(main())
