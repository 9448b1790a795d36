"""Checks that use the database. They run in the thread of the request."""

from datetime import timedelta
from functools import lru_cache

from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from api.readiness.errors import Check, Lacking, check_call, lacking
from ecase.audit import checkpoints, clocks
from ecase.audit.models import Checkpoint, Entry, Node
from ecase.officers import signing
from ecase.problems import SignatureRefused
from workflows.deadlines.models import Deadline
from workflows.statute.catalogue import NoLawInForce, in_force
from workflows.watch import status

# The delay beyond which a job counts as stopped: the signing of the log, the claiming of due rows.
STILL = timedelta(minutes=2)
_PROBE = b"ecase readiness"
NO_SEALER = _("The service's own key cannot be read.")


def check_connection() -> None:
    """The database is reachable."""
    with lacking(_("The database cannot be reached."), DatabaseError):
        connection.ensure_connection()
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")


def _migrations() -> None:
    if not _applied():
        # Once true, it is cached for the life of the process; until then it is checked again.
        _applied.cache_clear()
        raise Lacking(_("The database is not migrated."))


@lru_cache(maxsize=1)
def _applied() -> bool:
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def _seal() -> None:
    """The current seal verifies: its certificate and its authorities are valid and not revoked."""
    with lacking(NO_SEALER, ImproperlyConfigured, OSError, ValueError):
        cms = signing.sealer().sign(_PROBE)
    message = _("A seal of the service would not be accepted now: its certificate or its revocation lists are stale.")
    with lacking(message, SignatureRefused, ImproperlyConfigured):
        signing.verify_seal(cms, _PROBE, timezone.now())


def _log() -> None:
    """The database holds everything that the log has signed, according to the folder of checkpoints."""
    newest = Checkpoint.objects.first()
    known = newest.size if newest else 0
    with lacking(_("The log's checkpoints cannot be read."), ImproperlyConfigured, OSError):
        published = checkpoints.published_size()
    if published > known:
        raise Lacking(_("The log was rolled back."), f"{published} entries are published, {known} are signed here")


def _log_signed() -> None:
    last = Node.objects.filter(level=0).order_by("-position").values_list("entry", flat=True).first() or 0
    oldest = Entry.objects.filter(pk__gt=last).order_by("pk").values_list("at", flat=True).first()
    if oldest and timezone.now() - oldest > STILL:
        raise Lacking(_("Entries of the log have been waiting for long to be signed."), f"since {oldest:%c}")


def _watch() -> None:
    if (found := status.read()).is_late():
        at = found.ticked_at
        raise Lacking(_("The watch does not run."), f"last tick: {at:%c}" if at else "it has never run")


def _duties() -> None:
    """No duty of the watch fails; a single row that was set aside does not make the service unready."""
    if failing := status.read().failing:
        raise Lacking(_("A duty of the watch fails."), "; ".join(f"{duty} since {duty.since:%c}" for duty in failing))


def _deadlines() -> None:
    due = Deadline.objects.missed_unclaimed(timezone.now() - STILL).order_by("due_at")
    if oldest := due.values_list("due_at", flat=True).first():
        raise Lacking(_("A deadline has passed and nobody has reported it."), f"due at {oldest:%c}")


CHECKS: dict[str, Check] = {
    "migrations": _migrations,
    "law": check_call(in_force, _("No catalogue of the law is in force."), NoLawInForce),
    "clock": check_call(
        clocks.check, _("Clocks differ: this machine's, the database's or the log's."), clocks.ClockDiffers
    ),
    "trust": check_call(
        signing.trust, _("The trust anchors cannot be read."), ImproperlyConfigured, OSError, ValueError
    ),
    "service-key": check_call(signing.sealer, NO_SEALER, ImproperlyConfigured, OSError, ValueError),
    "seal": _seal,
    "log": _log,
    "log-signed": _log_signed,
    "watch": _watch,
    "duties": _duties,
    "deadlines": _deadlines,
}
