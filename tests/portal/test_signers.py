"""P-A2: whoever signed an act keeps seeing that act and the version that he acted on, and nothing that came later."""

import re
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from django.test import Client

from tests.factories import PostFactory, prosecutor_of
from tests.logs import done_by
from tests.motions.world import PDF, World
from tests.portal import scenes
from tests.portal.conftest import Visitor, bearer
from workflows.motions import queries, signers
from workflows.motions.models import Act, Motion
from workflows.motions.services import drafts
from workflows.motions.states import ActType, State

pytestmark = pytest.mark.django_db
LATER = "Енді басқаша жазылды."


def rewritten(world: World, motion: Motion) -> Motion:
    """The author has begun to change the returned draft: another text, one file off, one more."""
    author = world.post(motion, "author")
    field = next(field for field in motion.kind_entry.form.fields if field.type == "long_text")
    drafts.save(motion, author, {**motion.payload, field.key: LATER})
    drafts.detach(world.fresh(motion), author, motion.attachments.order_by("position").first().pk)
    drafts.attach(world.fresh(motion), author, "other", "later.pdf", BytesIO(PDF + b"later"))
    return world.fresh(motion)


@pytest.fixture
def returned(world: World) -> Motion:
    return rewritten(world, world.does(world.filed("custody"), ActType.RETURN, "prosecutor"))


# -- a return ------------------------------------------------------------------------------------------------------


def test_after_a_return_the_prosecutor_lands_on_a_page_that_works(
    returned: Motion, world: World, visitor: Visitor
) -> None:
    client = visitor(world.posts["prosecutor"])
    act = returned.acts.get(type=ActType.RETURN)
    for address in (f"/acts/{act.pk}/done/", f"/acts/{act.pk}/", f"/motions/{returned.pk}/"):
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert LATER not in answer.content.decode()
        assert "no deadline runs" not in answer.content.decode()
    assert client.get(f"/acts/{act.pk}/act.pdf").status_code == 200


def test_he_reads_the_version_that_he_returned_and_not_the_new_draft(
    returned: Motion, world: World, visitor: Visitor
) -> None:
    client = visitor(world.posts["prosecutor"])
    filed = returned.acts.get(type=ActType.MOTION)
    page = client.get(f"/motions/{returned.pk}/").content.decode()
    texts = [
        field.key
        for field in returned.kind_entry.form.fields
        if field.type == "long_text" and field.key in filed.payload
    ]

    assert all(str(filed.payload[key])[:40] in page for key in texts)
    assert "later.pdf" not in page
    files = re.findall(rf"/acts/{filed.pk}/files/([0-9a-f]{{64}})/", page)
    assert len(files) == len(returned.kind_entry.attachments)
    for sha256 in files:
        assert client.get(f"/acts/{filed.pk}/files/{sha256}/").status_code == 200
    later = returned.attachments.get(document__name="later.pdf").document.blob_id
    assert client.get(f"/acts/{filed.pk}/files/{later}/").status_code == 404
    read = done_by(world.posts["prosecutor"])[-1]
    assert (read.event, read.content["subject"]["act"]) == ("document.read", str(filed.pk))


@pytest.mark.parametrize(
    "part", ["materials/", "versions/", "file.pdf", "copies/", "draw/", "notices/", "draft/", "pulse/", "decide/"]
)
def test_the_draft_stays_its_authors(returned: Motion, world: World, visitor: Visitor, part: str) -> None:
    assert visitor(world.posts["prosecutor"]).get(f"/motions/{returned.pk}/{part}").status_code == 404


def test_he_finds_it_among_those_that_he_has_returned(returned: Motion, world: World, visitor: Visitor) -> None:
    client = visitor(world.posts["prosecutor"])
    page = client.get("/?scope=kept").content.decode()
    assert f"/motions/{returned.pk}/" in page
    assert "Returned or passed on by me" in page
    assert f"/motions/{returned.pk}/" not in client.get("/?scope=all").content.decode()
    seen = re.findall(r"seen=([0-9a-f]{16})", page)[0]
    again = client.get(f"/?scope=kept&seen={seen}", headers={"HX-Request": "true"})
    assert again.status_code == 204


