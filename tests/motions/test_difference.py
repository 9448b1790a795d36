"""The differences between two versions of a motion."""

from io import BytesIO

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from tests.motions.conftest import PDF, World
from tests.past_guards import move
from workflows.motions.exports import difference
from workflows.motions.models import Motion
from workflows.motions.services import drafts
from workflows.motions.states import ActType


@pytest.fixture
def returned(world: World) -> Motion:
    """A custody motion that the prosecutor has returned; its first version is filed."""
    motion = world.filed("custody", reasons="Куәларға қоңырау шалған.")
    return world.does(motion, ActType.RETURN, "prosecutor")


def test_a_version_that_nobody_has_touched_is_the_same(world: World, returned: Motion) -> None:
    assert difference.versions(returned) == [1, 2]
    assert difference.between(returned, 1, 2) == []


def test_changed_words_are_named_at_their_field(world: World, returned: Motion) -> None:
    payload = {**returned.payload, "reasons": "Куәларға қайта қоңырау шалған."}
    drafts.save(returned, returned.author, payload)
    with translation.override("en"):
        [change] = difference.between(world.fresh(returned), 1, 2)
    assert change.label == "Why custody is needed"
    assert [segment.text.strip() for segment in change.segments if segment.mark == "added"] == ["қайта"]
    assert not [segment for segment in change.segments if segment.mark == "removed"]


def test_what_is_signed_again_is_compared_as_signed(world: World, returned: Motion) -> None:
    drafts.save(returned, returned.author, {**returned.payload, "reasons": "Басқа уәж."})
    motion = world.fresh(returned)
    world.act(motion, ActType.MOTION, "author")
    assert [change.after for change in difference.between(world.fresh(motion), 1, 2)] == ["Басқа уәж."]
    assert [change.before for change in difference.between(world.fresh(motion), 2, 1)] == ["Басқа уәж."]


def test_choices_and_persons_are_told_in_words(world: World, returned: Motion) -> None:
    drafts.save(returned, returned.author, {**returned.payload, "grounds": ["obstruct"]})
    grounds = returned.kind_entry.form.field("grounds")
    assert grounds
    with translation.override("en"):
        [change] = difference.between(world.fresh(returned), 1, 2)
        labels = {str(choice.label) for choice in grounds.choices}
    assert {change.before, change.after} <= labels


def test_attachments_that_came_and_went_are_named(world: World, returned: Motion) -> None:
    first = returned.attachments.get(position=1)
    drafts.detach(returned, returned.author, first.pk)
    drafts.attach(returned, returned.author, first.requirement, "жаңа.pdf", BytesIO(PDF + b"new"))
    with translation.override("en"):
        removed, added = difference.between(world.fresh(returned), 1, 2)
    assert (removed.label, removed.before, removed.after) == ("Attachment removed", first.document.name, "")
    assert (added.label, added.before, added.after) == ("Attachment added", "", "жаңа.pdf")


def test_rows_of_a_list_are_compared_as_lines(world: World) -> None:
    motion = world.draft("property_arrest")
    field = next(field for field in motion.kind_entry.form.fields if field.type == "list")
    row = motion.payload[field.key][0]
    world.act(motion, ActType.MOTION, "author")
    move(motion, state="returned", version=2, payload={**motion.payload, field.key: [row, row]})
    [change] = difference.between(world.fresh(motion), 1, 2)
    assert change.after.splitlines() == [change.before] * 2


def test_a_version_that_never_was_is_not_made_up(world: World, returned: Motion) -> None:
    with pytest.raises(KeyError):
        difference.between(returned, 1, 7)


@given(st.text("ab \n", max_size=40), st.text("ab \n", max_size=40))
def test_segments_give_both_texts_back(before: str, after: str) -> None:
    found = difference.segments(before, after)
    assert "".join(segment.text for segment in found if segment.mark != "added") == before
    assert "".join(segment.text for segment in found if segment.mark != "removed") == after


def test_a_new_phrase_is_not_cut_into_words() -> None:
    found = difference.segments("Күдікті жасырынуы мүмкін.", "Күдікті куәларға қысым көрсетті.")
    assert [(segment.mark, segment.text) for segment in found] == [
        ("same", "Күдікті "),
        ("removed", "жасырынуы мүмкін."),
        ("added", "куәларға қысым көрсетті."),
    ]
