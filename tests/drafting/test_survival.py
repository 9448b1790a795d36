"""G-A1 to G-A3: which suggestion a decision was made from is checked, counted by whose words, and on the paper."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader

from ecase.problems import Invalid
from tests.factories import judge_of
from tests.motions.conftest import World
from workflows.drafting import services, tasks
from workflows.drafting.differences import NORM, OWN, QUOTED, count_kept, differences
from workflows.drafting.models import Survival
from workflows.motions.models import Act, Motion
from workflows.motions.rules import suggestions as port
from workflows.motions.services import acting

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
    assert count_kept([(OWN, TEXT)], signed).share == pytest.approx(share, abs=0.005)


def test_nothing_suggested_is_nothing_survived() -> None:
    assert count_kept([], "anything").share == 0.0
    assert count_kept([(OWN, "екі сөз")], "екі сөз").share == 1.0


def test_differences_read_in_order() -> None:
    assert differences("a b c", "a x c") == [("equal", "a "), ("delete", "b"), ("insert", "x"), ("equal", " c")]


@given(st.text(max_size=60), st.text(max_size=60))
def test_both_texts_can_be_put_together_again(suggested: str, signed: str) -> None:
    found = differences(suggested, signed)
    assert "".join(text for operation, text in found if operation != "insert") == suggested
    assert "".join(text for operation, text in found if operation != "delete") == signed


@given(st.text(max_size=60), st.text(max_size=60))
def test_a_share_is_a_share(suggested: str, signed: str) -> None:
    assert 0.0 <= count_kept([(OWN, suggested)], signed).share <= 1.0


def test_g_a3_only_own_words_count_as_kept() -> None:
    motion = "подозреваемый скроется, так как готовил документы на выезд"
    pieces = [(OWN, "Следователь обосновывает необходимость меры так: "), (QUOTED, f"«{motion}»"), (OWN, ".")]
    both_quote = count_kept(pieces, f"Суд проверил довод о том, что {motion}, и не согласен с ним.")
    assert both_quote.share == 0.0
    assert both_quote.kept[QUOTED] == both_quote.words[QUOTED] == 8
    norm = [(NORM, "часть 7-1 статьи 148 УПК"), (OWN, ": ")]
    assert count_kept(norm, "часть 7-1 статьи 148 УПК").as_numbers() == {
        **{f"{of}_{name}": 0 for of in (OWN, QUOTED) for name in ("words", "kept")},
        "norm_words": 5,
        "norm_kept": 5,
    }


def test_g_a3_moved_words_were_kept_and_counting_takes_linear_time() -> None:
    first, second = "Суд изучил все материалы дела.", "Срок исчисляется с момента задержания."
    assert count_kept([(OWN, f"{first} {second}")], f"{second} {first}").share == 1.0
    # Quadratic counting would take hours.
    assert count_kept([(OWN, "а " * 200_000)], "а " * 200_000).share == 1.0


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
    assert survival.used
    assert survival.share == 1.0
    assert survival.quoted_kept == survival.quoted_words > survival.own_words > 0
    assert survival.norm_kept == survival.norm_words > 0
    assert ("insert", "Судьяның") in [
        (operation, text.strip().split(" ")[0]) for operation, text in differences(made.text, act.payload["reasons"])
    ]


@pytest.mark.django_db
def test_g_a3_what_the_judge_quotes_himself_is_not_the_assistants(world: World, custody: Motion) -> None:
    made = services.suggest(custody, world.posts["judge"], "sanctioned")
    decide(world, custody, reasons=f"Тергеуші былай дейді: {custody.payload['reasons']} Сот бұған көз жеткізді.")
    assert tasks.measure() == 1
    survival = Survival.objects.get(suggestion=made)
    assert (survival.share, survival.own_kept, survival.used) == (0.0, 0, False)
    assert survival.quoted_kept > 0


@pytest.mark.django_db
def test_g_a2_every_suggestion_that_was_shown_is_compared_used_or_not(world: World, custody: Motion) -> None:
    used, other = (services.suggest(custody, world.posts["judge"], key) for key in ("sanctioned", "refused"))
    decide(world, custody, suggestion=str(used.pk), reasons=used.text)
    assert tasks.measure() == 2
    assert dict(Survival.objects.values_list("suggestion", "used")) == {used.pk: True, other.pk: False}


@pytest.mark.django_db
def test_g_a2_a_text_pasted_without_the_id_is_measured_and_named(world: World, custody: Motion) -> None:
    made = services.suggest(custody, world.posts["judge"], "sanctioned")
    act = decide(world, custody, reasons=made.text)
    tasks.measure()
    survival = Survival.objects.get()
    assert (survival.used, survival.share) == (False, 1.0)
    assert f"suggestion-id:{made.pk}" in metadata(act)


@pytest.mark.django_db
@pytest.mark.parametrize("named", ["nonsense", "00000000-0000-4000-8000-000000000000", "\x00", '{"a": 1}'])
def test_g_a2_an_id_that_is_none_is_refused(world: World, custody: Motion, named: str) -> None:
    refused(world, custody, suggestion=named)


@pytest.mark.django_db
def test_g_a2_an_id_without_an_outcome_is_answered(world: World, custody: Motion) -> None:
    with pytest.raises(Invalid) as refusal:
        acting.prepare(custody, "protocol", world.posts["judge"], {"suggestion": "x"})
    assert {problem.field for problem in refusal.value.problems} >= {"payload.outcome", "payload.suggestion"}


@pytest.mark.django_db
def test_g_a2_the_suggestion_of_another_outcome_motion_or_judge_is_refused(
    world: World, custody: Motion, pending: Callable[..., Motion]
) -> None:
    refused(world, custody, suggestion=str(services.suggest(custody, world.posts["judge"], "refused").pk))
    elsewhere = services.suggest(pending("custody"), world.posts["judge"], "sanctioned")
    refused(world, custody, suggestion=str(elsewhere.pk))
    own = services.suggest(custody, world.posts["judge"], "sanctioned")
    own.pk, own.post = None, judge_of(world.case)
    own.save(force_insert=True)
    refused(world, custody, suggestion=str(own.pk))


@pytest.mark.django_db
def test_g_a2_nobody_fills_the_port_and_every_id_is_refused(
    world: World, custody: Motion, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = services.suggest(custody, world.posts["judge"], "sanctioned")
    monkeypatch.setattr(port, "_port", [])
    refused(world, custody, suggestion=str(made.pk))
    assert decide(world, custody)


@pytest.mark.django_db
def test_g_a2_a_sentence_that_stands_unconfirmed_is_not_signed(
    world: World, custody: Motion, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = services.suggest(custody, world.posts["judge"], "sanctioned")
    monkeypatch.setattr(type(port._port[0]), "unconfirmed", lambda *_: ["Он сознался."])
    problems = refused(world, custody, "suggestion-unconfirmed", suggestion=str(made.pk))
    assert problems[0].params == {"sentences": ["Он сознался."]}


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_g_a1_the_paper_and_its_metadata_name_the_use(
    world: World, pending: Callable[..., Motion], language: str
) -> None:
    motion = pending("custody", language)
    made = services.suggest(motion, world.posts["judge"], "sanctioned")
    act = decide(world, motion, suggestion=str(made.pk), reasons=made.text)
    engine = f"template {made.template_version}"
    assert {f"suggestion-engine:{engine}", f"suggestion-id:{made.pk}", "suggestion-kept:1.00"} <= set(metadata(act))
    text = "".join("".join(page.extract_text() for page in reader(act).pages).split())
    assert engine.replace(" ", "") in text.replace("-", "-")
    assert "100%" in text


@pytest.mark.django_db
def test_g_a1_a_paper_without_a_suggestion_names_none(world: World, custody: Motion) -> None:
    services.suggest(custody, world.posts["judge"], "sanctioned")
    act = decide(world, custody, reasons="Мүлдем өзгеше уәж.")
    assert not [mark for mark in metadata(act) if mark.startswith("suggestion")]


@pytest.mark.django_db
def test_a_survival_is_never_changed(world: World, custody: Motion) -> None:
    made = services.suggest(custody, world.posts["judge"], "sanctioned")
    decide(world, custody, suggestion=str(made.pk), reasons=made.text)
    tasks.measure()
    with pytest.raises(DatabaseError), transaction.atomic():
        Survival.objects.update(share=0.5)


def refused(world: World, motion: Motion, code: str = "suggestion", **changes: Any) -> Any:
    """The problems of a decision with these changes, which is not prepared."""
    payload = {**world.decision(motion, "sanctioned"), **changes}
    act_type = motion.kind_entry.outcome("sanctioned").output
    with pytest.raises(Invalid) as refusal:
        acting.prepare(motion, act_type, world.posts["judge"], payload)
    assert [(problem.code, problem.field) for problem in refusal.value.problems] == [(code, "payload.suggestion")]
    return refusal.value.problems


def reader(act: Act) -> PdfReader:
    from ecase.cases import integrity

    assert act.pdf
    with integrity.open_intact(act.pdf_id) as stream:
        return PdfReader(BytesIO(stream.read()))


def metadata(act: Act) -> list[str]:
    found = reader(act).metadata
    assert found is not None
    return [word.strip() for word in str(found["/Keywords"]).split(",")]
