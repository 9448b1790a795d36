"""``manage.py statute report|table|diff``: print the catalogue, or the differences between two versions."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from workflows.statute import kinds_report, report
from workflows.statute.catalogue import parse
from workflows.statute.differences import differences
from workflows.statute.loading import read_folder
from workflows.statute.models import CatalogueVersion
from workflows.statute.reading import CatalogueError
from workflows.statute.schema import Catalogue, as_json

LANGUAGES = ("kk", "ru", "en")


class Command(BaseCommand):
    """Reads the folders of ``fixtures/statute``; ``diff`` reads stored versions too (``jurisdiction@version``)."""

    help = "Print the statute catalogue for counsel, or what differs between two versions."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        commands = parser.add_subparsers(dest="action", required=True)
        report_parser = commands.add_parser("report", help="every rule with its article, mark and review")
        report_parser.add_argument("--jurisdiction", default=settings.JURISDICTION)
        report_parser.add_argument("--language", choices=LANGUAGES, default="ru")
        report_parser.add_argument("--format", choices=sorted(report.FORMATS), default="text")
        table = commands.add_parser("table", help="the page docs/reference/kinds.md")
        table.add_argument("--jurisdiction", default=settings.JURISDICTION)
        diff = commands.add_parser("diff", help="rules that were added (+), removed (-) or changed (~)")
        for name in ("old", "new"):
            diff.add_argument(name, help="a folder, a jurisdiction, or a stored version: jurisdiction@version")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            if options["action"] == "report":
                with translation.override(options["language"]):
                    self.stdout.write(report.FORMATS[options["format"]](_of_folder(options["jurisdiction"])))
            elif options["action"] == "table":
                self.stdout.write(kinds_report.page(_of_folder(options["jurisdiction"])), ending="")
            else:
                for difference in differences(as_json(_named(options["old"])), as_json(_named(options["new"]))):
                    self.stdout.write(str(difference))
        except CatalogueError as error:
            raise CommandError(str(error)) from error


def _of_folder(jurisdiction: str) -> Catalogue:
    folder = settings.STATUTE_DIR / jurisdiction
    if not folder.is_dir():
        raise CommandError(f"there is no folder {jurisdiction} in {settings.STATUTE_DIR}")
    return read_folder(folder)


def _named(name: str) -> Catalogue:
    if Path(name).is_dir():
        return read_folder(Path(name))
    jurisdiction, stored, version = name.partition("@")
    if not stored:
        return _of_folder(jurisdiction)
    row = CatalogueVersion.objects.filter(jurisdiction=jurisdiction, version=version).first()
    if row is None:
        raise CommandError(f"{name} is neither a folder nor a stored version (jurisdiction@version)")
    return parse(row.content)
