"""``manage.py watch``: claim what has come due and act on it."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from ecase import timeouts
from workflows.watch.loop import Watch


class Command(BaseCommand):
    help = "Claims what has come due (deadlines, messages, log entries) and acts on it. Several may run at once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="run every duty once and end")
        parser.add_argument("--interval", type=float, default=1.0, help="seconds between two rounds")

    def handle(self, *args: Any, once: bool, interval: float, **options: Any) -> None:
        timeouts.use("watch")
        watch = Watch(interval)
        if once:
            self.stdout.write(str(watch.tick()))
        else:
            watch.run()
