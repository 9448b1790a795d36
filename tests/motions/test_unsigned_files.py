"""Like R-A1: a file that is attached and not yet signed is visible only to the author's side."""

from io import BytesIO
from typing import Any

import pytest

from ecase.officers.models import Post
from tests.api.conftest import call, problem  # noqa: F401 - a fixture
from tests.factories import investigator_of
from tests.motions.conftest import PDF, World
from workflows.motions import queries
from workflows.motions.models import Motion
from workflows.motions.services import drafts
from workflows.motions.states import ActType

pytestmark = pytest.mark.django_db


def reads(world: World, motion: Motion, post: Post) -> bool:
    attached = set(motion.attachments.values_list("document", flat=True))
    assert attached
    return attached <= set(queries.documents(world.case, post).values_list("pk", flat=True))


def test_files_of_a_draft_are_read_by_the_body_alone(world: World) -> None:
    draft = world.draft("search")

    assert reads(world, draft, world.posts["investigator"])
    assert reads(world, draft, investigator_of(world.case))
    assert reads(world, draft, world.posts["head_of_unit"])
    for role in ("prosecutor", "judge", "court_chair", "clerk", "defender"):
        assert not queries.documents(world.case, world.posts[role]).exists(), role


def test_a_file_that_was_taken_off_a_secret_draft_stays_with_whoever_uploaded_it(world: World) -> None:
    """Its name alone would tell the team what is being prepared."""
    draft, author = world.draft("covert_action"), world.posts["investigator"]
    held = drafts.attach(draft, author, "materials", "surveillance.pdf", BytesIO(PDF + b"covert"))
    drafts.detach(world.fresh(draft), author, held.pk)

    assert held.document in queries.documents(world.case, author)
    for post in (investigator_of(world.case), world.posts["head_of_unit"]):
        assert held.document not in queries.documents(world.case, post)


def test_files_that_were_filed_are_read_by_those_to_whom_the_motion_is_open(world: World) -> None:
    motion = world.assigned("search")
    world.posts["judge"] = Post.objects.select_related("officer", "organisation").get(
        officer=motion.judge, role="judge"
    )

    assert reads(world, motion, world.posts["judge"])
    assert not queries.documents(world.case, world.posts["defender"]).exists()


def test_a_supplement_is_read_once_it_is_signed(world: World, call: Any) -> None:  # noqa: F811
    motion = world.assigned("custody")
    author, judge = world.posts["investigator"], world.post(motion, "judge")
    world.does(motion, ActType.MATERIALS_REQUEST, "judge")
    motion = world.fresh(motion)
    held = drafts.attach(motion, author, "materials", "later.pdf", BytesIO(PDF + b"later"))
    address = f"/api/v1/motions/{motion.pk}/documents/"

    assert held in queries.attachments(motion, author)
    assert held not in queries.attachments(motion, judge)
    assert held.document not in queries.documents(world.case, judge)
    listed = call(judge).get(address).json()["attachments"]
    assert held.pk not in [attachment["id"] for attachment in listed]
    problem(call(judge).get(f"{address}{held.pk}/"), 404, "not-found")
    assert call(author).get(f"{address}{held.pk}/").status_code == 200

    world.does(motion, ActType.SUPPLEMENT, "author")
    assert held in queries.attachments(world.fresh(motion), judge)
    assert call(judge).get(f"{address}{held.pk}/").status_code == 200
