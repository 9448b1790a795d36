"""CPC Art. 48, rule by rule, and properties that hold for any start."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows import clock

ALMATY = ZoneInfo("Asia/Almaty")
KZ = clock.load(Path(__file__).parents[2] / "fixtures" / "calendar" / "kz")
FIRST, LAST = datetime(2025, 1, 1), datetime(2027, 6, 1)  # noqa: DTZ001 - hypothesis adds the zone
STARTS = st.datetimes(FIRST, LAST, timezones=st.just(UTC))
SHORT, LONG = st.sampled_from(["minutes", "hours"]), st.sampled_from(["days", "months"])


def at(text: str) -> datetime:
    """A local instant."""
    return datetime.fromisoformat(text).replace(tzinfo=ALMATY)


def due(start: str, amount: int, unit: clock.Unit, *, skip_first: bool = False, roll: bool = False) -> datetime:
    return clock.due(at(start), amount, unit, skip_first=skip_first, roll=roll, calendar=KZ).due_at


@pytest.mark.parametrize(
    ("start", "amount", "unit", "skip_first", "roll", "end"),
    [
        # 48(5): from the minute; seconds never lengthen the term
        ("2026-11-20T10:15:30", 8, "hours", False, False, "2026-11-20T18:15"),
        ("2026-11-20T22:00", 48, "hours", False, False, "2026-11-22T22:00"),
        ("2026-11-20T10:15:30", 30, "minutes", False, False, "2026-11-20T10:45"),
        # 48(2): the starting hour is left out
        ("2026-11-20T10:15", 8, "hours", True, False, "2026-11-20T19:00"),
        ("2026-11-20T10:00", 8, "hours", True, False, "2026-11-20T19:00"),
        # hour terms never roll, not even on a holiday
        ("2026-12-31T20:00", 8, "hours", False, True, "2027-01-01T04:00"),
        # 48(4): 24:00 of the last day
        ("2026-11-16T10:00", 3, "days", True, False, "2026-11-20T00:00"),
        ("2026-11-16T10:00", 3, "days", False, False, "2026-11-19T00:00"),
        # Friday: three days end on Monday; Wednesday: on Saturday, which gives way to Monday
        ("2026-11-18T10:00", 3, "days", True, True, "2026-11-24T00:00"),
        # Nauryz 2026: 21-23 March and the days off for them
        ("2026-03-18T10:00", 3, "days", True, True, "2026-03-27T00:00"),
        # months: the same date, or the last day of a shorter month
        ("2026-01-31T10:00", 1, "months", True, False, "2026-03-01T00:00"),
        ("2026-01-15T10:00", 2, "months", True, False, "2026-03-16T00:00"),
        # liberty: the first day is included
        ("2026-01-15T10:00", 2, "months", False, False, "2026-03-15T00:00"),
        ("2026-03-01T10:00", 1, "months", False, False, "2026-04-01T00:00"),
        ("2026-01-31T10:00", 1, "months", False, False, "2026-03-01T00:00"),
        ("2026-12-15T10:00", 2, "months", True, False, "2027-02-16T00:00"),
        # the local day counts, not the day in UTC
        ("2026-11-16T02:00", 1, "days", True, False, "2026-11-18T00:00"),
    ],
)
def test_rules_of_article_48(start: str, amount: int, unit: clock.Unit, skip_first: bool, roll: bool, end: str) -> None:
    assert due(start, amount, unit, skip_first=skip_first, roll=roll) == at(end)


def test_steps_tell_what_was_counted() -> None:
    counted = clock.due(at("2026-03-18T10:00"), 3, "days", skip_first=True, roll=True, calendar=KZ)
    assert [step.as_dict() for step in counted.steps] == [
        {"step": "skipped", "unit": "days", "at": "2026-03-18"},
        {"step": "last_day", "day": "2026-03-21", "amount": 3, "unit": "days"},
        {"step": "rolled", "day": "2026-03-21", "to": "2026-03-26"},
    ]


def test_eight_hours_before_the_end_of_detention() -> None:
    detention = clock.due(at("2026-11-20T14:05"), 48, "hours", skip_first=False, roll=False, calendar=KZ)
    filed = clock.earlier(detention, 8, "hours", KZ)
    assert filed.due_at == at("2026-11-22T06:05")
    assert filed.steps[-1].name == "earlier"


def test_earlier_by_days_and_months_keeps_the_local_time() -> None:
    counted = clock.due(at("2026-03-01T10:00"), 1, "days", skip_first=True, roll=False, calendar=KZ)
    assert clock.earlier(counted, 1, "days", KZ).due_at == at("2026-03-02T00:00")
    assert clock.earlier(counted, 1, "months", KZ).due_at == at("2026-02-03T00:00")


def test_an_unknown_year_is_not_rolled_into() -> None:
    counted = clock.due(at("2027-12-30T10:00"), 2, "days", skip_first=True, roll=True, calendar=KZ)
    assert counted.due_at == datetime(2028, 1, 2, tzinfo=ALMATY)
    assert counted.steps[-1].name == "calendar_unknown"


def test_a_naive_start_and_an_empty_term_are_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        clock.due(datetime(2026, 1, 1), 1, "hours", skip_first=False, roll=False, calendar=KZ)  # noqa: DTZ001
    with pytest.raises(ValueError, match="at least one"):
        clock.due(at("2026-01-01T00:00"), 0, "hours", skip_first=False, roll=False, calendar=KZ)


def test_immediately_is_the_event_itself() -> None:
    assert clock.uncounted(at("2026-01-01T10:00"), "immediately").due_at == at("2026-01-01T10:00")


@given(STARTS, st.integers(1, 100), SHORT)
def test_from_the_minute_is_never_longer_than_the_term(start: datetime, amount: int, unit: clock.Unit) -> None:
    end = clock.due(start, amount, unit, skip_first=False, roll=True, calendar=KZ).due_at
    length = amount * {"minutes": timedelta(minutes=1), "hours": timedelta(hours=1)}[unit]
    assert length - timedelta(minutes=1) < end - start <= length


@given(STARTS, st.integers(1, 100), SHORT)
def test_skipping_the_first_unit_gives_more_by_at_most_one(start: datetime, amount: int, unit: clock.Unit) -> None:
    plain = clock.due(start, amount, unit, skip_first=False, roll=False, calendar=KZ).due_at
    skipped = clock.due(start, amount, unit, skip_first=True, roll=False, calendar=KZ).due_at
    assert timedelta(0) < skipped - plain <= {"minutes": timedelta(minutes=1), "hours": timedelta(hours=1)}[unit]


@given(STARTS, st.integers(1, 60), LONG, st.booleans(), st.booleans())
def test_days_and_months_end_at_local_midnight(
    start: datetime, amount: int, unit: clock.Unit, skip: bool, roll: bool
) -> None:
    end = clock.due(start, amount, unit, skip_first=skip, roll=roll, calendar=KZ).due_at.astimezone(ALMATY)
    assert (end.hour, end.minute, end.second) == (0, 0, 0)
    assert end > start


@given(STARTS, st.integers(1, 20), st.booleans())
def test_a_rolled_term_ends_on_a_working_day(start: datetime, amount: int, skip: bool) -> None:
    end = clock.due(start, amount, "days", skip_first=skip, roll=True, calendar=KZ).due_at
    last = (end.astimezone(ALMATY) - timedelta(days=1)).date()
    assert KZ.is_working(last)
    plain = clock.due(start, amount, "days", skip_first=skip, roll=False, calendar=KZ).due_at
    assert timedelta(0) <= end - plain <= timedelta(days=7)


@given(STARTS, STARTS, st.integers(1, 24), st.sampled_from(["minutes", "hours", "days", "months"]), st.booleans())
def test_a_later_event_never_ends_earlier(
    first: datetime, second: datetime, amount: int, unit: clock.Unit, skip: bool
) -> None:
    early, late = sorted([first, second])
    ends = [clock.due(start, amount, unit, skip_first=skip, roll=True, calendar=KZ).due_at for start in (early, late)]
    assert ends[0] <= ends[1]


@given(STARTS, st.integers(1, 24))
def test_a_month_term_stays_in_its_month(start: datetime, amount: int) -> None:
    end = clock.due(start, amount, "months", skip_first=True, roll=False, calendar=KZ).due_at
    last, first = (end.astimezone(ALMATY) - timedelta(days=1)).date(), start.astimezone(ALMATY).date()
    assert (last.year * 12 + last.month) - (first.year * 12 + first.month) == amount
    assert last.day <= first.day


def test_the_published_day_off_of_october_2025() -> None:
    assert not KZ.is_working(date(2025, 10, 27))
    assert KZ.is_working(date(2025, 10, 28))
