"""What was read in the log by those whom it does not concern: findings R-A1 and R-A2, as they were made."""

import base64
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from ecase.audit import sequencer
from ecase.audit.models import Entry
from ecase.officers.models import Post
from signatures.tlog.transparency import HASH_BYTES, Proof, Record, leaf_hash, verify_proof
from tests.api.conftest import Caller, problem
from tests.factories import PostFactory
from tests.logs import PATIENCE, separate
from tests.motions.conftest import World
from tests.portal.conftest import sign_in
from workflows.motions import queries
from workflows.motions.models import Motion
from workflows.motions.services import drafts

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def log(transactional_db: None, demo_pki: Path, settings: Any, tmp_path: Path) -> Any:
    return separate(settings, tmp_path)


def extra(caller: Caller, number: int) -> bytes:
    """What the proof of an entry carries beside its place in the tree."""
    answer = caller.get(f"/api/v1/audit/entries/{number}/proof")
    assert answer.status_code == 200, answer.content
    return Proof.parse(answer.content.decode()).extra


def records(caller: Caller) -> dict[int, Record]:
    """Every entry whose content the log shows to a caller who asks for one number after the other."""
    sequencer.settle(PATIENCE)
    found = {number: extra(caller, number) for number in Entry.objects.order_by("pk").values_list("pk", flat=True)}
    return {number: Record.parse(data) for number, data in found.items() if len(data) > HASH_BYTES}


def told(shown: dict[int, Record]) -> str:
    return "\n".join(f"{entry.chain} {entry.body.decode()}" for entry in shown.values())


def chains(shown: dict[int, Record]) -> dict[str, list[int]]:
    seen: dict[str, list[int]] = {}
    for record in shown.values():
        seen.setdefault(record.chain, []).append(record.seq)
    return seen


def test_nobody_is_tipped_off_of_a_search(world: World, call: Any) -> None:
    """R-A1: counsel of the suspect asks for the proof of every number, while a search is decided and not carried out,
    and another one is being written. What is not shown does not show by a number that is left out either.
    """
    search = world.decided("search", "sanctioned")
    draft = drafts.create(world.case, "search", world.posts["investigator"])
    custody = world.assigned("custody")
    for role in ("defender", "clerk", "court_chair"):
        post = world.posts[role]
        caller = call(post)
        shown = records(caller)
        hidden = [motion for motion in (search, draft) if not queries.queue(post).filter(pk=motion.pk).exists()]

        assert draft in hidden
        assert role != "defender" or search in hidden
        for motion in hidden:
            assert str(motion.pk) not in told(shown), role
            assert caller.get(f"/api/v1/motions/{motion.pk}/").status_code == 404
        assert str(custody.pk) in told(shown)
        events = {Entry.objects.get(pk=number).event for number in shown}
        assert not {"draft.created", "draft.saved", "draft.attached", "document.stored", "act.refused"} & events
        for chain, numbers in chains(shown).items():
            assert sorted(numbers) == list(range(1, 1 + Entry.objects.filter(chain=chain).count())), chain


@pytest.fixture
def covert(world: World) -> Motion:
    """A covert motion with its judge, who has opened and printed it and was refused something."""
    return world.opened(world.assigned("covert_action"), "judge")


def page(post: Post) -> Client:
    client = Client(headers={"Accept-Language": "en"})
    sign_in(client, post)
    return client


@pytest.mark.parametrize("role", ["auditor", "administrator"])
def test_a_covert_motion_is_in_no_door_of_the_log(role: str, covert: Motion, world: World, call: Any) -> None:
    """R-A2: the portal's proof, REST, and the chains of officers who read it."""
    post = PostFactory(**{role: True})
    judge = call(world.posts["judge"])
    problem(judge.post(f"/api/v1/motions/{covert.pk}/acts/", {"type": "agreement"}), 403, "not-allowed")
    client, caller = page(post), call(post)
    sequencer.settle(PATIENCE)
    numbers = [entry.pk for entry in Entry.objects.all() if str(covert.pk) in bytes(entry.body).decode()]

    assert {Entry.objects.get(pk=number).event for number in numbers} >= {
        "act.performed",
        "motion.opened",
        "request.refused",
    }
    for number in numbers:
        assert client.get(f"/audit/{number}/").status_code == 404
        kept = Proof.parse(client.get(f"/audit/{number}/proof/").content.decode()).extra
        assert kept == extra(caller, number) == bytes(Entry.objects.get(pk=number).hash)
    assert str(covert.pk) not in told(records(caller))
    assert str(covert.pk) not in client.get("/audit/").content.decode()


def test_what_is_hidden_is_proven_all_the_same(covert: Motion, call: Any, log: Any) -> None:
    """A proof without content is checked offline as any other, and looks the same for covert and for foreign."""
    entry = Entry.objects.filter(chain=covert.chain).latest("seq")
    caller = call(PostFactory(auditor=True))
    sequencer.settle(PATIENCE)

    text = caller.get(f"/api/v1/audit/entries/{entry.pk}/proof").content.decode()

    assert verify_proof(text, bytes(entry.hash), (str(log),))
    assert base64.b64encode(bytes(entry.body)).decode() not in text
    assert leaf_hash(Proof.parse(text).extra) == bytes(entry.leaf.hash)
    problem(caller.get("/api/v1/audit/entries/999999999/proof"), 404, "not-found")
