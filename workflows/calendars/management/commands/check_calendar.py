"""``manage.py check_calendar``: differences between table and package ``holidays``, and who signed off which year."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from workflows.calendars.differences import differences
from workflows.calendars.models import Review, Year


class Command(BaseCommand):
    """Changes nothing. With ``--strict`` a difference, or a year without sign-off, is an error (exit code 1)."""

    help = "Name every day on which the calendars and the package “holidays” disagree."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--jurisdiction", help="only this one")
        parser.add_argument("--strict", action="store_true", help="fail if anything is open")

    def handle(self, *_args: Any, jurisdiction: str | None, strict: bool, **_options: Any) -> None:
        years = Year.objects.filter(jurisdiction=jurisdiction) if jurisdiction else Year.objects.all()
        still_open = 0
        for year in years.order_by("jurisdiction", "year"):
            found = differences(year.table())
            signed = year.review == Review.REVIEWED
            by = f"signed off by {year.signed_off_by}, {year.signed_off_at:%Y-%m-%d}" if signed else "not signed off"
            self.stdout.write(f"{year} {by}, {len(found)} differences")
            for difference in found:
                self.stdout.write(f"  {difference}")
            still_open += len(found) + (not signed)
        if strict and (still_open or not years):
            raise CommandError(f"{still_open} open points in {len(years)} years")
