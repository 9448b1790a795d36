"""Working days: one table a year, with its source and review status, as YAML files.

A library is not enough: the government moves days off by decree, and some dates follow the lunar calendar. The files
are the seed of the table that an administrator edits (``workflows.calendars``).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

SATURDAY = 5
PARTS = {
    "year", "jurisdiction", "zone", "utc_offset", "source", "review", "note", "compare_with", "days_off",
    "working_weekends",
}  # fmt: skip
OPTIONAL = {"note", "compare_with", "working_weekends"}
REVIEWS = ("unreviewed", "in_review", "reviewed")


class CalendarError(Exception):
    """A calendar cannot be used; its text has a line for each fault, which names the file."""


@dataclass(frozen=True)
class Calendar:
    """The time zone, the known years, and the days that differ from a normal week."""

    zone: ZoneInfo
    years: frozenset[int] = frozenset()
    days_off: frozenset[date] = frozenset()
    working_weekends: frozenset[date] = field(default_factory=frozenset)

    def knows(self, day: date) -> bool:
        """Whether the year of ``day`` has a calendar."""
        return day.year in self.years

    def is_working(self, day: date) -> bool:
        """Whether ``day`` is worked; only valid for a known year."""
        if day in self.working_weekends:
            return True
        return day.weekday() < SATURDAY and day not in self.days_off

    def next_working(self, day: date) -> date:
        """``day`` if it is worked, else the next working day.

        Stops at the first day of an unknown year, because the earlier end of a term is the safe one.
        """
        while self.knows(day) and not self.is_working(day):
            day += timedelta(days=1)
        return day


@dataclass(frozen=True, kw_only=True)
class YearTable:
    """One year: the days that differ from a normal week by name, and their source.

    ``compare_with`` is the country code (ISO 3166) under which the ``holidays`` package knows this jurisdiction; empty
    if there is nothing to compare with.
    """

    jurisdiction: str
    year: int
    zone: str
    utc_offset: str
    source: str
    review: str
    note: str = ""
    compare_with: str = ""
    days_off: Mapping[date, str]
    working_weekends: Mapping[date, str] = field(default_factory=dict)


def load(folder: Path) -> Calendar:
    """The calendar of every ``<year>.yaml`` of a folder; :class:`CalendarError` names every fault at once."""
    years = read(folder)
    return Calendar(
        zone=ZoneInfo(years[0].zone),
        years=frozenset(year.year for year in years),
        days_off=frozenset(day for year in years for day in year.days_off),
        working_weekends=frozenset(day for year in years for day in year.working_weekends),
    )


def read(folder: Path) -> list[YearTable]:
    """The tables of a folder, one for each ``<year>.yaml``; :class:`CalendarError` names every fault at once."""
    faults: list[str] = []
    files = sorted(folder.glob("*.yaml"))
    years = [year for year in (_read(path, faults) for path in files) if year is not None]
    for name, one_of in (("zone", "time zone"), ("jurisdiction", "jurisdiction")):
        found = {str(year[name]) for year in years}
        if len(found) != 1:
            faults.append(f"{folder.name}: one {one_of} is expected, found {sorted(found) or 'no calendar'}")
    if faults:
        raise CalendarError("\n".join(faults))
    return [YearTable(**{key: value for key, value in year.items() if value is not None}) for year in years]


def _read(path: Path, faults: list[str]) -> dict[str, Any] | None:
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        faults.append(f"{path.name}: cannot be read: {error}")
        return None
    found = list(_faults(path, content))
    faults += [f"{path.name}: {fault}" for fault in found]
    return None if found else content


def _faults(path: Path, content: Any) -> list[str]:
    if not isinstance(content, dict):
        return ["a mapping is expected"]
    unknown = [f"{key!r} is not known here" for key in content if key not in PARTS]
    missing = [f"{key!r} is missing" for key in sorted(PARTS - OPTIONAL) if key not in content]
    if unknown or missing:
        return unknown + missing
    faults = []
    if str(content["year"]) != path.stem:
        faults.append(f"the year {content['year']!r} stands in a file of another name")
    if content["review"] not in REVIEWS:
        faults.append(f"'review' is not one of {', '.join(REVIEWS)}")
    faults += zone_faults(str(content["zone"]), int(content["year"]), str(content["utc_offset"]))
    return faults + _day_faults(content)


def zone_faults(name: str, year: int, utc_offset: str) -> list[str]:
    """Faults of a zone that should be at ``utc_offset`` (``+05:00``) on 1 July.

    The machine's time zone data must agree with the offset in force; outdated data may state another one.
    """
    try:
        zone = ZoneInfo(name)
    except (KeyError, ValueError):
        return [f"the time zone {name!r} is not known"]
    found = datetime(year, 7, 1, tzinfo=zone).strftime("%z")
    stated = utc_offset.replace(":", "")
    if found == stated:
        return []
    return [f"time zone data of this machine is out of date: {zone} at {found}, not {stated}"]


def _day_faults(content: dict[str, Any]) -> list[str]:
    faults, year = [], content["year"]
    for part in ("days_off", "working_weekends"):
        days = content.get(part) or {}
        if not isinstance(days, dict):
            faults.append(f"{part!r} is a mapping of days to their names")
            continue
        wrong = [day for day in days if not isinstance(day, date) or isinstance(day, datetime) or day.year != year]
        faults += [f"{part}: {day!r} is not a day of {year}" for day in wrong]
        faults += [f"{part}: {day} has no name" for day, name in days.items() if not isinstance(name, str) or not name]
    return faults
