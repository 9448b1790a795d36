"""P-A4: a refused form is shown at its own address, so that a reload, the way back and another language work."""

import re
from typing import Any

from django.test import Client
from django.urls import URLPattern, URLResolver

from ecase.portal.urls import urlpatterns
from tests.motions.conftest import World
from tests.portal import scenes
from tests.portal.conftest import Visitor
from workflows.motions.models import ActDraft


def errors(page: str) -> list[str]:
    return re.findall(r'<li><a href="#([^"]*)"', page)


def test_p_a4_a_draft_that_lacks_something_is_shown_at_its_own_address(world: World, visitor: Visitor) -> None:
    motion = world.draft("custody", offence=None, reasons=None)
    client = visitor(world.posts["investigator"])
    answer = client.post(f"/motions/{motion.pk}/draft/file/", {})
    assert (answer.status_code, answer["Location"]) == (303, f"/motions/{motion.pk}/draft/?refused=1")
    for language in ("en", "ru"):
        page = client.get(answer["Location"], headers={"Accept-Language": language})
        assert {"payload.offence", "payload.reasons"} <= set(errors(page.content.decode()))
        assert page.status_code == 200


def test_p_a4_what_no_draft_can_hold_is_still_in_its_field(world: World, visitor: Visitor) -> None:
    motion = world.draft("custody")
    client = visitor(world.posts["investigator"])
    typed = {"payload.offence": "Жаңа мәтін.", "payload.detained_at": "nonsense"}
    page = client.post(f"/motions/{motion.pk}/draft/file/", typed, follow=True).content.decode()
    assert "payload.detained_at" in errors(page)
    assert 'value="nonsense"' in page
    client.post(f"/motions/{motion.pk}/draft/", {"payload.offence": "Жаңа мәтін."})
    page = client.get(f"/motions/{motion.pk}/draft/?refused=1").content.decode()
    assert 'value="nonsense"' not in page, "the draft was saved since"


def test_p_a4_an_act_and_a_decision_are_shown_at_their_own_addresses(world: World, visitor: Visitor) -> None:
    motion = world.opened(scenes.filed(world), "prosecutor")
    client = visitor(world.posts["prosecutor"])
    answer = client.post(f"/motions/{motion.pk}/acts/refusal/prepare/", {})
    assert answer["Location"] == f"/motions/{motion.pk}/acts/refusal/?refused=1"
    assert "payload.reasons" in errors(client.get(answer["Location"]).content.decode())

    assigned = world.opened(world.assigned("search"), "judge")
    judge = visitor(world.post(assigned, "judge"))
    answer = judge.post(f"/motions/{assigned.pk}/decide/prepare/", {})
    assert answer["Location"] == f"/motions/{assigned.pk}/decide/?refused=1"
    assert errors(judge.get(answer["Location"]).content.decode()) == ["payload.outcome"]
    answer = judge.post(f"/motions/{assigned.pk}/decide/prepare/", {"payload.outcome": "refused"})
    assert "payload.reasons" in errors(judge.get(answer["Location"]).content.decode())
    assert ActDraft.objects.get(post=world.post(assigned, "judge")).payload == {"outcome": "refused"}


# Only scripts call them, by tus 1.0.0, and no window ever shows them.
OF_UPLOADS = {"begin-upload", "upload"}


def test_p_a4_no_address_knows_posts_only(world: World, visitor: Visitor) -> None:
    motion = world.draft("custody")
    known = {"motion_id": motion.pk, "case_id": motion.case_id, "act_type": "refusal", "requirement": "materials"}
    client, seen = visitor(world.posts["investigator"]), 0
    for pattern in _patterns(urlpatterns):
        given = {name: known.get(name, motion.pk) for name in pattern.pattern.converters}
        given |= {name: 1 for name in given if name in ("notice_id", "entry_id", "attachment_id")}
        answer = _get(client, "/" + _filled(str(pattern.pattern), given))
        assert answer.status_code != 405 or pattern.name in OF_UPLOADS, pattern.name
        seen += 1
    assert seen > 40


def _get(client: Client, address: str) -> Any:
    return client.get(address)


def _patterns(entries: list[Any]) -> list[URLPattern]:
    return [entry for entry in entries if not isinstance(entry, URLResolver)]


def _filled(route: str, given: dict[str, Any]) -> str:
    return re.sub(r"<(?:\w+:)?(\w+)>", lambda found: str(given[found[1]]), route)
