"""``manage.py verify_draw ID``: repeat a draw of a judge from its record, and report whether it is correct."""

import json
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from workflows.assignment import services
from workflows.assignment.models import Draw


class Command(BaseCommand):
    help = "Repeat a draw of a judge from its record, print the record, and name what does not add up; exit 1 if so."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("draw", type=UUID, metavar="ID", help="as the act of assignment names it")

    def handle(self, *_args: Any, draw: UUID, **_options: Any) -> None:
        """Print the record to standard output, faults to standard error."""
        found = Draw.objects.select_related("court", "chosen", "motion").filter(pk=draw).first()
        if found is None:
            raise CommandError(_("There is no draw %(draw)s.") % {"draw": draw})
        self.stdout.write(json.dumps(found.as_dict(), ensure_ascii=False, indent=1))
        faults = services.faults(found)
        for fault in faults:
            self.stderr.write(fault)
        if faults:
            raise CommandError(_("The draw does not stand."))
        self.stderr.write(_("The draw stands."))