def test_nothing_that_came_later_narrows_that_list(world: World, visitor: Visitor) -> None:
    motion = world.assigned("custody")
    PostFactory(judge=True, organisation=world.case.court)
    judge = world.posts["judge"]
    world.does(motion, ActType.RECUSAL, "judge")
    client = visitor(judge)
    for query in ("", "&state=assigned", "&state=registered", "&due=overdue"):
        assert f"/motions/{motion.pk}/" in client.get(f"/?scope=kept{query}").content.decode(), query


def test_another_prosecutor_of_the_office_sees_nothing(returned: Motion, world: World, visitor: Visitor) -> None:
    client = visitor(prosecutor_of(world.case))
    act = returned.acts.get(type=ActType.RETURN)
    for address in (f"/acts/{act.pk}/", f"/acts/{act.pk}/done/", f"/motions/{returned.pk}/"):
        assert client.get(address).status_code == 404, address
    assert f"/motions/{returned.pk}/" not in client.get("/?scope=kept").content.decode()


def test_filed_again_it_is_his_as_before(returned: Motion, world: World, visitor: Visitor) -> None:
    post = world.posts["prosecutor"]
    drafts.attach(returned, world.post(returned, "author"), *_missing(returned))
    world.act(world.fresh(returned), ActType.MOTION, "author")
    assert queries.find(post, returned.pk)
    assert not signers.elsewhere(post).exists()
    assert "scope=kept" in visitor(post).get("/").content.decode()


def _missing(motion: Motion) -> tuple[str, str, BytesIO]:
    held = set(motion.attachments.values_list("requirement", flat=True))
    key = next(attachment.key for attachment in motion.kind_entry.attachments if attachment.key not in held)
    return key, "again.pdf", BytesIO(PDF + b"again")


# -- by REST -------------------------------------------------------------------------------------------------------


def test_by_rest_as_well(returned: Motion, world: World) -> None:
    client = bearer(world.posts["prosecutor"])
    act, filed = returned.acts.get(type=ActType.RETURN), returned.acts.get(type=ActType.MOTION)
    whole = client.get(f"/api/v1/motions/{returned.pk}/").json()
    listed = client.get("/api/v1/motions/?scope=kept").json()["results"]

    assert (whole["kept"], whole["state"], whole["version"], whole["payload"]) == (True, "returned", 1, None)
    assert [act["id"] for act in whole["acts"]] == [str(filed.pk), str(act.pk)]
    assert not whole["available_acts"]
    assert [(row["id"], row["state"]) for row in listed] == [(str(returned.pk), "returned")]
    for own in (act, filed):
        assert client.get(f"/api/v1/acts/{own.pk}/").status_code == 200
        assert client.get(f"/api/v1/acts/{own.pk}/pdf").status_code == 200
    for part in ("documents/", "file/", "copies/", "draw/", "versions/1/difference/2/"):
        assert client.get(f"/api/v1/motions/{returned.pk}/{part}").status_code == 404, part
    assert client.get("/api/v1/motions/?scope=kept&state=returned").status_code == 422
    assert not client.get("/api/v1/motions/").json()["results"]


# -- every act, every role -----------------------------------------------------------------------------------------


def sees(client: Client, act: Act) -> None:
    """Every page of an act that its signer keeps."""
    for address in (f"/acts/{act.pk}/done/", f"/acts/{act.pk}/", f"/motions/{act.motion_id}/"):
        answer = client.get(address)
        kept = answer.status_code == 200 or (answer.status_code == 302 and "/draft/" in answer["Location"])
        assert kept, address
    if act.pdf_id:
        assert client.get(f"/acts/{act.pk}/act.pdf").status_code == 200


@pytest.mark.parametrize("act_type", list(scenes.SCENES))
def test_whoever_signs_an_act_sees_it_afterwards(world: World, visitor: Visitor, act_type: ActType) -> None:
    """Every act of an officer, by both doors, whatever it does to the motion."""
    role, scene, _given = scenes.SCENES[act_type]
    motion = scene(world)
    PostFactory(judge=True, organisation=world.case.court)
    PostFactory(judge=True, organisation=world.case.court.parent)
    post = world.post(motion, role)
    act = world.act(motion, act_type, role, scenes.stated(world, motion, act_type))

    sees(visitor(post), act)
    client = bearer(post)
    assert client.get(f"/api/v1/acts/{act.pk}/").status_code == 200
    assert client.get(f"/api/v1/motions/{motion.pk}/").status_code == 200


