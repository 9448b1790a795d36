"""R-A15, R-A18: what is said to be strict is; what the law asks for conditionally is told."""

from typing import Any

import pytest

from tests.api.conftest import Caller, problem
from tests.motions.conftest import World

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
