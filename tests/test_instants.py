"""One spelling of an instant; what people and older rows wrote is still read."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from ecase.instants import format_instant, format_optional_instant, parse_instant, parse_optional_instant

MOMENT = datetime(2026, 11, 30, 7, 0, tzinfo=UTC)
WRITTEN = "2026-11-30T07:00:00.000000Z"


@pytest.mark.parametrize("hours", [0, 5, -11])
def test_an_instant_has_one_spelling_in_every_zone(hours: int) -> None:
    assert format_instant(MOMENT.astimezone(timezone(timedelta(hours=hours)))) == WRITTEN


@pytest.mark.parametrize("text", [WRITTEN, "2026-11-30T07:00:00+00:00", "2026-11-30T12:00+05:00"])
def test_every_spelling_is_read(text: str) -> None:
    assert parse_instant(text) == MOMENT


def test_what_is_not_stated_stays_unstated() -> None:
    assert (format_optional_instant(None), parse_optional_instant(None), parse_optional_instant("")) == (None,) * 3
    assert (format_optional_instant(MOMENT), parse_optional_instant(WRITTEN)) == (WRITTEN, MOMENT)
