"""``manage.py watch``: claim due rows and act on them; ``--status`` prints the state of the watch."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from ecase import timeouts
from workflows.watch import status
from workflows.watch.loop import Watch


class Command(BaseCommand):
    help = "Claims what has come due (deadlines, messages, log entries) and acts on it. Several may run at once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="run every duty once and end")
        parser.add_argument("--interval", type=float, default=1.0, help="seconds between two rounds")
        parser.add_argument(
            "--status", action="store_true", help="say whether a watch goes round and what fails; exit 1 if not well"
        )

    def handle(self, *args: Any, once: bool, interval: float, status: bool, **options: Any) -> None:
        if status:
            self._print_status()
            return
        timeouts.use("watch")
        if once:
            self.stdout.write(str(Watch(interval).tick()))
        else:
            Watch(interval).run()

    def _print_status(self) -> None:
        found = status.read()
        at = found.ticked_at
        if at:
            last = _("The last round ended at %(at)s.") % {"at": at.isoformat()}
        else:
            last = _("No watch has ended a round yet.")
        failing = [
            _("Duty %(duty)s fails since %(since)s, %(failures)d times: %(fault)s")
            % {
                **{name: getattr(failure, name) for name in ("duty", "failures", "fault")},
                "since": failure.since.isoformat(),
            }
            for failure in found.failing
        ]
        aside = [
            _("Duty %(duty)s has put aside %(rows)d rows since %(since)s: %(fault)s")
            % {**vars(held), "since": held.since.isoformat()}
            for held in found.aside
        ]
        for line in (last, *failing, *aside):
            self.stdout.write(line)
        if not found.is_well:
            raise CommandError(_("The watch needs somebody to look at it."))
