"""The lists of a role over REST are those of the portal (H-B2)."""

from typing import Any

import pytest

from tests.motions.conftest import World
from workflows.motions.models import Motion
from workflows.motions.states import ActType
from workflows.motions.worklists import KEPT, worklists_of

pytestmark = pytest.mark.django_db

ROLES = ["investigator", "head_of_unit", "prosecutor", "judge", "court_chair", "clerk", "defender"]


@pytest.fixture
def motions(world: World) -> World:
    """Motions at several stages, one of which waits for each of the first three."""
    world.draft("custody")
    world.filed("custody")
    world.filed("property_arrest")
    world.assigned("custody")
    world.decided("search", "sanctioned")
    return world


def asked(caller: Any, scope: str) -> list[str]:
    answer = caller.get("/api/v1/motions/", {"scope": scope, "limit": 100})
    assert answer.status_code == 200, answer.content
    return sorted(row["id"] for row in answer.data["results"])


def test_each_list_of_a_role_holds_what_the_portal_shows(motions: World, call: Any, unlimited: None) -> None:
    found = 0
    for role in ROLES:
        post = motions.posts[role]
        for worklist in worklists_of(post):
            if worklist.key == KEPT:
                continue
            shown = sorted(str(pk) for pk in worklist.motions(post).values_list("pk", flat=True))
            assert asked(call(post), worklist.key) == shown, (role, worklist.key)
            found += len(shown)
    assert found > 20


def test_a_prosecutors_system_asks_for_what_waits_for_it(motions: World, call: Any) -> None:
    prosecutor = motions.posts["prosecutor"]
    [waiting] = asked(call(prosecutor), "waiting")
    [consent] = asked(call(prosecutor), "consent")
    assert waiting == consent
    assert asked(call(prosecutor), "liftings") == []


def test_once_it_is_agreed_it_waits_for_the_judge(motions: World, call: Any) -> None:
    prosecutor = motions.posts["prosecutor"]
    [waiting] = asked(call(prosecutor), "waiting")
    motion = motions.opened(Motion.objects.get(pk=waiting), "prosecutor")
    motions.does(motion, ActType.AGREEMENT, "prosecutor")
    assert asked(call(prosecutor), "waiting") == []
    assert waiting in asked(call(motions.posts["judge"]), "decide")


def test_a_list_of_another_role_is_refused_at_its_name(motions: World, call: Any) -> None:
    answer = call(motions.posts["prosecutor"]).get("/api/v1/motions/", {"scope": "decide"})
    assert answer.status_code == 422
    [problem] = answer.data["problems"]
    assert (problem["code"], problem["field"]) == ("unknown-scope", "scope")
    assert "waiting, consent, liftings" in problem["message"]


def test_a_name_that_no_role_has_is_refused(motions: World, call: Any) -> None:
    assert call(motions.posts["judge"]).get("/api/v1/motions/", {"scope": "urgent"}).status_code == 422
