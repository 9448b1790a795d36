"""In how many statements a judge is drawn, and what draws of one court at the same time do."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connection, connections, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from ecase.officers.models import Absence, Organisation
from tests.assignment.conftest import MakeMotion, committed, drawn, judges, on_roster
from tests.factories import (
    CaseFactory,
    DutyShiftFactory,
    PersonFactory,
    PostFactory,
)
from tests.threads import together
from workflows.assignment import conflicts, verification
from workflows.assignment.models import Bar, Draw
from workflows.motions.models import Motion

pytestmark = pytest.mark.django_db

NOW = timezone.now()
DAY = timedelta(days=1)


def statements(motion: Motion) -> int:
    with CaptureQueriesContext(connection) as queries:
        drawn(motion)
    return len(queries)


def test_a_draw_takes_as_many_statements_however_many_judges_and_cases(court: Organisation, file: MakeMotion) -> None:
    judges(court, 2)
    drawn(file())
    small = statements(file())
    by = PostFactory(administrator=True)
    for post in judges(court, 12):
        on_roster(post, specialisations=["search"])
        DutyShiftFactory(post=post)
        Absence.objects.create(post=post, ground="leave", starts_at=NOW - 2 * DAY, ends_at=NOW - DAY)
        conflicts.declare(post.officer, Bar.Ground.KIN, by, iin="900101300001")
        file(judge=post.officer)
    case = CaseFactory(court=court)
    for _person in range(5):
        PersonFactory(case=case)
    assert statements(file(case=case)) == small
    assert small <= 8


@pytest.mark.django_db(transaction=True)
def test_draws_at_the_same_time_spend_a_nonce_each(court: Organisation, file: MakeMotion) -> None:
    judges(court)
    motions = [file() for _number in range(6)]

    def draw(motion: Motion) -> Callable[[], Draw]:
        return lambda: drawn(motion)

    records = together(*map(draw, motions))
    assert len({record.made_of["nonce"] for record in records}) == 6
    entries = sorted(record.made_of["committed_in"]["entry"] for record in records)
    assert entries == [entry.pk for entry in committed(court)][:6]
    assert not any(map(verification.faults, records))


@pytest.mark.django_db(transaction=True)
def test_a_draw_that_has_waited_for_another_takes_the_row_at_once(court: Organisation, file: MakeMotion) -> None:
    """And does not look for it a second time, when it could be waiting again: the court's own row is out of reach."""
    judges(court)
    drawn(file())
    first, second, over, records = file(), file(), threading.Event(), []

    def keep_the_court() -> None:
        with alone(), transaction.atomic():
            Organisation.objects.select_for_update(no_key=True).get(pk=court.pk)
            over.wait(120)

    def draw_second() -> None:
        with alone():
            records.append(drawn(second))

    keeper, waiter = threading.Thread(target=keep_the_court), threading.Thread(target=draw_second)
    keeper.start()
    try:
        with transaction.atomic():
            records.append(drawn(first))
            waiter.start()
            until(somebody_waits)
        waiter.join(30)
        assert [record.motion for record in records] == [first, second]
    finally:
        over.set()
        keeper.join()
        waiter.join()
    assert not any(map(verification.faults, records))


@contextmanager
def alone() -> Iterator[None]:
    """In a thread: whatever it has connected to is closed."""
    try:
        yield
    finally:
        connections.close_all()


def somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")  # PostgreSQL keeps one for each transaction
        waiting = "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        cursor.execute(f"SELECT EXISTS ({waiting})")
        return bool(cursor.fetchone()[0])


def until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 120
    while not condition():
        assert time.monotonic() < end, "nobody waits"
        time.sleep(0.02)
