"""Whoever asks for what the description promises gets it (R-A4), by HEAD too (R-A5); nothing is kept (R-A12)."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from drf_spectacular.generators import SchemaGenerator

from tests.api.conftest import Caller, problem
from tests.logs import separate
from tests.motions.conftest import World

pytestmark = pytest.mark.django_db
PROBLEM = "application/problem+json"
BYTES = "application/octet-stream"
NOT_KEPT = "private, no-store"


@pytest.fixture
def addresses(world: World, existing: dict[str, Any]) -> dict[str, tuple[str, str]]:
    """Every GET of the description that can be answered here: its address and a media type that it declares."""
    decided = world.decided("custody", "sanctioned")
    existing |= {"entry": decided.last_act.entry_id, "old": 1, "size": 1}
    paths = SchemaGenerator().get_schema(request=None, public=True)["paths"]
    found = {}
    for path, operations in paths.items():
        names = {name for name in existing if f"{{{name}}}" in path}
        if "get" in operations and path.count("{") == len(names):
            address = path.format(**{name: existing[name] for name in names})
            declared = [
                name
                for code, answer in operations["get"]["responses"].items()
                if code[0] == "2"
                for name in answer["content"]
            ]
            found[operations["get"]["operationId"]] = (address, declared)
    return found


def test_what_is_declared_is_served(
    world: World, call: Any, addresses: Any, subtests: pytest.Subtests, unlimited: None
) -> None:
    mine = call(world.posts["investigator"])
    for name, (address, declared) in addresses.items():
        for asked in (*declared, f"{declared[0]}, {PROBLEM}", f"text/csv;q=0.1, {declared[0]}", PROBLEM, "*/*"):
            with subtests.test(f"{name} {asked}"):
                assert mine.get(address, headers={"Accept": asked}).status_code != 406


def test_what_is_not_declared_is_not_served(world: World, call: Any, addresses: Any) -> None:
    mine = call(world.posts["investigator"])

    for address, declared in addresses.values():
        problem(mine.get(address, headers={"Accept": "text/csv"}), 406, "not-acceptable")
        problem(mine.get(address, headers={"Accept": f"{declared[0]};q=0"}), 406, "not-acceptable")


def test_a_file_states_the_type_that_was_asked_for(
    transactional_db: None, settings: Any, tmp_path: Path, make_world: Callable[[], World], call: Any
) -> None:
    separate(settings, tmp_path)
    world = make_world()
    motion = world.filed("custody")
    mine, url = call(world.posts["investigator"]), f"/api/v1/acts/{motion.last_act_id}/"

    for part, kind in (("pdf", "application/pdf"), ("container", "application/vnd.ecase.container+zip")):
        assert mine.get(url + part, headers={"Accept": kind})["Content-Type"] == kind
        assert mine.get(url + part)["Content-Type"] == kind
        assert mine.get(url + part, headers={"Accept": BYTES})["Content-Type"] == BYTES


def test_head_is_get_without_a_body(world: World, call: Any, addresses: Any, subtests: pytest.Subtests) -> None:
    mine = call(world.posts["investigator"])
    for name, (address, _declared) in addresses.items():
        with subtests.test(name):
            whole, head = mine.get(address), mine.head(address)
            assert (head.status_code, head["Content-Type"]) == (whole.status_code, whole["Content-Type"])
    assert mine.head("/api/v1/motions/?limit=5").status_code == 200
    assert mine.head("/api/v1/statistics/?since=2026-01-01&until=2026-02-01").status_code == 200


def test_a_method_that_is_not_taken_is_told_before_its_parameters(world: World, call: Any) -> None:
    answer = call(world.posts["investigator"]).generic("TRACE", "/api/v1/statistics/?since=2026-01-01")

    problem(answer, 405, "method-not-allowed")


def test_no_answer_is_kept(world: World, call: Any, anybody: Caller, addresses: Any) -> None:
    """F-F11: redirects too, which a browser otherwise repeats without asking."""
    mine, revalidated = call(world.posts["investigator"]), {"private, no-cache"}
    for name, (address, _declared) in addresses.items():
        assert mine.get(address)["Cache-Control"] in {NOT_KEPT} | revalidated, name
    for address in ("/", "/sign-in/", "/nowhere/", "/motions", "/api/nowhere", "/api/health/live"):
        assert anybody.get(address)["Cache-Control"] == NOT_KEPT, address
    assert anybody.get("/sign-in/", headers={"Host": "evil.example"})["Cache-Control"] == NOT_KEPT
