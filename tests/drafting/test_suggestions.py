"""The assistant suggests to the judge who has read, names its sources, and keeps what it said."""

import hashlib
from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from ecase.problems import Conflict, Invalid, NotAllowed
from tests.factories import judge_of
from tests.logs import about
from tests.motions.conftest import World
from workflows.drafting import services
from workflows.drafting.models import Suggestion
from workflows.drafting.wording import PARTS, wording
from workflows.motions.models import Motion, Opening

pytestmark = pytest.mark.django_db
SOURCES = {"payload", "norm", "act", "person", "template"}
KINDS = ["custody", "search", "property_arrest"]


def events(motion: Motion, name: str) -> list[bytes]:
    return [bytes(entry.body) for entry in about("motion", motion.pk) if entry.event == name]


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
@pytest.mark.parametrize("kind", KINDS)
def test_every_paragraph_of_every_outcome_has_a_source(
    world: World, pending: Callable[..., Motion], kind: str, language: str
) -> None:
    motion = pending(kind, language)
    for outcome in motion.kind_entry.outcomes:
        made = services.suggest(motion, world.posts["judge"], outcome.key)
        assert {paragraph["part"] for paragraph in made.paragraphs} == set(PARTS)
        for paragraph in made.paragraphs:
            assert paragraph["text"].strip()
            assert "{" not in paragraph["text"]
            assert paragraph["source"]["kind"] in SOURCES
            assert paragraph["source"]["ref"]
            assert paragraph["source"]["label"]


def test_what_is_quoted_stands_in_the_motion(world: World, custody: Motion) -> None:
    made = services.suggest(custody, world.posts["judge"], "sanctioned")
    quoted = {
        paragraph["source"]["ref"]: paragraph["text"]
        for paragraph in made.paragraphs
        if paragraph["source"]["kind"] == "payload"
    }
    assert "payload.offence" in quoted
    assert custody.payload["milder_impossible"].rstrip(".").splitlines()[0] in quoted["payload.milder_impossible"]
    assert str(custody.kind_entry.form.field("grounds").choices[0].label.kk) in quoted["payload.grounds"]  # type: ignore[union-attr]


def test_norms_are_those_of_the_chosen_outcome(world: World, custody: Motion) -> None:
    def norms(outcome: str) -> set[str]:
        made = services.suggest(custody, world.posts["judge"], outcome)
        return {
            paragraph["source"]["ref"]
            for paragraph in made.paragraphs
            if paragraph["part"] == "reasoning" and paragraph["source"]["kind"] == "norm"
        }

    assert "148(8)" in norms("sanctioned") - norms("refused")
    assert "148(13)" in norms("refused") - norms("sanctioned")


def test_acts_and_persons_are_named(world: World, custody: Motion) -> None:
    made = services.suggest(custody, world.posts["judge"], "sanctioned")
    refs = {paragraph["source"]["kind"]: paragraph["source"]["ref"] for paragraph in made.paragraphs}
    person = custody.case.persons.get(pk=refs["person"])
    assert str(person.pk) == custody.payload["suspect"]
    assert {paragraph["source"]["ref"] for paragraph in made.paragraphs if paragraph["source"]["kind"] == "act"} == {
        str(act.pk) for act in custody.acts.filter(type__in=["motion", "agreement"])
    }


def test_the_text_is_the_reasoning_and_carries_its_marks(world: World, custody: Motion) -> None:
    made = services.suggest(custody, world.posts["judge"], "sanctioned")
    assert made.text == "\n\n".join(
        paragraph["text"] for paragraph in made.paragraphs if paragraph["part"] == "reasoning"
    )
    assert made.sha256 == hashlib.sha256(made.text.encode()).hexdigest()
    assert made.template_version == wording("kk").version
    assert made.generated is True
    assert made.engine == "template"


