"""The calendar in force, read from the table at every count, and the loading of its seed.

Nothing is cached in the process: the table has a few dozen rows a year, and a change must take effect without a
restart.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from ecase.audit import services as audit
from workflows import clock
from workflows.calendars.models import Day, Year

Entry = tuple[bool, str]  # worked, name


@dataclass(frozen=True)
class InForce:
    """A calendar to count by. ``stamp`` stays the same while the calendar gives the same results."""

    calendar: clock.Calendar
    stamp: str


def in_force(jurisdiction: str | None = None) -> InForce:
    """The calendar of a jurisdiction (the installation's if not given); ``CalendarError`` if none is loaded."""
    place = jurisdiction or settings.JURISDICTION
    years = Year.objects.filter(jurisdiction=place).order_by("year", "days__day")
    # A year without days has one row, without a day.
    rows: Sequence[tuple[str, int, date | None, bool | None]]
    rows = list(years.values_list("zone", "year", "days__day", "days__worked"))
    if not rows:
        raise clock.CalendarError(f"no calendar of {place!r} is loaded; run manage.py load_calendar")
    stamp = hashlib.sha256(repr(rows).encode()).hexdigest()[:16]
    calendar = clock.Calendar(
        zone=ZoneInfo(rows[0][0]),
        years=frozenset(year for _zone, year, _day, _worked in rows),
        days_off=frozenset(day for _zone, _year, day, worked in rows if day and not worked),
        working_weekends=frozenset(day for _zone, _year, day, worked in rows if day and worked),
    )
    return InForce(calendar, stamp)


@dataclass(frozen=True)
class Loaded:
    """Result for a year of the seed: created, or found with other days, which stay as they are."""

    year: Year
    made: bool
    kept: Mapping[date, tuple[Entry | None, Entry | None]]


def load_all(root: Path | None = None) -> list[Loaded]:
    """Load each folder of ``fixtures/calendar``. A year in the table is never overwritten: see ``Loaded.kept``.

    Raises ``CalendarError`` naming every fault of a folder.
    """
    folders = sorted(path for path in (root or settings.CALENDAR_DIR).iterdir() if path.is_dir())
    tables = [table for folder in folders for table in clock.read(folder)]
    with transaction.atomic():
        return [_store(table) for table in tables]


def _store(table: clock.YearTable) -> Loaded:
    year = Year.objects.filter(jurisdiction=table.jurisdiction, year=table.year).first()
    if year is None:
        return Loaded(_make(table), made=True, kept={})
    here, there = entries(year.table()), entries(table)
    days = [day for day in sorted({*here, *there}) if here.get(day) != there.get(day)]
    return Loaded(year, made=False, kept={day: (here.get(day), there.get(day)) for day in days})


def _make(table: clock.YearTable) -> Year:
    """Create a year from the file, without a sign-off, whatever the file says."""
    year = Year.objects.create(
        jurisdiction=table.jurisdiction,
        year=table.year,
        zone=table.zone,
        utc_offset=table.utc_offset,
        source=table.source.strip(),
        note=table.note.strip(),
        compare_with=table.compare_with,
    )
    Day.objects.bulk_create(
        Day(year=year, day=day, worked=worked, name=name) for day, (worked, name) in entries(table).items()
    )
    audit.append(
        "calendar.loaded",
        chain="system",
        actor=audit.service_actor(),
        subject={"year": str(year.pk)},
        data={"jurisdiction": year.jurisdiction, "year": year.year, "days": len(entries(table))},
    )
    return year


def entries(table: clock.YearTable) -> dict[date, Entry]:
    """The days of a year that differ from a normal week: whether each is worked, and its name."""
    off = {day: (False, name) for day, name in table.days_off.items()}
    return off | {day: (True, name) for day, name in table.working_weekends.items()}
