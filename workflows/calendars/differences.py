"""Compares a year with the ``holidays`` package. Differences are reported day by day and never applied."""

from dataclasses import dataclass
from datetime import date, timedelta
from importlib import import_module
from typing import Any

from workflows import clock

SATURDAY = 5


@dataclass(frozen=True)
class Difference:
    """A day that is worked here and off in the package (``worked``), or the reverse, with its name in either."""

    day: date
    worked: bool
    name: str

    def __str__(self) -> str:
        here, there = ("worked", "off") if self.worked else ("off", "worked")
        return f"{self.day:%Y-%m-%d} {here} here, {there} there: {self.name}"


def is_known(country: str) -> bool:
    """Whether the package knows the country."""
    return country in _package().list_supported_countries()


def differences(table: clock.YearTable) -> list[Difference]:
    """Every day of the year on which the package disagrees; empty if there is nothing to compare with."""
    if not table.compare_with:
        return []
    other = _package().country_holidays(table.compare_with, years=table.year, language="en_US")
    names = {**table.days_off, **table.working_weekends}
    found = []
    day = date(table.year, 1, 1)
    while day.year == table.year:
        worked = day in table.working_weekends or (day.weekday() < SATURDAY and day not in table.days_off)
        if worked != other.is_working_day(day):
            found.append(Difference(day, worked, names.get(day) or other.get(day) or "weekend"))
        day += timedelta(days=1)
    return found


def _package() -> Any:
    """Imported where a calendar is compared: 7 MB that a web worker does not need."""
    return import_module("holidays")
