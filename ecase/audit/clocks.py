"""Checks this machine's clock. With a wrong clock no entry is dated and nothing irrevocable is done.

This machine is compared with the database, and the newest entry of the log with the database: an entry that is later
than now was dated by a wrong clock, or the database's clock has been set back.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.db.models import DateTimeField, Func, Subquery
from django.utils import timezone

from ecase.audit.models import Entry

_LOOK = "SELECT clock_timestamp(), (SELECT at FROM audit_entry ORDER BY id DESC LIMIT 1)"


class ClockDiffers(Exception):
    """The clocks of this machine, the database and the log differ too much: a person has to set one of them."""


class Now(Func):
    """The database's clock at this instant, not at the start of the transaction."""

    function = "clock_timestamp"
    template = "%(function)s()"
    output_field = DateTimeField()


# The time of the newest entry of the log, read in another statement.
NEWEST_AT = Subquery(Entry.objects.order_by("-pk").values("at")[:1])


def difference(before: datetime, database: datetime, after: datetime) -> timedelta:
    """How far the database's clock is ahead of this machine's, read ``before`` and ``after`` the statement."""
    if before <= database <= after:
        return timedelta(0)
    return database - (after if database > after else before)


def require(before: datetime, database: datetime, newest: datetime | None = None) -> None:
    """Raise :class:`ClockDiffers` beyond ``settings.CLOCK_BOUND``.

    ``database`` is the database's clock during a statement that was sent at ``before`` and has just been answered,
    ``newest`` the time of the newest entry of the log.
    """
    apart = difference(before, database, timezone.now())
    if abs(apart) > settings.CLOCK_BOUND:
        raise ClockDiffers(f"the database's clock is {apart.total_seconds():+.1f} s from this machine's")
    if newest is not None and newest - database > settings.CLOCK_BOUND:
        ahead = (newest - database).total_seconds()
        raise ClockDiffers(f"the newest entry of the log is {ahead:.1f} s later than the database's clock")


def check() -> None:
    """Read the database's clock in one statement; raises :class:`ClockDiffers` as :func:`require` does."""
    before = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(_LOOK)
        database, newest = cursor.fetchone()
    require(before, database, newest)
