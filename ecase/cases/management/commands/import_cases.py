"""``manage.py import_cases``: cases, persons and counsel from a CSV or JSON file."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from ecase.cases.importing import Outcome, Unreadable, import_entries, read_entries
from ecase.cases.services import OPENERS
from ecase.officers import posts
from ecase.officers.models import Post

MOST_BYTES = 20 * 1024 * 1024


class Command(BaseCommand):
    """Every entry is entered whole or not at all; the report has a line for each."""

    help = "Enter cases, persons and counsel from a CSV or JSON file; what is there already stays as it is."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="CSV with a header, or a JSON array; UTF-8")
        parser.add_argument(
            "--by", required=True, metavar="IIN", help="the investigator or head of unit who enters them"
        )
        parser.add_argument("--dry-run", action="store_true", help="check and report everything, and enter nothing")

    def handle(self, *_args: Any, file: Path, by: str, dry_run: bool, **_options: Any) -> None:
        post = self._post(by)
        try:
            outcomes = import_entries(read_entries(self._text(file)), post, dry_run=dry_run)
        except Unreadable as fault:
            raise CommandError(str(fault)) from fault
        for outcome in outcomes:
            self.stdout.write(_line(outcome))
        refused = sum(bool(outcome.problems) for outcome in outcomes)
        if refused:
            raise CommandError(
                _("%(refused)d of %(all)d entries were refused.") % {"refused": refused, "all": len(outcomes)}
            )
        done = _("%(all)d entries can be entered.") if dry_run else _("%(all)d entries were entered.")
        self.stdout.write(done % {"all": len(outcomes)})

    def _post(self, iin: str) -> Post:
        """The only current post of that officer that opens cases."""
        found = list(posts.current().filter(officer__iin=iin, role__in=OPENERS)[:2])
        if len(found) != 1:
            raise CommandError(_("This IIN has no post, or several, of an investigator or a head of unit."))
        return found[0]

    def _text(self, file: Path) -> str:
        try:
            if file.stat().st_size > MOST_BYTES:
                raise CommandError(_("The file is too large. Split it."))
            return file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as fault:
            raise CommandError(str(fault)) from fault


def _line(outcome: Outcome) -> str:
    problems = "; ".join(f"{problem.field or '-'}: {problem.message}" for problem in outcome.problems)
    made = ", ".join(outcome.made) or "-"
    return f"{outcome.line}\t{outcome.number}\t{problems or made}"
