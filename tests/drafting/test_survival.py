"""How much of a suggestion was signed: measured once, shown word by word."""

from typing import Any

import pytest
from django.db import DatabaseError, transaction
from hypothesis import given
from hypothesis import strategies as st

from tests.motions.conftest import World
from workflows.drafting import services, tasks
from workflows.drafting.differences import differences, survived
from workflows.drafting.models import Survival
from workflows.motions.models import Act, Motion

TEXT = "Сот күдіктің негізділігін тексерді және материалдармен расталған деп тапты"


@pytest.mark.parametrize(
    ("signed", "share"),
    [
        (TEXT, 1.0),
        (TEXT.upper() + " қосымша сөздер", 1.0),
        ("", 0.0),
        ("мүлдем басқа мәтін және деп", 0.0),
        ("Сот күдіктің негізділігін тексерді", 4 / 9),
    ],
)
def test_the_share_of_words(signed: str, share: float) -> None:
    assert survived(TEXT, signed) == pytest.approx(share, abs=0.005)


def test_nothing_suggested_is_nothing_survived() -> None:
    assert survived("", "anything") == 0.0
    assert survived("екі сөз", "екі сөз") == 1.0


def test_differences_read_in_order() -> None:
    assert differences("a b c", "a x c") == [("equal", "a "), ("delete", "b"), ("insert", "x"), ("equal", " c")]


@given(st.text(max_size=60), st.text(max_size=60))
def test_both_texts_can_be_put_together_again(suggested: str, signed: str) -> None:
    found = differences(suggested, signed)
    assert "".join(text for operation, text in found if operation != "insert") == suggested
    assert "".join(text for operation, text in found if operation != "delete") == signed


@given(st.text(max_size=60), st.text(max_size=60))
def test_a_share_is_a_share(suggested: str, signed: str) -> None:
    assert 0.0 <= survived(suggested, signed) <= 1.0


def decide(world: World, motion: Motion, **changes: Any) -> Act:
    payload = {**world.decision(motion, "sanctioned"), **changes}
    return world.act(motion, motion.kind_entry.outcome("sanctioned").output, "judge", payload)


@pytest.mark.django_db
def test_a_decision_is_measured_once(world: World, custody: Motion) -> None:
    made = services.suggest(custody, world.posts["judge"], "sanctioned")
    act = decide(world, custody, suggestion=str(made.pk), reasons=f"{made.text}\n\nСудьяның өз сөзі.")
    assert tasks.measure() == 1
    assert tasks.measure() == 0
    survival = Survival.objects.get(act=act)
    assert survival.suggestion == made
    assert survival.share == 1.0
    assert ("insert", "Судьяның") in [
        (operation, text.strip().split(" ")[0])
        for operation, text in services.differences(made, act.payload["reasons"])
    ]


@pytest.mark.django_db
def test_what_the_judge_threw_away_counts_as_lost(world: World, custody: Motion) -> None:
    made = services.suggest(custody, world.posts["judge"], "sanctioned")
    decide(world, custody, suggestion=str(made.pk), reasons="Мүлдем өзгеше уәж.", milder_impossible="Өз пікірім.",
           suspicion_checked="Тексерілді.", bail_reasons="Жоқ.", violence_claim="Жоқ.")  # fmt: skip
    tasks.measure()
    assert Survival.objects.get().share < 0.2


@pytest.mark.django_db
@pytest.mark.parametrize("named", [None, "not-a-uuid", "00000000-0000-4000-8000-000000000000"])
def test_a_decision_without_a_suggestion_is_left_alone(world: World, custody: Motion, named: str | None) -> None:
    decide(world, custody, **({"suggestion": named} if named else {}))
    assert tasks.measure() == 0
    assert not Survival.objects.exists()


@pytest.mark.django_db
def test_a_survival_is_never_changed(world: World, custody: Motion) -> None:
    made = services.suggest(custody, world.posts["judge"], "sanctioned")
    decide(world, custody, suggestion=str(made.pk), reasons=made.text)
    tasks.measure()
    with pytest.raises(DatabaseError), transaction.atomic():
        Survival.objects.update(share=0.5)