def test_the_chosen_outcome_is_taken_and_never_another(world: World, custody: Motion) -> None:
    granted = services.suggest(custody, world.posts["judge"], "sanctioned")
    refused = services.suggest(custody, world.posts["judge"], "refused")
    assert granted.text != refused.text
    for made, outcome in ((granted, "sanctioned"), (refused, "refused")):
        assert custody.kind_entry.outcome(outcome).label.kk[1:] in made.text.rsplit("\n\n", 1)[1]


def test_the_same_facts_give_the_same_suggestion_once(world: World, custody: Motion) -> None:
    first, again = (services.suggest(custody, world.posts["judge"], "sanctioned") for _ in range(2))
    assert first == again
    assert len(events(custody, "suggestion.made")) == 1
    assert services.latest(custody, world.posts["judge"], "sanctioned") == first
    assert services.latest(custody, world.posts["judge"], "refused") is None


def test_it_is_audited_with_its_digests(world: World, custody: Motion) -> None:
    made = services.suggest(custody, world.posts["judge"], "sanctioned")
    (entry,) = events(custody, "suggestion.made")
    assert made.sha256.encode() in entry
    assert made.inputs_sha256.encode() in entry


def test_nothing_before_the_judge_has_read(world: World) -> None:
    motion = world.assigned("custody")
    assert not Opening.objects.filter(motion=motion, role="judge").exists()
    with pytest.raises(NotAllowed) as refusal:
        services.suggest(motion, world.posts["judge"], "sanctioned")
    assert [problem.code for problem in refusal.value.problems] == ["not-opened"]
    assert len(events(motion, "suggestion.refused")) == 1
    assert not Suggestion.objects.exists()


@pytest.mark.parametrize("role", ["investigator", "prosecutor"])
def test_for_the_judge_only(world: World, custody: Motion, role: str) -> None:
    with pytest.raises(NotAllowed) as refusal:
        services.suggest(custody, world.posts[role], "sanctioned")
    assert [problem.code for problem in refusal.value.problems] == ["not-your-motion"]


def test_not_for_another_judge(world: World, custody: Motion) -> None:
    with pytest.raises(NotAllowed):
        services.suggest(custody, judge_of(world.case), "sanctioned")


def test_an_unknown_outcome_is_invalid(world: World, custody: Motion) -> None:
    with pytest.raises(Invalid) as refusal:
        services.suggest(custody, world.posts["judge"], "acquitted")
    assert refusal.value.problems[0].field == "outcome"


def test_nothing_after_the_decision(world: World) -> None:
    motion = world.decided("search", world.assigned("search").kind_entry.outcomes[0].key)
    with pytest.raises(Conflict):
        services.suggest(motion, world.posts["judge"], motion.outcome)


def test_it_can_be_switched_off(world: World, custody: Motion, settings: Any) -> None:
    settings.ECASE_ASSISTANT = False
    with pytest.raises(NotAllowed) as refusal:
        services.suggest(custody, world.posts["judge"], "sanctioned")
    assert [problem.code for problem in refusal.value.problems] == ["assistant-off"]


def test_a_suggestion_is_kept_verbatim(world: World, custody: Motion) -> None:
    made = services.suggest(custody, world.posts["judge"], "sanctioned")
    with pytest.raises(DatabaseError), transaction.atomic():
        Suggestion.objects.filter(pk=made.pk).update(text="other")
    with pytest.raises(DatabaseError), transaction.atomic():
        Suggestion.objects.filter(pk=made.pk).delete()


def test_a_suggestion_is_marked_or_not_stored(world: World, custody: Motion) -> None:
    made = services.suggest(custody, world.posts["judge"], "sanctioned")
    made.pk, made.generated, made.outcome = None, False, "refused"
    with pytest.raises(IntegrityError), transaction.atomic():
        made.save(force_insert=True)


def test_hostile_text_is_quoted_as_it_is(world: World, pending: Callable[..., Motion]) -> None:
    hostile = "{judge} {0} %s <script>{article.__class__}</script>"
    motion = pending("custody", milder_impossible=hostile)
    assert hostile in services.suggest(motion, world.posts["judge"], "sanctioned").text
