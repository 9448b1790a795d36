"""Rosters and conflicts in the admin: what may be entered, and that all of it is in the log."""

from typing import Any

import pytest
from django.test import Client

from ecase.audit.models import Entry
from ecase.officers.models import Organisation, Post
from tests.assignment.conftest import MakeMotion, judges, on_roster
from tests.factories import PostFactory
from tests.officers.test_admin import changes, signed_in
from workflows.assignment.models import Bar, BarEnd, Commitment, RosterEntry

pytestmark = pytest.mark.django_db

IN_2026 = {"valid_from_0": "2026-01-05", "valid_from_1": "09:00"}


@pytest.fixture
def administrator() -> Post:
    return PostFactory(administrator=True)


@pytest.fixture
def admin(administrator: Post) -> Client:
    return signed_in(administrator)


def faults(answer: Any) -> dict[str, list[str | None]]:
    found = answer.context["adminform"].form.errors.as_data()
    return {field: [problem.code for problem in problems] for field, problems in found.items()}


def test_a_line_of_the_roster_is_entered_logged_and_readies_the_courts_first_draw(
    admin: Client, court: Organisation
) -> None:
    (judge,) = judges(court, 1)
    line = {"post": judge.pk, "share": 50, "specialisations": "search,measures", **IN_2026}
    assert admin.post("/admin/assignment/rosterentry/add/", line).status_code == 302
    entry = RosterEntry.objects.get()
    assert (entry.share, entry.specialisations) == (50, ["search", "measures"])
    assert changes()[-1]["subject"] == {"rosterentry": str(entry.pk)}
    assert Commitment.objects.filter(court=court).exists()
    again = {"share": 0, "specialisations": "", **IN_2026}
    assert admin.post(f"/admin/assignment/rosterentry/{entry.pk}/change/", again).status_code == 302
    assert changes()[-1]["data"]["fields"]["share"] == {"from": "50", "to": "0"}
    assert Entry.objects.filter(chain=f"court:{court.pk}").count() == 1


def test_a_line_that_no_draw_could_use_is_refused(admin: Client, court: Organisation) -> None:
    (judge,) = judges(court, 1)
    clerk = PostFactory(clerk=True, organisation=court)
    wrong = {"post": clerk.pk, "share": 101, "specialisations": "search,seach", **IN_2026}
    found = faults(admin.post("/admin/assignment/rosterentry/add/", wrong))
    assert set(found) == {"post", "share", "specialisations"}
    assert found["post"] == ["not-a-judge"]
    on_roster(judge)
    overlapping = {"post": judge.pk, "share": 100, "specialisations": "", **IN_2026}
    assert "__all__" in faults(admin.post("/admin/assignment/rosterentry/add/", overlapping))


def test_a_conflict_is_declared_and_ended_and_never_changed(
    admin: Client, administrator: Post, court: Organisation, file: MakeMotion
) -> None:
    (judge,) = judges(court, 1)
    case = file().case
    form = {"officer": judge.officer_id, "ground": "kin", "case": case.number, "iin": ""}
    assert admin.post("/admin/assignment/bar/add/", form).status_code == 302
    bar = Bar.objects.get()
    assert (bar.case, bar.declared_by) == (case, administrator)
    assert changes()[-1]["data"]["fields"]["case"] == {"from": None, "to": str(case.pk)}
    assert admin.get(f"/admin/assignment/bar/{bar.pk}/change/").status_code == 200
    assert admin.post(f"/admin/assignment/bar/{bar.pk}/change/", form).status_code == 403
    assert admin.post("/admin/assignment/barend/add/", {"bar": bar.pk, "reason": "қате"}).status_code == 302
    assert BarEnd.objects.get().ended_by == administrator
    assert admin.get("/admin/assignment/bar/").status_code == 200


def test_a_conflict_is_with_one_case_or_one_person(admin: Client, court: Organisation, file: MakeMotion) -> None:
    (judge,) = judges(court, 1)
    form = {"officer": judge.officer_id, "ground": "kin", "case": "", "iin": ""}
    number = file().case.number
    for wrong in ({}, {"case": number, "iin": "900101300001"}):
        assert "__all__" in faults(admin.post("/admin/assignment/bar/add/", {**form, **wrong}))
    unknown = {**form, "case": "999999999999999", "iin": "9001"}
    assert set(faults(admin.post("/admin/assignment/bar/add/", unknown))) >= {"case", "iin"}


@pytest.mark.parametrize("model", ["rosterentry", "bar", "barend"])
def test_nothing_is_deleted(admin: Client, court: Organisation, model: str) -> None:
    assert admin.get(f"/admin/assignment/{model}/add/").status_code == 200
    (entry,) = [on_roster(judge) for judge in judges(court, 1)]
    assert admin.post(f"/admin/assignment/rosterentry/{entry.pk}/delete/", {"post": "yes"}).status_code == 403
