"""Compares a year with the ``holidays`` package. Differences are reported day by day and never applied."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import holidays

from workflows import clock

SATURDAY = 5


@dataclass(frozen=True)
class Difference:
    """A day that is worked here and off in the package (``worked``), or the reverse, with its name in either."""

    day: date
    worked: bool
    name: str

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d} {_told(self.worked)} here, {_told(not self.worked)} there: {self.name}"


def _told(worked: bool) -> str:
    return "worked" if worked else "off"


def is_known(country: str) -> bool:
    """Whether the package knows the country."""
    return country in holidays.list_supported_countries()


def differences(table: clock.YearTable) -> list[Difference]:
    """Every day of the year on which the package disagrees; empty if there is nothing to compare with."""
    if not table.compare_with:
        return []
    other = holidays.country_holidays(table.compare_with, years=table.year, language="en_US")
    return list(_differences(table, other))


def _differences(table: clock.YearTable, other: holidays.HolidayBase) -> Iterator[Difference]:
    names = {**table.days_off, **table.working_weekends}
    for day in _days(table.year):
        worked = _is_worked(table, day)
        if worked != other.is_working_day(day):
            yield Difference(day, worked, names.get(day) or other.get(day) or "weekend")


def _days(year: int) -> Iterator[date]:
    day = date(year, 1, 1)
    while day.year == year:
        yield day
        day += timedelta(days=1)


def _is_worked(table: clock.YearTable, day: date) -> bool:
    return day in table.working_weekends or (day.weekday() < SATURDAY and day not in table.days_off)
