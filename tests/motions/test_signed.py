"""O-F2: what is shown, printed and acted on is what was signed; a row that differs is refused and named."""

from typing import Any

import pytest
from django.utils import timezone

from ecase.audit.models import Entry
from ecase.cases.integrity import RowAltered
from tests.motions.world import World
from tests.past_guards import past_guards
from workflows.motions import queries, signed
from workflows.motions.exports import motion_pdf
from workflows.motions.locking import lock
from workflows.motions.models import Act, Motion
from workflows.motions.rules import prefill
from workflows.motions.services import acting, drafts
from workflows.motions.states import ActType

pytestmark = pytest.mark.django_db


def alter(motion: Motion, **columns: Any) -> None:
    with past_guards():
        assert Motion.objects.filter(pk=motion.pk).update(**columns) == 1


def incidents(motion: Motion) -> list[tuple[str, str]]:
    """The altered rows in the log: row and column."""
    found = [entry.content for entry in Entry.objects.filter(chain=motion.chain).order_by("pk")]
    return [(entry["subject"]["row"], entry["data"]["column"]) for entry in found if entry["event"] == "row.altered"]


@pytest.fixture
def motion(world: World) -> Motion:
    return world.assigned("custody")


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("payload", {"offence": "changed"}),
        ("valid_until", timezone.now()),
        ("outcome", "sanctioned"),
        ("judge", None),
        ("number", "1-1-1"),
        ("state", "hearing"),
        ("version", 9),
    ],
)
def test_an_altered_row_is_not_shown_and_everything_else_is(
    motion: Motion, world: World, column: str, value: Any
) -> None:
    other, post = world.assigned("search"), world.posts["prosecutor"]
    alter(motion, **{column: value})
    with pytest.raises(RowAltered) as refused:
        queries.get(post, motion.pk)
    name = {"judge": "judge_id"}.get(column, column)
    assert [problem.params["column"] for problem in refused.value.problems] == [name]
    assert incidents(motion) == [(f"motions_motion {motion.pk}", name)]
    assert queries.get(post, other.pk) == other


def test_no_act_is_performed_on_it(motion: Motion, world: World) -> None:
    alter(motion, payload={**motion.payload, "offence": "changed"})
    with pytest.raises(RowAltered):
        lock(motion)


def test_a_signature_that_comes_after_the_alteration_is_refused_and_logged(motion: Motion, world: World) -> None:
    post = world.posts["judge"]
    world.opened(motion, "judge")
    payload = world.filled(motion, ActType.HEARING_ORDER)
    prepared = acting.prepare(queries.get(post, motion.pk), ActType.HEARING_ORDER, post, payload)
    alter(motion, payload={**motion.payload, "offence": "changed"})
    with pytest.raises(RowAltered):
        acting.perform(prepared, world.keys.sign(post, bytes(prepared.act_json)), post)
    assert incidents(motion) == [(f"motions_motion {motion.pk}", "payload")]
    assert not motion.acts.filter(type=ActType.HEARING_ORDER).exists()


def test_it_is_not_printed(motion: Motion, world: World) -> None:
    alter(motion, number="1-1-1")
    with pytest.raises(RowAltered):
        motion_pdf.render(world.fresh(motion), world.posts["judge"])


def test_nothing_is_taken_over_from_it(motion: Motion, world: World) -> None:
    draft = world.draft("search")
    alter(motion, decided_at=timezone.now())
    draft.earlier = world.fresh(motion)
    with pytest.raises(RowAltered):
        prefill.of_earlier(draft)


def test_a_correction_is_part_of_the_statement_in_force(world: World) -> None:
    motion = world.filed("custody")
    field = next(
        field for field in motion.kind_entry.form.fields if field.type == "instant" and motion.payload.get(field.key)
    )
    value = timezone.now().replace(microsecond=0).isoformat()
    world.act(motion, ActType.CORRECTION, "author", {"field": field.key, "value": value, "reasons": "Қате."})
    motion = world.fresh(motion)
    assert signed.statement(motion)[field.key] == value
    alter(motion, payload={**motion.payload, field.key: "2020-01-01T00:00:00+05:00"})
    with pytest.raises(RowAltered):
        signed.statement(world.fresh(motion))


def test_a_draft_says_what_was_typed_and_a_returned_motion_too(world: World) -> None:
    draft = world.draft("custody")
    assert signed.statement(draft) == draft.payload
    motion = world.does(world.filed("custody"), ActType.RETURN, "prosecutor")
    saved = drafts.save(motion, motion.author, {**motion.payload, "reasons": "Басқа."})
    assert signed.statement(saved)["reasons"] == "Басқа."


def test_an_act_whose_row_differs_from_its_bytes_is_not_read(motion: Motion) -> None:
    act = motion.acts.get(type=ActType.MOTION)
    assert act.stated["payload"] == act.payload
    with past_guards():
        Act.objects.filter(pk=act.pk).update(payload={"offence": "changed"})
    with pytest.raises(RowAltered):
        _ = Act.objects.get(pk=act.pk).stated
