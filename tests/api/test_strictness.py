"""R-A15, R-A18: what is said to be strict is; what the law asks for conditionally is told."""

import base64
from typing import Any

import pytest

from tests.api.conftest import Caller, problem
from tests.motions.conftest import World
from tests.portal import scenes
from workflows.copies.models import Copy

pytestmark = pytest.mark.django_db
URL = "/api/v1/motions/"


@pytest.fixture
def mine(world: World, call: Any) -> Caller:
    caller: Caller = call(world.posts["investigator"])
    return caller


def test_a_number_is_no_text(mine: Caller, anybody: Caller, world: World) -> None:
    problem(mine.post(URL, {"case": int(world.case.number), "kind": "custody"}), 422, "invalid", "not-text")
    for body in ({"challenge": 1, "cms": "x"}, {"challenge": world.case.pk, "cms": 0}):
        problem(anybody.post("/api/v1/auth/token/", body), 422, "invalid", "not-text")


def test_an_instant_has_an_offset(mine: Caller) -> None:
    for given in ("2026-12-01", "2026-12-01T09:00:00"):
        problem(mine.get(URL, {"due_before": given}), 422, "invalid", "offset-missing")
    assert mine.get(URL, {"due_before": "2026-12-01T09:00:00Z"}).status_code == 200
    assert mine.get(URL, {"valid_before": "2026-12-01T09:00:00+05:00"}).status_code == 200


def test_a_change_of_nothing_needs_the_present_revision_too(mine: Caller, world: World) -> None:
    draft = world.draft("custody")

    problem(mine.patch(f"{URL}{draft.pk}/", {}, headers={"If-Match": '"999"'}), 412, "stale", "stale")
    assert mine.patch(f"{URL}{draft.pk}/", {}, headers={"If-Match": f'"{draft.revision}"'}).status_code == 200


def test_a_file_that_is_required_conditionally_says_when(mine: Caller) -> None:
    attachments = {line["key"]: line for line in mine.get("/api/v1/kinds/custody/").data["attachments"]}

    protocol = attachments["detention_protocol"]
    assert protocol["required"] is False
    assert protocol["required_if"] == {"field": "held", "op": "eq", "value": "detained"}
    assert attachments["materials"]["required_if"] is None


def test_addresses_without_a_final_slash_still_answer(mine: Caller, world: World) -> None:
    act = world.filed("custody").last_act_id

    for address in (f"/api/v1/acts/{act}/pdf", f"/api/v1/acts/{act}/pdf/"):
        assert mine.get(address).status_code == 200


def test_a_cursor_that_no_page_gave_is_refused_at_its_field(mine: Caller) -> None:
    for given in ("x", "MTIzIDQ1Ng", "0" * 81, "a b", "ә", base64.urlsafe_b64encode(b"9" * 40).decode()):
        for address in (URL, "/api/v1/decisions/"):
            told = problem(mine.get(address, {"cursor": given}), 422, "invalid", "cursor")
            assert [fault["field"] for fault in told["problems"]] == ["cursor"]


def test_a_period_out_of_range_is_told_the_range(mine: Caller) -> None:
    for since, until, fields in (("0117-01-01", "2026-01-01", ["since"]), ("2026-01-01", "9999-12-31", ["until"])):
        told = problem(mine.get("/api/v1/statistics/", {"since": since, "until": until}), 422, "invalid", "period")
        assert [(fault["field"], fault["message"]) for fault in told["problems"]] == [
            (field, "The day must be between 1900-01-01 and 9000-01-01.") for field in fields
        ]


def test_an_acknowledgement_states_its_instant_with_an_offset(world: World, call: Any) -> None:
    motion = scenes.heard(world)
    copy = Copy.objects.filter(motion=motion).first()
    assert copy
    answer = call(world.posts["clerk"]).post(
        f"/api/v1/copies/{copy.pk}/acknowledgement/", {"how": "by_hand", "at": "2026-12-01T09:00:00"}
    )
    assert ("at", "offset-missing") in {(fault["field"], fault["code"]) for fault in answer.data["problems"]}


def test_an_instant_at_the_edge_of_time_is_no_fault_of_the_service(mine: Caller) -> None:
    for given in ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"):
        assert mine.get(URL, {"due_before": given}).status_code in (200, 422)
