"""A calendar with a fault is refused, and the fault is named."""

from datetime import date
from pathlib import Path

import pytest

from workflows import clock

GOOD = """\
year: 2026
jurisdiction: xx
zone: Asia/Almaty
utc_offset: "+05:00"
source: a decree
review: unreviewed
days_off:
  2026-01-01: New Year
working_weekends:
  2026-01-10: worked instead of 2 January
"""


def written(folder: Path, text: str, name: str = "2026.yaml") -> Path:
    (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_days_off_and_working_weekends(tmp_path: Path) -> None:
    found = clock.load(written(tmp_path, GOOD))
    assert not found.is_working(date(2026, 1, 1))
    assert found.is_working(date(2026, 1, 10))
    assert found.next_working(date(2026, 1, 3)) == date(2026, 1, 5)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("year: 2026", "year: 2025", "file of another name"),
        ("review: unreviewed", "review: perhaps", "'review' is not one of"),
        ('"+05:00"', '"+06:00"', "out of date"),
        ("Asia/Almaty", "Asia/Nowhere", "is not known"),
        ("source: a decree\n", "", "'source' is missing"),
        ("2026-01-01: New Year", "2025-01-01: New Year", "is not a day of 2026"),
        ("2026-01-01: New Year", "2026-01-01:", "has no name"),
        ("source: a decree", "source: a decree\nfoo: 1", "'foo' is not known here"),
        ("year: 2026", "year: [", "cannot be read"),
    ],
)
def test_faults_are_named(tmp_path: Path, old: str, new: str, told: str) -> None:
    with pytest.raises(clock.CalendarError, match=r"2026\.yaml") as caught:
        clock.load(written(tmp_path, GOOD.replace(old, new)))
    assert any(told in fault for fault in str(caught.value).splitlines())


def test_an_empty_folder_is_no_calendar(tmp_path: Path) -> None:
    with pytest.raises(clock.CalendarError, match="no calendar"):
        clock.load(tmp_path)


def test_moved_days_off_fall_on_weekdays() -> None:
    folder = Path(__file__).parents[2] / "fixtures" / "calendar" / "kz"
    for path in folder.glob("*.yaml"):
        for line in path.read_text(encoding="utf-8").splitlines():
            if "day off for" in line:
                assert date.fromisoformat(line.split(":")[0].strip()).weekday() < 5, line
