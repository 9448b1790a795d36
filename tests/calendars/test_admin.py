"""An administrator keeps the calendar: every change is in the log, and takes the sign-off back."""

from datetime import date
from typing import Any

import pytest
from django.test import Client

from ecase.audit.models import Entry
from ecase.officers.models import Post
from tests.factories import PostFactory
from tests.officers.test_admin import signed_in
from workflows.calendars.models import Day, Review, Year
from workflows.calendars.services import in_force

pytestmark = pytest.mark.django_db

PAGE = "/admin/calendars/year/"


@pytest.fixture
def year() -> Year:
    return Year.objects.get(jurisdiction="kz", year=2026)


@pytest.fixture
def administrator() -> Post:
    return PostFactory(administrator=True)


@pytest.fixture
def admin(administrator: Post) -> Client:
    return signed_in(administrator)


def form(year: Year, **given: Any) -> dict[str, Any]:
    """The page as it would be sent back unchanged, and ``given``."""
    days = list(year.days.order_by("day"))
    fields = ("zone", "utc_offset", "source", "note", "compare_with")
    sent: dict[str, Any] = {name: getattr(year, name) for name in fields}
    sent |= {"days-TOTAL_FORMS": len(days) + 1, "days-INITIAL_FORMS": len(days)}
    for number, day in enumerate(days):
        row = {"id": day.pk, "year": year.pk, "day": f"{day.day}", "name": day.name, "source": day.source}
        sent |= {f"days-{number}-{key}": value for key, value in row.items()}
        sent |= {f"days-{number}-worked": "on"} if day.worked else {}
    return {**sent, f"days-{len(days)}-year": year.pk, **given}


def save(admin: Client, year: Year, **given: Any) -> str:
    answer = admin.post(f"{PAGE}{year.pk}/change/", form(year, **given), follow=True)
    assert answer.redirect_chain, answer.content.decode()
    return answer.content.decode()


def sign_off(admin: Client, *years: Year) -> str:
    picked = {"action": "sign_off", "_selected_action": [year.pk for year in years]}
    return admin.post(PAGE, picked, follow=True).content.decode()


def changes() -> list[dict[str, Any]]:
    entries = [entry.content for entry in Entry.objects.filter(chain="system").order_by("seq")]
    return [entry["data"] for entry in entries if entry["event"] == "admin.changed"]


def test_a_day_is_added_changed_and_deleted_on_record(admin: Client, year: Year) -> None:
    last = year.days.count()
    new = {f"days-{last}-day": "2026-08-31", f"days-{last}-name": "moved", f"days-{last}-source": "decree 1"}
    save(admin, year, **new)
    save(admin, year, **{"days-2-DELETE": "on"})
    added, deleted = (change["fields"] for change in changes())
    assert added == {"2026-08-31": {"from": None, "to": "off: moved; decree 1"}}
    assert deleted == {"2026-01-07": {"from": "off: Orthodox Christmas; ", "to": None}}
    assert in_force().calendar.is_working(date(2026, 1, 7))
    assert not in_force().calendar.is_working(date(2026, 8, 31))


def test_a_sign_off_names_who_and_what(admin: Client, administrator: Post, year: Year) -> None:
    sign_off(admin, year)
    year.refresh_from_db()
    assert (year.review, year.signed_off_by.split(",")[0]) == (Review.REVIEWED, administrator.officer.full_name)
    assert year.signed_off_at is not None
    [entry] = changes()
    assert entry["action"] == "signed_off"
    assert entry["fields"]["days"]["2026-01-07"] == "off: Orthodox Christmas; "
    assert entry["fields"]["differences"] == []


def test_differences_that_stand_are_recorded_with_the_sign_off(admin: Client) -> None:
    sign_off(admin, Year.objects.get(jurisdiction="kz", year=2025))
    assert "2025-01-03 worked here, off there" in changes()[0]["fields"]["differences"][0]


def test_a_change_takes_the_sign_off_back(admin: Client, year: Year) -> None:
    sign_off(admin, year)
    save(admin, year, **{"days-2-DELETE": "on"})
    year.refresh_from_db()
    assert (year.review, year.signed_off_by, year.signed_off_at) == (Review.IN_REVIEW, "", None)
    assert [change["action"] for change in changes()] == ["signed_off", "changed", "sign_off_taken_back"]


def test_saving_nothing_changes_nothing(admin: Client, year: Year) -> None:
    sign_off(admin, year)
    save(admin, year)
    year.refresh_from_db()
    assert year.review == Review.REVIEWED


def test_the_page_shows_the_differences_day_by_day(admin: Client, year: Year) -> None:
    page = admin.get(f"{PAGE}{year.pk}/change/", headers={"accept-language": "en"})
    assert page.status_code == 200
    Day.objects.filter(year=year, day=date(2026, 1, 7)).delete()
    told = admin.get(f"{PAGE}{year.pk}/change/").content.decode()
    assert "07.01.2026" in told
    assert "Orthodox Christmas" in told
    assert admin.get(PAGE).status_code == 200
    assert admin.get(f"{PAGE}add/").status_code == 200


def test_a_year_is_added_by_hand_and_never_deleted(admin: Client, year: Year) -> None:
    sent = {
        "jurisdiction": "kz",
        "year": 2028,
        "zone": "Asia/Almaty",
        "utc_offset": "+05:00",
        "source": "decree",
        "compare_with": "KZ",
        "days-TOTAL_FORMS": 1,
        "days-INITIAL_FORMS": 0,
        "days-0-day": "2028-01-03",
        "days-0-name": "day off for 1 January",
    }
    assert admin.post(f"{PAGE}add/", sent, follow=True).redirect_chain
    assert not in_force().calendar.is_working(date(2028, 1, 3))
    assert [change["action"] for change in changes()] == ["added", "changed"]
    assert admin.post(f"{PAGE}{year.pk}/delete/", {"post": "yes"}).status_code == 403


@pytest.mark.parametrize(
    "given", [{"compare_with": "XX"}, {"zone": "Asia/Nowhere"}, {"utc_offset": "5"}, {"days-0-day": "2027-01-01"}]
)
def test_what_cannot_be_right_is_refused(admin: Client, year: Year, given: dict[str, str]) -> None:
    answer = admin.post(f"{PAGE}{year.pk}/change/", form(year, **given))
    assert answer.status_code == 200
    assert "errorlist" in answer.content.decode()
    assert changes() == []
