"""``manage.py load_calendar``: load the years of ``fixtures/calendar`` that the table does not have yet."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from workflows import clock
from workflows.calendars.differences import differences
from workflows.calendars.services import load_all


class Command(BaseCommand):
    """Idempotent: a year that is in the table stays unchanged; the differences in the file are listed."""

    help = "Load the calendars of days off, and compare them with the package “holidays”."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--folder", type=Path, help="a folder of jurisdictions instead of fixtures/calendar")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            found = load_all(options["folder"])
        except clock.CalendarError as error:
            raise CommandError(str(error)) from error
        for loaded in found:
            self.stdout.write(f"{loaded.year} {'loaded' if loaded.made else 'is there already'}")
            for day, pair in loaded.kept.items():
                here, there = (
                    f"{'worked' if entry[0] else 'off'} ({entry[1]})" if entry else "nothing" for entry in pair
                )
                self.stdout.write(f"  {day}: the table has {here}, the file {there}: left as it is")
            # A year that was just loaded is reported on stderr, so that it is seen even where stdout is hidden.
            out = self.stderr if loaded.made else self.stdout
            for difference in differences(loaded.year.table()):
                out.write(f"{loaded.year.jurisdiction} calendar differs from the package “holidays”: {difference}")
