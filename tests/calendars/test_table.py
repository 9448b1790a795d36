"""The table: loaded from its seed, never overwritten by it, compared with a package and never changed by that."""

from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from ecase.audit.models import Entry
from workflows import clock
from workflows.calendars.differences import Difference, differences
from workflows.calendars.models import Day, Review, Year
from workflows.calendars.services import in_force, load_all

pytestmark = pytest.mark.django_db

CHRISTMAS = date(2026, 1, 7)


@pytest.fixture
def year() -> Year:
    return Year.objects.get(jurisdiction="kz", year=2026)


def told(command: str, **options: Any) -> str:
    out, errors = StringIO(), StringIO()
    call_command(command, stdout=out, stderr=errors, **options)
    return out.getvalue() + errors.getvalue()


def test_the_seed_is_in_force_and_counts_as_its_files_do() -> None:
    files = clock.load(settings.CALENDAR_DIR / "kz")
    assert in_force().calendar == files
    assert in_force("demo-ua").calendar.zone.key == "Europe/Kyiv"


def test_what_is_loaded_is_nobodys_word(year: Year) -> None:
    assert (year.review, year.signed_off_at) == (Review.UNREVIEWED, None)


def test_a_change_is_noticed_by_the_next_count(year: Year) -> None:
    before = in_force()
    assert in_force() == before
    year.days.filter(day=CHRISTMAS).delete()
    after = in_force()
    assert not before.calendar.is_working(CHRISTMAS)
    assert after.calendar.is_working(CHRISTMAS)
    assert after.stamp != before.stamp


def test_a_name_or_a_sign_off_moves_no_term(year: Year) -> None:
    before = in_force().stamp
    year.days.filter(day=CHRISTMAS).update(name="another name")
    Year.objects.filter(pk=year.pk).update(note="seen")
    assert in_force().stamp == before


def test_without_a_calendar_nothing_is_guessed() -> None:
    Year.objects.all().delete()
    with pytest.raises(clock.CalendarError, match="load_calendar"):
        in_force()


def test_loading_again_leaves_the_table_alone_and_says_what_it_left(year: Year) -> None:
    year.days.filter(day=CHRISTMAS).delete()
    Day.objects.create(year=year, day=date(2026, 8, 31), name="moved by decree")
    answer = told("load_calendar")
    assert "kz 2026 is there already" in answer
    assert "2026-01-07: the table has nothing, the file off (Orthodox Christmas): left as it is" in answer
    assert "2026-08-31: the table has off (moved by decree), the file nothing: left as it is" in answer
    assert in_force().calendar.is_working(CHRISTMAS)
    assert not any(loaded.made for loaded in load_all())


def test_what_is_loaded_is_in_the_log_and_compared_at_once() -> None:
    Year.objects.filter(jurisdiction="kz", year=2025).delete()
    answer = told("load_calendar")
    assert "kz 2025 loaded" in answer
    assert "2025-01-03 worked here, off there" in answer
    [entry] = [entry.content for entry in Entry.objects.all() if entry.event == "calendar.loaded"]
    assert entry["data"] == {"jurisdiction": "kz", "year": 2025, "days": 21}


def test_a_folder_with_a_fault_loads_nothing(tmp_path: Path) -> None:
    (tmp_path / "xx").mkdir()
    (tmp_path / "xx" / "2026.yaml").write_text("year: 2026\n")
    with pytest.raises(CommandError, match=r"2026\.yaml: 'days_off' is missing"):
        call_command("load_calendar", folder=tmp_path)


def test_differences_are_told_day_by_day_and_never_taken(year: Year) -> None:
    assert differences(year.table()) == []
    year.days.filter(day=CHRISTMAS).delete()
    Day.objects.create(year=year, day=date(2026, 6, 1), name="a day of ours")
    Day.objects.create(year=year, day=date(2026, 6, 6), name="a Saturday of ours", worked=True)
    assert [(difference.day, difference.worked) for difference in differences(year.table())] == [
        (CHRISTMAS, True),
        (date(2026, 6, 1), False),
        (date(2026, 6, 6), True),
    ]
    assert differences(year.table())[1].name == "a day of ours"
    assert "2026-06-01 off here, worked there: a day of ours" in told("check_calendar", jurisdiction="kz")
    assert in_force().calendar.is_working(CHRISTMAS)


def test_the_package_knows_a_day_that_was_moved_by_decree() -> None:
    """Why it is asked: 3 January 2025 was a day off by decree, and the seed does not have it."""
    found = differences(Year.objects.get(jurisdiction="kz", year=2025).table())
    assert Difference(date(2025, 1, 3), True, "Day off (substituted from 01/05/2025)") in found


def test_nothing_is_compared_where_nothing_is_named(year: Year) -> None:
    year.compare_with = ""
    year.days.all().delete()
    assert differences(year.table()) == []


def test_strict_fails_until_every_year_is_signed_off_and_agrees(year: Year) -> None:
    Year.objects.exclude(pk=year.pk).delete()
    with pytest.raises(CommandError, match="1 open points in 1 years"):
        call_command("check_calendar", strict=True, stdout=StringIO())
    Year.objects.filter(pk=year.pk).update(
        review="reviewed", signed_off_by="Somebody", signed_off_at="2025-12-01T00:00+05:00"
    )
    assert "signed off by Somebody, 2025-11-30" in told("check_calendar", strict=True)
    Year.objects.all().delete()
    with pytest.raises(CommandError):
        call_command("check_calendar", strict=True)


def test_a_sign_off_without_a_name_is_refused_by_the_database(year: Year) -> None:
    for wrong in ({"review": "reviewed"}, {"signed_off_by": "Somebody"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Year.objects.filter(pk=year.pk).update(**wrong)


@pytest.mark.parametrize(
    ("field", "value"), [("zone", "Asia/Nowhere"), ("utc_offset", "+06:00"), ("zone", "Asia/Qyzylorda")]
)
def test_a_year_stands_in_the_zone_of_the_others(year: Year, field: str, value: str) -> None:
    setattr(year, field, value)
    with pytest.raises(ValidationError):
        year.full_clean()


def test_a_day_stands_in_its_year(year: Year) -> None:
    with pytest.raises(ValidationError, match="басқа жыл"):
        Day(year=year, day=date(2027, 1, 1), name="x").full_clean()
