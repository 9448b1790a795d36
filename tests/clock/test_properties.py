"""What CPC Art. 48 promises for any event, any length and any calendar an administrator may make."""

import json
from array import array
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows import clock

ALMATY, KYIV = ZoneInfo("Asia/Almaty"), ZoneInfo("Europe/Kyiv")
YEARS = frozenset(range(2025, 2030))
FIRST, LAST = date(2025, 1, 1).toordinal(), date(2029, 12, 31).toordinal()
STARTS = st.datetimes(datetime(2025, 1, 1), datetime(2028, 6, 1), timezones=st.just(UTC))  # noqa: DTZ001
SHORT, LONG = st.sampled_from(["minutes", "hours"]), st.sampled_from(["days", "months"])
UNITS = st.sampled_from(["minutes", "hours", "days", "months", "years"])
DAY = timedelta(days=1)


def days(most: int) -> st.SearchStrategy[list[date]]:
    """Up to ``most`` days, two bytes each: drawn at once, where a list draws three numbers a day."""
    packed = st.binary(max_size=2 * most).map(lambda drawn: array("H", drawn[: len(drawn) // 2 * 2]))
    return packed.map(lambda numbers: [date.fromordinal(FIRST + number % (LAST - FIRST + 1)) for number in numbers])


@st.composite
def calendars(draw: st.DrawFn) -> clock.Calendar:
    """Any table: days off wherever they fall, and weekends that are worked."""
    weekends = [day for day in draw(days(10)) if day.weekday() > 4]
    off = draw(days(60))
    zone = draw(st.sampled_from([ALMATY, KYIV]))
    return clock.Calendar(zone, YEARS, frozenset(off) - frozenset(weekends), frozenset(weekends))


def last_day(counted: clock.Counted, calendar: clock.Calendar) -> date:
    return counted.due_at.astimezone(calendar.zone).date() - DAY


@given(STARTS, st.integers(1, 200), SHORT, st.booleans(), st.booleans(), calendars())
def test_no_calendar_moves_a_term_in_hours(
    start: datetime, amount: int, unit: clock.Unit, skip: bool, roll: bool, calendar: clock.Calendar
) -> None:
    """48(3): nights and days off are included; the safe default: an hour term never rolls."""
    by_table = clock.due(start, amount, unit, skip_first=skip, roll=roll, calendar=calendar)
    assert by_table == clock.due(start, amount, unit, skip_first=skip, roll=False, calendar=None)
    assert by_table.steps[-1].data == {"because": "short_term"}


@given(STARTS, st.integers(1, 200), SHORT)
def test_the_safe_default_never_rounds_up(start: datetime, amount: int, unit: clock.Unit) -> None:
    end = clock.due(start, amount, unit, skip_first=False, roll=False, calendar=None).due_at
    assert end <= start + amount * {"minutes": timedelta(minutes=1), "hours": timedelta(hours=1)}[unit]


@given(STARTS, st.integers(1, 30), LONG, st.booleans(), calendars())
def test_a_term_that_deprives_of_liberty_never_rolls(
    start: datetime, amount: int, unit: clock.Unit, skip: bool, calendar: clock.Calendar
) -> None:
    """48(4): a rule that does not roll ends on its day, whatever the table says."""
    plain = clock.Calendar(calendar.zone, YEARS)
    ends = [clock.due(start, amount, unit, skip_first=skip, roll=False, calendar=table) for table in (calendar, plain)]
    assert ends[0] == ends[1]
    assert ends[0].steps[-1].data == {"because": "rule"}


@given(STARTS, st.integers(1, 30), LONG, st.booleans(), calendars())
def test_rolling_stops_at_the_first_day_that_is_worked(
    start: datetime, amount: int, unit: clock.Unit, skip: bool, calendar: clock.Calendar
) -> None:
    fixed = last_day(clock.due(start, amount, unit, skip_first=skip, roll=False, calendar=calendar), calendar)
    rolled = last_day(clock.due(start, amount, unit, skip_first=skip, roll=True, calendar=calendar), calendar)
    passed = [fixed + number * DAY for number in range((rolled - fixed).days)]
    assert not any(calendar.is_working(day) for day in passed)
    assert calendar.is_working(rolled) or not calendar.knows(rolled)


@given(STARTS, st.integers(1, 60), LONG, st.booleans(), st.booleans(), calendars())
def test_a_term_in_days_ends_at_24_00_even_where_the_clocks_change(
    start: datetime, amount: int, unit: clock.Unit, skip: bool, roll: bool, calendar: clock.Calendar
) -> None:
    end = clock.due(start, amount, unit, skip_first=skip, roll=roll, calendar=calendar).due_at.astimezone(calendar.zone)
    assert (end.hour, end.minute, end.second, end.microsecond) == (0, 0, 0, 0)


@given(STARTS, st.integers(1, 60), calendars())
def test_including_the_first_day_ends_a_day_term_one_day_earlier(
    start: datetime, amount: int, calendar: clock.Calendar
) -> None:
    left_out = clock.due(start, amount, "days", skip_first=True, roll=False, calendar=calendar)
    included = clock.due(start, amount, "days", skip_first=False, roll=False, calendar=calendar)
    assert last_day(left_out, calendar) - last_day(included, calendar) == DAY


@given(STARTS, st.integers(1, 20), st.booleans(), calendars())
def test_including_the_first_day_never_gives_more_months(
    start: datetime, amount: int, roll: bool, calendar: clock.Calendar
) -> None:
    left_out = clock.due(start, amount, "months", skip_first=True, roll=roll, calendar=calendar).due_at
    assert clock.due(start, amount, "months", skip_first=False, roll=roll, calendar=calendar).due_at <= left_out


@given(STARTS, st.integers(1, 10), st.booleans(), calendars())
def test_a_year_is_twelve_months(start: datetime, amount: int, skip: bool, calendar: clock.Calendar) -> None:
    years = clock.due(start, amount, "years", skip_first=skip, roll=False, calendar=calendar).due_at
    months = clock.due(start, 12 * amount, "months", skip_first=skip, roll=False, calendar=calendar).due_at
    assert years == months


@given(STARTS, UNITS, st.integers(1, 20), st.booleans(), st.booleans(), calendars())
def test_a_longer_term_never_ends_earlier(
    start: datetime, unit: clock.Unit, amount: int, skip: bool, roll: bool, calendar: clock.Calendar
) -> None:
    ends = [
        clock.due(start, length, unit, skip_first=skip, roll=roll, calendar=calendar).due_at
        for length in (amount, amount + 1)
    ]
    assert ends[0] <= ends[1]


@given(STARTS, UNITS, st.integers(1, 20), st.booleans(), st.booleans(), calendars())
def test_an_instant_counts_the_same_in_whatever_offset_it_is_written(
    start: datetime, unit: clock.Unit, amount: int, skip: bool, roll: bool, calendar: clock.Calendar
) -> None:
    ends = {
        clock.due(moment, amount, unit, skip_first=skip, roll=roll, calendar=calendar).due_at
        for moment in (start, start.astimezone(ALMATY), start.astimezone(KYIV))
    }
    assert len(ends) == 1


@given(STARTS, UNITS, st.integers(1, 20), UNITS, st.integers(1, 5), st.booleans(), calendars())
def test_what_is_due_before_an_end_is_due_before_it(
    start: datetime, unit: clock.Unit, amount: int, less: clock.Unit, by: int, roll: bool, calendar: clock.Calendar
) -> None:
    whole = clock.due(start, amount, unit, skip_first=True, roll=roll, calendar=calendar)
    assert clock.earlier(whole, by, less, calendar).due_at < whole.due_at


@given(STARTS, UNITS, st.integers(1, 20), st.booleans(), st.booleans(), calendars())
def test_every_count_says_whether_it_was_moved_and_can_be_written_down(
    start: datetime, unit: clock.Unit, amount: int, skip: bool, roll: bool, calendar: clock.Calendar
) -> None:
    counted = clock.due(start, amount, unit, skip_first=skip, roll=roll, calendar=calendar)
    assert counted.steps[-1].name in ("rolled", "not_rolled", "calendar_unknown")
    json.dumps([step.as_dict() for step in counted.steps])


def test_days_are_not_counted_without_a_calendar() -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    with pytest.raises(ValueError, match="without a calendar"):
        clock.due(start, 1, "days", skip_first=True, roll=False, calendar=None)
    hours = clock.due(start, 1, "hours", skip_first=False, roll=False, calendar=None)
    with pytest.raises(ValueError, match="without a calendar"):
        clock.earlier(hours, 1, "days", None)
