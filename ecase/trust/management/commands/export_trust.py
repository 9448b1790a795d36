"""Export the trust folder for verifying containers without the service. Distribute it over a trusted channel."""

from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from ecase.trust import folder


class Command(BaseCommand):
    help = "Write authorities, seals, revocation lists, rules and log keys that are trusted now as a trust folder."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("directory", type=Path, help="a new folder, or an empty one")

    def handle(self, *_args: Any, **options: Any) -> None:
        directory: Path = options["directory"]
        try:
            written = folder.export(directory, timezone.now())
        except (ValueError, OSError, ImproperlyConfigured) as fault:
            raise CommandError(str(fault)) from fault
        message = _("%(files)d files are in %(folder)s. Give them by a way that is trusted, not with a container.")
        self.stdout.write(message % {"files": len(written), "folder": directory})
