"""Give the application's database role exactly the privileges that it needs."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.utils import ProgrammingError

from ecase.audit import grants


class Command(BaseCommand):
    help = (
        "Grant the application's role its privileges: append-only tables may be read and inserted into, the others "
        "also updated. Run as the owner of the tables, after every migration."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--role", required=True, help="an existing role that owns nothing and is no superuser")

    def handle(self, *_args: Any, role: str, **_options: Any) -> None:
        try:
            given = grants.grant(role)
        except ProgrammingError as fault:
            raise CommandError(str(fault).strip()) from fault
        for table, privileges in sorted(given.items()):
            self.stdout.write(f"{table}: {privileges}")
