"""Failing rows and failing duties are put aside, each with a growing pause; everything else continues.

The first failure of a row or a duty is logged with its traceback; the following ones are counted. ``watch.status``
reads the counts.
"""

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import Error, connection, transaction
from django.utils import timezone

from workflows.watch.models import FailingDuty, RowAside

logger = logging.getLogger(__name__)

FAULT_LENGTH = 500
ROW_PAUSES = (timedelta(seconds=10), timedelta(minutes=5))
DUTY_PAUSES = (timedelta(seconds=1), timedelta(minutes=1))
# A row that is not tried again this long after its pause was settled elsewhere.
FORGOTTEN_AFTER = timedelta(hours=1)
_DOUBLINGS = 16


class DatabaseAway(Exception):
    """The database does not answer: no work or record is possible until it does."""


class RowsFail(Exception):
    """Several rows of a duty fail in succession: the cause is not in the rows."""


def refuse_without_database(fault: Exception) -> None:
    """Raise :class:`DatabaseAway` if the connection is lost; other database errors count as ordinary faults."""
    if not isinstance(fault, Error):
        return
    try:
        connection.ensure_connection()
        answers = connection.is_usable()
    except Error:
        answers = False
    if not answers:
        raise DatabaseAway(str(fault)) from fault


def aside(duty: str, now: datetime) -> Any:
    """The keys (as a query) of the rows that a duty skips at ``now``."""
    return RowAside.objects.filter(duty=duty, next_try_at__gt=now).values("row")


def known(duty: str, rows: Iterable[UUID]) -> dict[UUID, int]:
    """Which of these rows were put aside before, with the number of their failures."""
    return dict(RowAside.objects.filter(duty=duty, row__in=list(rows)).values_list("row", "failures"))


def put_row_aside(duty: str, row: UUID, failures: int, fault: Exception) -> None:
    """Make a duty skip a row that has failed ``failures`` times in a row, for a while."""
    record = _log(f"{duty}: {row} is put aside", failures, fault, ROW_PAUSES)
    RowAside.objects.update_or_create(
        duty=duty, row=row, defaults=record, create_defaults={**record, "since": timezone.now()}
    )


def put_duty_off(duty: str, failures: int, fault: Exception) -> datetime:
    """Pause a duty that failed ``failures`` times in a row; returns the end of the pause."""
    record = _log(f"The duty {duty} failed and is put off, the others go on", failures, fault, DUTY_PAUSES)
    with transaction.atomic():
        FailingDuty.objects.update_or_create(
            duty=duty, defaults=record, create_defaults={**record, "since": timezone.now()}
        )
    until: datetime = record["next_try_at"]
    return until


def forget_faults(now: datetime) -> int:
    """Delete records of failures that were settled in another way; returns the number of rows and duties."""
    before = now - FORGOTTEN_AFTER
    forgotten = [model.objects.filter(next_try_at__lt=before).delete()[0] for model in (RowAside, FailingDuty)]
    return sum(forgotten)


def _log(what: str, failures: int, fault: Exception, pauses: tuple[timedelta, timedelta]) -> dict[str, Any]:
    """Log the first failure with its traceback; then a line each time that the number of failures has doubled.

    Returns the fields of the failure's record. The pause doubles from the first of ``pauses`` to the second.
    """
    shortest, longest = pauses
    until = timezone.now() + min(shortest * 2 ** min(failures - 1, _DOUBLINGS), longest)
    text = f"{type(fault).__name__}: {fault}"[:FAULT_LENGTH]
    if failures == 1:
        logger.critical("%s: %s", what, text, exc_info=fault)
    elif failures & (failures - 1) == 0:
        logger.error("%s, for the %d. time: %s", what, failures, text)
    return {"failures": failures, "fault": text, "next_try_at": until}
