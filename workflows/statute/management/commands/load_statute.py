"""``manage.py load_statute``: store the catalogues of ``fixtures/statute``."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from ecase.problems import Conflict
from workflows.statute.catalogue import load_all
from workflows.statute.reading import CatalogueError


class Command(BaseCommand):
    """Idempotent: a version that is stored already is unchanged."""

    help = "Check and store the statute catalogues."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--folder", type=Path, help="a folder of catalogues instead of fixtures/statute")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            rows = load_all(options["folder"])
        except CatalogueError as error:
            raise CommandError(str(error)) from error
        except Conflict as error:
            sentences = [f"{problem.params['version']}: {problem.message}" for problem in error.problems]
            raise CommandError("\n".join(sentences)) from error
        for row in rows:
            self.stdout.write(f"{row.jurisdiction} {row.version} {row.sha256[:12]} from {row.valid_from}")
