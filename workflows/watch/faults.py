"""What fails is put aside: a row of a duty, or a duty, each with a pause that grows; everything else goes on.

The first failure of a row, and of a duty, is logged with its trace; the following ones are counted. ``watch.status``
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
# What has not been tried again so long after its pause is not there any more: a row that something else has settled.
FORGOTTEN_AFTER = timedelta(hours=1)
_DOUBLINGS = 16


class DatabaseAway(Exception):
    """The database does not answer: nothing can be done, nor written down, until it does."""


class RowsFail(Exception):
    """One row of a duty after the other fails: the cause is not in the rows."""


def refuse_without_database(fault: Exception) -> None:
    """Raise :class:`DatabaseAway` if the connection is gone; what else the database says is a fault like any other."""
    if isinstance(fault, Error) and not _is_there():
        raise DatabaseAway(str(fault)) from fault


def _is_there() -> bool:
    try:
        connection.ensure_connection()
        return connection.is_usable()
    except Error:
        return False


def aside(duty: str, now: datetime) -> Any:
    """The rows (a query of their keys) that a duty passes over at ``now``."""
    return RowAside.objects.filter(duty=duty, next_try_at__gt=now).values("row")


def known(duty: str, rows: Iterable[UUID]) -> dict[UUID, int]:
    """Which of these rows were put aside before, and how often they have failed."""
    return dict(RowAside.objects.filter(duty=duty, row__in=list(rows)).values_list("row", "failures"))


def put_row_aside(duty: str, row: UUID, failures: int, fault: Exception) -> None:
    """Have a duty pass over a row that has failed ``failures`` times in a row, for a while."""
    until = timezone.now() + _pause(ROW_PAUSE, LONGEST_ROW_PAUSE, failures)
    _log(f"{duty}: {row} is put aside", failures, fault)
    said = {"failures": failures, "fault": _text(fault), "next_try_at": until}
    RowAside.objects.update_or_create(
        duty=duty, row=row, defaults=said, create_defaults={**said, "since": timezone.now()}
    )


def take_back(duty: str, row: UUID) -> None:
    """The row was handled after all."""
    RowAside.objects.filter(duty=duty, row=row).delete()


def put_duty_off(duty: str, failures: int, fault: Exception) -> datetime:
    """Have a duty that failed ``failures`` times in a row wait; until when."""
    until = timezone.now() + _pause(DUTY_PAUSE, LONGEST_DUTY_PAUSE, failures)
    _log(f"The duty {duty} failed and is put off, the others go on", failures, fault)
    said = {"failures": failures, "fault": _text(fault), "next_try_at": until}
    with transaction.atomic():
        FailingDuty.objects.update_or_create(
            duty=duty, defaults=said, create_defaults={**said, "since": timezone.now()}
        )
    return until


def take_up(duty: str) -> None:
    """The duty works again."""
    FailingDuty.objects.filter(duty=duty).delete()
    logger.info("The duty %s works again", duty)


def failing() -> dict[str, int]:
    """The duties that failed when they were last tried, and how often in a row."""
    return dict(FailingDuty.objects.values_list("duty", "failures"))


def forget_settled(now: datetime) -> int:
    """Forget what was put aside and has settled in another way; how many rows and duties."""
    before = now - FORGOTTEN_AFTER
    forgotten = [model.objects.filter(next_try_at__lt=before).delete()[0] for model in (RowAside, FailingDuty)]
    return sum(forgotten)


def _pause(first: timedelta, longest: timedelta, failures: int) -> timedelta:
    return min(first * 2 ** min(failures - 1, _DOUBLINGS), longest)


def _log(what: str, failures: int, fault: Exception) -> None:
    """With its trace the first time; then a line each time that the number of failures has doubled."""
    if failures == 1:
        logger.critical("%s: %s", what, _text(fault), exc_info=fault)
    elif failures & (failures - 1) == 0:
        logger.error("%s, for the %d. time: %s", what, failures, _text(fault))


def _text(fault: Exception) -> str:
    return f"{type(fault).__name__}: {fault}"[:FAULT_LENGTH]