def by_judge_who_was_replaced(world: World) -> tuple[str, ActType]:
    motion = scenes.heard(world)
    PostFactory(judge=True, organisation=world.case.court)
    world.does(motion, ActType.REASSIGNMENT, "court_chair")
    return "judge", ActType.HEARING_ORDER


def by_clerk_of_a_court_that_passed_it_on(world: World) -> tuple[str, ActType]:
    motion = world.does(scenes.heard(world), ActType.MINUTES, "clerk")
    world.act(motion, ActType.TRANSFER, "court_chair", scenes.stated(world, motion, ActType.TRANSFER))
    return "clerk", ActType.MINUTES


def by_head_whose_motion_was_returned(world: World) -> tuple[str, ActType]:
    motion = world.does(scenes.approval(world), ActType.APPROVAL, "head_of_unit")
    world.does(motion, ActType.RETURN, "prosecutor")
    return "head_of_unit", ActType.APPROVAL


def by_appellate_judge_who_stepped_aside(world: World) -> tuple[str, ActType]:
    motion = scenes.sent_up(world)
    PostFactory(judge=True, organisation=world.case.court.parent)
    world.does(motion, ActType.APPEAL_RECUSAL, "appellate_judge")
    return "appellate_judge", ActType.APPEAL_RECUSAL


def by_counsel_who_is_no_longer(world: World) -> tuple[str, ActType]:
    world.does(scenes.delivered(world), ActType.APPEAL, "defender")
    world.case.counsel.all().delete()
    return "defender", ActType.APPEAL


@pytest.mark.parametrize(
    "lose",
    [
        by_judge_who_was_replaced,
        by_clerk_of_a_court_that_passed_it_on,
        by_head_whose_motion_was_returned,
        by_appellate_judge_who_stepped_aside,
        by_counsel_who_is_no_longer,
    ],
)
def test_whoever_loses_sight_by_an_act_of_another_keeps_his_own(
    world: World, visitor: Visitor, lose: Callable[[World], Any]
) -> None:
    role, act_type = lose(world)
    post = world.posts[role]
    act = Act.objects.get(type=act_type, author=post)
    sees(visitor(post), act)
    after = act.motion.acts.filter(position__gt=act.position, author__isnull=False).exclude(author=post)
    if not queries.find(post, act.motion_id):
        for later in after:
            assert visitor(post).get(f"/acts/{later.pk}/").status_code == 404


def test_what_a_judge_keeps_stands_as_it_stood_when_he_left(world: World, visitor: Visitor) -> None:
    motion = world.assigned("custody")
    other = PostFactory(judge=True, organisation=world.case.court)
    judge = world.posts["judge"]
    motion = world.does(motion, ActType.RECUSAL, "judge")
    world.posts["judge"] = other
    world.act(motion, ActType.PROTOCOL, "judge", world.decision(motion, "sanctioned"))

    kept = signers.get(judge, motion.pk)
    assert (kept.motion.state, kept.motion.outcome, kept.motion.judge) == (State.REGISTERED, "", None)
    decision = motion.acts.get(type=ActType.PROTOCOL)
    assert visitor(judge).get(f"/acts/{decision.pk}/").status_code == 404
    assert bearer(judge).get(f"/api/v1/acts/{decision.pk}/").status_code == 404
    assert bearer(judge).get("/api/v1/motions/?scope=kept").json()["results"][0]["outcome"] == ""


def test_counsel_who_is_no_longer_keeps_his_own_act_alone(world: World, visitor: Visitor) -> None:
    role, act_type = by_counsel_who_is_no_longer(world)
    post = world.posts[role]
    act = Act.objects.get(type=act_type, author=post)
    client = visitor(post)
    assert client.get(f"/acts/{act.pk}/container/").status_code == 404
    for other in act.motion.acts.exclude(pk=act.pk):
        assert client.get(f"/acts/{other.pk}/").status_code == 404
    filed = act.motion.acts.get(type=ActType.MOTION)
    for attached in act.motion.attachments.all():
        assert client.get(f"/acts/{filed.pk}/files/{attached.document.blob_id}/").status_code == 404


def test_a_post_that_has_ended_keeps_nothing(returned: Motion, world: World) -> None:
    post = world.posts["prosecutor"]
    post.valid_to = post.valid_from
    assert not signers.elsewhere(post).exists()
