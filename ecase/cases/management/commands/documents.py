"""Checks stored files from the command line."""

import time
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from ecase.cases import inspection
from ecase.cases.models import Blob

# Seconds between two lines of progress.
EVERY = 5


class Command(BaseCommand):
    help = "Stored files: check that each one is there and has the bytes that were taken in."

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        actions.add_parser("check", help="hash every stored file; name what is missing or altered; exit 1 if any is")

    def handle(self, *_args: Any, action: str, **_options: Any) -> None:
        faults = extras = 0
        for finding in self._findings():
            faults, extras = faults + finding.is_fault, extras + (not finding.is_fault)
            cases = f" ({', '.join(finding.cases)})" if finding.cases else ""
            self.stderr.write(f"{finding.what}: {finding.path}{cases}")
        if faults:
            raise CommandError(_("%(faults)d stored files are missing or altered.") % {"faults": faults})
        counts = {"files": Blob.objects.count(), "extras": extras}
        self.stdout.write(_("All %(files)d stored files are whole; %(extras)d more belong to no row.") % counts)

    def _findings(self) -> Iterator[inspection.Finding]:
        total, said = Blob.objects.count(), time.monotonic()
        for number, finding in enumerate(inspection.stored(), 1):
            if finding:
                yield finding
            if time.monotonic() - said > EVERY:
                said = time.monotonic()
                self.stderr.write(f"{number} / {total}")
        yield from inspection.unknown()
