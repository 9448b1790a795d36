"""An opening is of a version with what has been added to it (P-A1)."""

import importlib
from datetime import timedelta
from io import BytesIO

import pytest
from django.utils import timezone

from ecase.problems import NotAllowed, Problem
from tests.motions.payloads import now_minus
from tests.motions.world import PDF, World
from tests.past_guards import past_guards
from workflows.assignment.models import DutyCall
from workflows.drafting import services as drafting
from workflows.motions import openings, queries
from workflows.motions.models import Motion, Opening
from workflows.motions.services import acting, drafts
from workflows.motions.states import ActType
from workflows.watch.assignment import pass_on_calls

pytestmark = pytest.mark.django_db


def filed_again(world: World, motion: Motion) -> Motion:
    """The motion after its return by the prosecutor, changed by its author and filed as the next version."""
    motion = world.does(motion, ActType.RETURN, "prosecutor")
    field = next(field for field in motion.kind_entry.form.fields if field.type == "long_text")
    author = world.post(motion, "author")
    drafts.save(motion, author, {**motion.payload, field.key: "Енді басқаша жазылды."})
    drafts.attach(motion, author, "other", "doc-01.pdf", BytesIO(PDF + b"doc-01"))
    return signed(world, motion)


def signed(world: World, motion: Motion) -> Motion:
    world.act(motion, ActType.MOTION, "author")
    return world.fresh(motion)


def supplemented(world: World, motion: Motion) -> Motion:
    author = world.post(motion, "author")
    drafts.attach(world.fresh(motion), author, "other", "more.pdf", BytesIO(PDF + b"more"))
    return world.does(motion, ActType.SUPPLEMENT, "author")


def refusal_of(world: World, motion: Motion, act_type: ActType, role: str) -> Problem:
    """Why an officer who does not open the materials again may not prepare the act."""
    post = world.post(motion, role)
    seen = queries.get(post, motion.pk)
    payload = world.decision(seen, "refused") if act_type == ActType.PROTOCOL else world.filled(seen, act_type)
    with pytest.raises(NotAllowed) as refusal:
        acting.prepare(seen, act_type, post, payload)
    [problem] = refusal.value.problems
    return problem


@pytest.mark.parametrize("act_type", [ActType.AGREEMENT, ActType.REFUSAL, ActType.RETURN])
def test_a_second_version_that_was_not_opened_is_neither_agreed_to_nor_refused_nor_returned(
    world: World, act_type: ActType
) -> None:
    motion = filed_again(world, world.filed("custody"))

    problem = refusal_of(world, motion, act_type, "prosecutor")
    assert problem.code == "materials-not-opened"
    assert [(param["type"], param["version"]) for param in problem.params["since"]] == [("motion", 2)]
    assert world.does(motion, act_type, "prosecutor").acts.filter(type=act_type, version=2).exists()


def test_the_head_of_the_body_opens_each_version(world: World) -> None:
    world.case.organisation.kind = "inquiry"
    world.case.organisation.save()
    motion = world.does(world.filed("custody"), ActType.RETURN, "head_of_unit")
    motion = signed(world, motion)

    assert refusal_of(world, motion, ActType.APPROVAL, "head_of_unit").code == "materials-not-opened"


def test_a_judge_who_has_not_opened_a_supplement_does_not_decide(world: World) -> None:
    motion = world.opened(world.assigned("custody"), "judge")
    motion = supplemented(world, motion)

    problem = refusal_of(world, motion, ActType.PROTOCOL, "judge")
    assert [param["type"] for param in problem.params["since"]] == ["supplement"]
    world.act(motion, ActType.PROTOCOL, "judge", world.decision(motion, "refused"))


def test_nor_one_who_has_not_seen_a_corrected_instant(world: World) -> None:
    motion = world.opened(world.assigned("custody"), "judge")
    motion = world.does(motion, ActType.CORRECTION, "author", field="detained_at", value=now_minus(hours=1))

    problem = refusal_of(world, motion, ActType.PROTOCOL, "judge")
    assert [param["type"] for param in problem.params["since"]] == ["correction"]


