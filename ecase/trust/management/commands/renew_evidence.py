"""Renew evidence by new timestamps before it expires. The watch does this by itself; the command is for manual use."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from ecase.trust import evidence
from ecase.trust.models import AwaitedEvidence
from signatures.clients.http import Unreachable


class Command(BaseCommand):
    help = "Renew the evidence of signatures that fades within ECASE_RENEWAL_DAYS, by hash tree, a batch a timestamp."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only say how much is due")

    def handle(self, *_args: Any, **options: Any) -> None:
        now = timezone.now()
        if options["dry_run"]:
            self.stdout.write(_("%(records)d records are to be renewed.") % {"records": evidence.due(now).count()})
            seals = AwaitedEvidence.objects.count()
            self.stdout.write(_("%(seals)d seals wait for their evidence.") % {"seals": seals})
            return
        try:
            done = sum(iter(lambda: evidence.renew(now), 0))
        except Unreachable as fault:
            raise CommandError(str(fault)) from fault
        self.stdout.write(_("%(records)d records were renewed.") % {"records": done})
