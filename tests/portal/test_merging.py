"""P-A6: two windows on one draft lose nothing: changes are merged by field, and of a conflict both texts are shown."""

import json
import re
from typing import Any

from django.http import HttpResponse
from django.test import Client

from tests.motions.conftest import World
from tests.portal import scenes
from tests.portal.conftest import Visitor
from workflows.motions.models import ActDraft, Motion
from workflows.motions.services.drafts import merge

FIRST, SECOND = "Бірінші терезе.", "Екінші терезе."


def base_of(answer: HttpResponse) -> Any:
    found = re.search(r'name="base" value="([^"]*)"', answer.content.decode())
    assert found
    return found[1].replace("&quot;", '"')


def save(client: Client, address: str, base: Any, **typed: Any) -> HttpResponse:
    """Autosave of a window that was given ``base`` and shows it, changed by ``typed``."""
    shown = {key: value for key, value in {**base, **typed}.items() if isinstance(value, str)}
    posted = {f"payload.{key}": value for key, value in shown.items()}
    return client.post(address, {**posted, "base": json.dumps(base)})


def test_p_a6_fields_that_different_windows_changed_are_all_saved(world: World, visitor: Visitor) -> None:
    motion = world.draft("custody", offence=None, reasons=None, circumstances=None)
    client, address = visitor(world.posts["investigator"]), f"/motions/{motion.pk}/draft/"
    base = {key: value for key, value in motion.payload.items() if key == "penalty"}
    assert save(client, address, base, offence=FIRST)["X-Kept-All"] == "yes"
    answer = save(client, address, base, reasons=SECOND)
    assert answer["X-Kept-All"] == "yes"
    stored = Motion.objects.get().payload
    assert (stored["offence"], stored["reasons"]) == (FIRST, SECOND)
    assert FIRST in answer.content.decode(), "this window is shown what the other one has saved"


def test_p_a6_of_a_conflict_both_texts_are_kept_and_the_writer_chooses(world: World, visitor: Visitor) -> None:
    motion = world.draft("custody", offence=None)
    client, address = visitor(world.posts["investigator"]), f"/motions/{motion.pk}/draft/"
    save(client, address, {}, offence=FIRST)
    answer = save(client, address, {}, offence=SECOND)
    page = answer.content.decode()
    assert answer["X-Kept-All"] == "no"
    assert 'value="mine:offence"' in page
    assert FIRST in page
    assert Motion.objects.get().payload["offence"] == FIRST

    base = json.loads(base_of(answer))
    for choice, stored in (("theirs", FIRST), ("mine", SECOND)):
        posted = {"payload.offence": SECOND, "base": json.dumps(base), "choose": ["", f"{choice}:offence"]}
        assert client.post(address, posted)["X-Kept-All"] == "yes"
        assert Motion.objects.get().payload["offence"] == stored


def test_p_a6_a_conflict_stops_the_signature_and_is_shown_on_the_page(world: World, visitor: Visitor) -> None:
    motion = world.draft("custody", offence=None)
    client = visitor(world.posts["investigator"])
    save(client, f"/motions/{motion.pk}/draft/", {}, offence=FIRST)
    answer = client.post(f"/motions/{motion.pk}/draft/file/", {"payload.offence": SECOND, "base": "{}"}, follow=True)
    page = answer.content.decode()
    assert 'value="theirs:offence"' in page
    assert FIRST in page
    assert SECOND in page
    assert not motion.prepared.exists()


def test_p_a6_the_same_holds_for_an_act(world: World, visitor: Visitor) -> None:
    motion = world.opened(scenes.filed(world), "prosecutor")
    client, address = visitor(world.posts["prosecutor"]), f"/motions/{motion.pk}/acts/refusal/"
    assert base_of(client.get(address)) == "{}"
    save(client, address, {}, reasons=FIRST)
    answer = save(client, address, {}, reasons=SECOND)
    assert answer["X-Kept-All"] == "no"
    assert ActDraft.objects.get().payload["reasons"] == FIRST


def test_p_a6_hostile_bases_are_no_fault(world: World, visitor: Visitor) -> None:
    motion = world.draft("custody")
    client, address = visitor(world.posts["investigator"]), f"/motions/{motion.pk}/draft/"
    for base in ("", "[]", "7", "nonsense", '{"offence": {"a": [1]}}', "[" * 5000):
        answer = client.post(address, {"payload.offence": FIRST, "base": base, "choose": "mine"})
        assert answer.status_code == 200
        assert Motion.objects.get().payload == motion.payload


def test_f_f19_an_unchanged_draft_keeps_its_revision(world: World, visitor: Visitor) -> None:
    motion = world.draft("custody")
    client = visitor(world.posts["investigator"])
    base = base_of(client.get(f"/motions/{motion.pk}/draft/"))
    client.post(f"/motions/{motion.pk}/draft/", {"payload.offence": motion.payload["offence"], "base": "{}"})
    assert json.loads(base) == motion.payload
    assert Motion.objects.get().revision == motion.revision


def test_merging_is_by_field() -> None:
    base = {"a": 1, "b": 1, "c": 1, "d": 1}
    saved = merge(base, {"a": 2, "b": 1, "c": 2}, {"a": 1, "b": 2, "c": 3, "d": 1})
    assert saved.payload == {"a": 2, "b": 2, "c": 3}
    assert saved.conflicts == ("c",)
