"""The audit log on the command line: make its key, sequence entries, verify, prove, resume."""

import dataclasses
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils.translation import gettext as _

from ecase.audit import checkpoints, derivation, gaps, keys, sequencer, services, verification
from ecase.audit.models import Entry

# Checkpoints beyond what the database holds, and notes cut off by a power failure.
EXPLAINED_BY_A_RESTORE = {"truncated", "half"}


class Command(BaseCommand):
    help = "The audit log: make its key, take committed entries into the tree, verify all of it, prove an entry."

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        actions.add_parser("make-key", help="make the log's signing key and put its verifier key into the trust folder")
        rotated = actions.add_parser(
            "rotate-key", help="let a new key sign from now on; what older ones signed still holds"
        )
        rotated.add_argument("--token", default="", metavar="URI", help="make the key in a token: pkcs11:token=...")
        actions.add_parser("sequence", help="take what has been committed into the tree, and sign a checkpoint")
        verified = actions.add_parser(
            "verify",
            help="check chains, tree, checkpoints, and rows against acts and log; exit 1 if anything differs",
        )
        verified.add_argument(
            "--without-checkpoints",
            action="store_true",
            help="be content without checkpoints outside of the database, which alone show a log that was cut",
        )
        resumed = actions.add_parser(
            "resume", help="let the log go on after a restore, with a statement of what is lost"
        )
        resumed.add_argument("--after-restore", action="store_true", required=True, help="that is what has happened")
        resumed.add_argument(
            "--by", default="", metavar="NAME", help="who has decided; without it, only say what is lost"
        )
        resumed.add_argument("--reason", default="", metavar="TEXT", help="what happened, and why it goes on")
        actions.add_parser("checkpoint", help="print the newest signed checkpoint")
        proof = actions.add_parser("proof", help="print the proof that an entry is in the log")
        proof.add_argument("entry", type=int, metavar="ID")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            getattr(self, "_" + options["action"].replace("-", "_"))(**options)
        except services.NotYetInTree as fault:
            raise CommandError(_("Not in the log's tree yet: run `manage.py audit sequence`.")) from fault

    def _make_key(self, **_options: Any) -> None:
        self.stdout.write(str(keys.make()))

    def _rotate_key(self, token: str, **_options: Any) -> None:
        try:
            old, new = keys.rotate(token)
        except ValueError as fault:
            raise CommandError(str(fault)) from fault
        data = {"old": old.key_id.hex(), "new": new.key_id.hex()}
        with transaction.atomic():
            services.append("log.key_rotated", chain="system", actor=services.service_actor(), subject={}, data=data)
        self.stdout.write(_("The new log key signs from now on: %(key)s") % {"key": new})

    def _sequence(self, **_options: Any) -> None:
        taken = sequencer.run_once()
        self.stdout.write(_("%(entries)d entries were taken into the log's tree.") % {"entries": taken})

    def _verify(self, *, without_checkpoints: bool, **_options: Any) -> None:
        result = verification.verify()
        for gap in result.gaps:
            self.stdout.write(str(gap))
        for fault in (*result.notes, *result.faults):
            self.stderr.write(str(fault))
        altered = self._verify_rows()
        if not result.ok:
            raise CommandError(_("The log does not stand: %(faults)d faults.") % {"faults": len(result.faults)})
        if altered:
            raise CommandError(_("%(rows)d times rows do not say what acts and log say.") % {"rows": altered})
        if not result.is_witnessed and not without_checkpoints:
            message = _(
                "Nothing in %(folder)s was there to compare %(entries)d entries with: what the database holds fits "
                "together, and may have been cut or rewritten as a whole. Restore the published checkpoints, or say "
                "--without-checkpoints."
            )
            raise CommandError(message % {"folder": checkpoints.folder(), "entries": result.entries})
        self.stdout.write(
            _("The log stands: %(entries)d entries, %(leaves)d of them in the tree, %(checkpoints)d checkpoints.")
            % {"entries": result.entries, "leaves": result.leaves, "checkpoints": result.checkpoints}
        )

    def _verify_rows(self) -> int:
        """Print the rows that disagree with acts and log; returns how many."""
        tally = derivation.Tally(lambda rows: self.stderr.write(_("%(rows)d rows were compared.") % {"rows": rows}))
        altered = 0
        for fault in derivation.faults(tally):
            self.stderr.write(str(fault))
            altered += 1
        for table, rows in sorted(tally.lacking.items()):
            message = _(
                "%(table)s: %(rows)d rows are older than the log's words about rows, and were not derived whole."
            )
            self.stderr.write(message % {"table": table, "rows": rows})
        self.stdout.write(_("%(rows)d rows were compared with acts and log.") % {"rows": tally.rows})
        return altered

    def _resume(self, by: str, reason: str, **_options: Any) -> None:
        """State the gap, and record it if it is the only fault and a person has decided."""
        other = [fault for fault in verification.verify().faults if fault.code not in EXPLAINED_BY_A_RESTORE]
        for fault in other:
            self.stderr.write(str(fault))
        if other:
            raise CommandError(_("More is wrong than a restore explains: %(faults)d faults.") % {"faults": len(other)})
        try:
            gap = gaps.find()
        except gaps.NothingLost as nothing:
            raise CommandError(_("The database continues what the log has signed: nothing is lost.")) from nothing
        except gaps.OtherLog as size:
            message = _("The checkpoint of %(size)s entries was signed over another log: that is no restore.")
            raise CommandError(message % {"size": size}) from size
        self.stdout.write(str(dataclasses.replace(gap, decided_by=by, reason=reason)))
        if not (by.strip() and reason.strip()):
            raise CommandError(_("Nothing was changed. Name who decides (--by) and what happened (--reason)."))
        entry = gaps.resume(gap, by.strip(), reason.strip())
        self.stdout.write(
            _("The log goes on as %(origin)s; the statement is entry %(entry)d.")
            % {"origin": gap.continued_as, "entry": entry.pk}
        )

    def _checkpoint(self, **_options: Any) -> None:
        self.stdout.write(services.checkpoint(), ending="")

    def _proof(self, entry: int, **_options: Any) -> None:
        found = Entry.objects.filter(pk=entry).first()
        if found is None:
            raise CommandError(_("There is no entry %(entry)d.") % {"entry": entry})
        self.stdout.write(services.proof(found), ending="")
