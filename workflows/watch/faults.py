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
ROW_PAUSE, LONGEST_ROW_PAUSE = timedelta(seconds=10), timedelta(minutes=5)
DUTY_PAUSE, LONGEST_DUTY_PAUSE = timedelta(seconds=1), timedelta(minutes=1)
# A row that is not tried again this long after its pause was settled elsewhere.
FORGOTTEN_AFTER = timedelta(hours=1)
_DOUBLINGS = 16


class DatabaseAway(Exception):
    """The database does not answer: no work or record is possible until it does."""


class RowsFail(Exception):
    """Several rows of a duty fail in succession: the cause is not in the rows."""


def refuse_without_database(fault: Exception) -> None:
    """Raise :class:`DatabaseAway` if the connection is lost; other database errors count as ordinary faults."""
    if isinstance(fault, Error) and not _is_there():
        raise DatabaseAway(str(fault)) from fault


def _is_there() -> bool:
    try:
        connection.ensure_connection()
        return connection.is_usable()
    except Error:
        return False


def aside(duty: str, now: datetime) -> Any:
    """The keys (as a query) of the rows that a duty skips at ``now``."""
    return RowAside.objects.filter(duty=duty, next_try_at__gt=now).values("row")


def known(duty: str, rows: Iterable[UUID]) -> dict[UUID, int]:
    """Which of these rows were put aside before, with the number of their failures."""
    return dict(RowAside.objects.filter(duty=duty, row__in=list(rows)).values_list("row", "failures"))


def put_row_aside(duty: str, row: UUID, failures: int, fault: Exception) -> None:
    """Make a duty skip a row that has failed ``failures`` times in a row, for a while."""
    until = timezone.now() + _pause(ROW_PAUSE, LONGEST_ROW_PAUSE, failures)
    _log(f"{duty}: {row} is put aside", failures, fault)
    said = {"failures": failures, "fault": _text(fault), "next_try_at": until}
    RowAside.objects.update_or_create(
        duty=duty, row=row, defaults=said, create_defaults={**said, "since": timezone.now()}
    )


def take_back(duty: str, row: UUID) -> None:
    """Delete the record of a row that was handled after all."""
    RowAside.objects.filter(duty=duty, row=row).delete()


def put_duty_off(duty: str, failures: int, fault: Exception) -> datetime:
    """Pause a duty that failed ``failures`` times in a row; returns the end of the pause."""
    until = timezone.now() + _pause(DUTY_PAUSE, LONGEST_DUTY_PAUSE, failures)
    _log(f"The duty {duty} failed and is put off, the others go on", failures, fault)
    said = {"failures": failures, "fault": _text(fault), "next_try_at": until}
    with transaction.atomic():
        FailingDuty.objects.update_or_create(
            duty=duty, defaults=said, create_defaults={**said, "since": timezone.now()}
        )
    return until


def take_up(duty: str) -> None:
    """Delete the record of a duty that works again."""
    FailingDuty.objects.filter(duty=duty).delete()
    logger.info("The duty %s works again", duty)


def failing() -> dict[str, int]:
    """The duties that failed when last tried, with the number of failures in a row."""
    return dict(FailingDuty.objects.values_list("duty", "failures"))


def forget_settled(now: datetime) -> int:
    """Delete records of failures that were settled in another way; returns the number of rows and duties."""
    before = now - FORGOTTEN_AFTER
    forgotten = [model.objects.filter(next_try_at__lt=before).delete()[0] for model in (RowAside, FailingDuty)]
    return sum(forgotten)


def _pause(first: timedelta, longest: timedelta, failures: int) -> timedelta:
    return min(first * 2 ** min(failures - 1, _DOUBLINGS), longest)


def _log(what: str, failures: int, fault: Exception) -> None:
    """Log the first failure with its traceback; then a line each time that the number of failures has doubled."""
    if failures == 1:
        logger.critical("%s: %s", what, _text(fault), exc_info=fault)
    elif failures & (failures - 1) == 0:
        logger.error("%s, for the %d. time: %s", what, failures, _text(fault))


def _text(fault: Exception) -> str:
    return f"{type(fault).__name__}: {fault}"[:FAULT_LENGTH]