def test_everything_that_came_is_named_in_order(world: World) -> None:
    motion = world.opened(world.assigned("custody"), "judge")
    for _turn in range(2):
        motion = supplemented(world, motion)
    problem = refusal_of(world, motion, ActType.PROTOCOL, "judge")
    assert len(problem.params["since"]) == 2
    assert str(problem.message).count(str(ActType.SUPPLEMENT.label)) == 2


def test_other_acts_ask_for_no_new_reading(world: World) -> None:
    motion = world.opened(world.assigned("custody"), "judge")
    motion = world.does(motion, ActType.FORMAT_ORDER, "author", format="paper")
    motion = world.does(motion, ActType.FORMAT_ORDER, "author", format="electronic")
    assert openings.has_opened(motion, world.posts["judge"])


def test_what_was_not_shown_yet_is_not_opened(world: World) -> None:
    """The motion was loaded before the supplement was filed, and its opening is recorded after it."""
    motion = world.assigned("custody")
    judge = world.posts["judge"]
    read = queries.get(judge, motion.pk)
    supplemented(world, motion)

    queries.open_materials(read, judge)
    assert not openings.has_opened(world.fresh(motion), judge)


def test_each_version_is_stamped_once(world: World) -> None:
    motion = world.opened(world.filed("custody"), "prosecutor")
    world.opened(motion, "prosecutor")
    motion = filed_again(world, motion)
    world.opened(motion, "prosecutor")
    world.opened(motion, "prosecutor")

    stamped = motion.openings.filter(role="prosecutor").order_by("opened_at")
    assert [opening.version for opening in stamped] == [1, 2]


def test_reading_an_act_or_the_differences_opens_no_version(world: World) -> None:
    motion = filed_again(world, world.filed("custody"))
    post = world.posts["prosecutor"]
    seen = queries.get(post, motion.pk)
    queries.open_act(motion.acts.get(position=1), seen, post)
    queries.open_versions(seen, post)
    assert not openings.has_opened(seen, post)


def test_the_history_tells_which_version_was_opened(world: World) -> None:
    motion = filed_again(world, world.filed("custody"))
    world.opened(motion, "prosecutor")
    name = world.posts["prosecutor"].officer.full_name
    told = [(event.kind, event.version) for event in queries.timeline(motion) if name in event.who]
    assert told == [("opened", 1), ("act", 1), ("opened", 2)]


def test_a_call_for_the_second_version_is_not_answered_by_the_first(world: World) -> None:
    """Calls start again with a new version; an opening of the previous version does not answer them."""
    motion = filed_again(world, world.filed("custody"))
    prosecutor = world.posts["prosecutor"]
    began = timezone.now() - timedelta(hours=1)
    call = DutyCall.objects.create(
        motion=motion,
        organisation=prosecutor.organisation,
        role="prosecutor",
        post=prosecutor,
        position=1,
        began_at=began,
        called_at=began,
        next_at=began,
    )
    pass_on_calls(timezone.now())
    call.refresh_from_db()
    assert call.state == DutyCall.State.EXHAUSTED


def test_a_suggestion_follows_the_reading_of_what_there_is_now(world: World) -> None:
    motion = world.opened(world.assigned("custody"), "judge")
    motion = supplemented(world, motion)
    with pytest.raises(NotAllowed) as refusal:
        drafting.suggest(motion, world.posts["judge"], "sanctioned")
    assert [problem.code for problem in refusal.value.problems] == ["not-opened"]


def test_openings_from_before_belong_to_the_version_of_their_time(world: World) -> None:
    motion = filed_again(world, world.filed("custody"))
    world.opened(motion, "prosecutor")
    queries.open_materials(world.draft("search"), world.posts["investigator"])
    kept = list(Opening.objects.order_by("pk").values_list("pk", "version", "position"))
    assert {(version, position) for _pk, version, position in kept} >= {(1, 0), (1, 1), (2, 3)}
    for pk, _version, position in kept:
        # As they were stored before versions; an officer never had two of them at once.
        with past_guards():
            Opening.objects.filter(pk=pk).update(version=1, position=1000 + pk if position else 0)

    migration = importlib.import_module("workflows.motions.migrations.0008_openings_of_versions")
    with past_guards() as cursor:
        cursor.execute(migration.BELONG)
    assert list(Opening.objects.order_by("pk").values_list("pk", "version", "position")) == kept
