"""G-A7, G-A8: a suggestion says whose words it repeats, weighs nothing, calls itself a template and speaks plainly."""

import re
from collections.abc import Callable, Iterator

import pytest

from tests.motions.conftest import World
from workflows.drafting import services
from workflows.drafting.models import Suggestion
from workflows.motions.models import Motion

pytestmark = pytest.mark.django_db
KINDS = [("custody", "kk"), ("search", "ru"), ("property_arrest", "en"), ("complaint", "ru")]
LANGUAGES = ["kk", "ru", "en"]
MARKS = {"kk": "«»", "ru": "«»", "en": "“”"}
RUN = 6


def suggested(world: World, motion: Motion, outcome: str = "") -> Suggestion:
    return services.suggest(motion, world.posts["judge"], outcome or motion.kind_entry.outcomes[0].key)


def written(motion: Motion) -> Iterator[str]:
    """All free text of the motion."""
    for field in motion.kind_entry.form.fields:
        if field.type in ("text", "long_text") and field.key != "qualification":
            yield str(motion.payload.get(field.key) or "")


def unquoted(text: str, language: str) -> str:
    opened, closed = MARKS[language]
    return re.sub(f"{opened}[^{opened}{closed}]*{closed}", " … ", text)


@pytest.mark.parametrize(("kind", "language"), KINDS)
def test_g_a7_no_words_of_a_party_stand_outside_quotation_marks(
    world: World, pending: Callable[..., Motion], kind: str, language: str
) -> None:
    motion = pending(kind, language)
    for outcome in motion.kind_entry.outcomes:
        paragraphs = suggested(world, motion, outcome.key).paragraphs
        said = " ".join(unquoted(" ".join(each["text"] for each in paragraphs), language).split())
        for value in written(motion):
            words = value.split()
            runs = [" ".join(words[at : at + RUN]) for at in range(len(words) - RUN + 1)]
            assert not [run for run in runs if run in said]


@pytest.mark.parametrize("language", LANGUAGES)
def test_g_a7_every_quotation_names_its_author(world: World, pending: Callable[..., Motion], language: str) -> None:
    motion = pending("custody", language)
    surname = motion.author.officer.surname
    for paragraph in suggested(world, motion).paragraphs:
        if paragraph["source"]["kind"] == "payload":
            assert surname in paragraph["text"]


def test_g_a7_a_value_cannot_end_its_own_quotation(world: World, pending: Callable[..., Motion]) -> None:
    motion = pending("custody", "ru", reasons="Скроется». Судья с этим согласен. Он «установил» это\nи второй абзац.")
    text = next(
        paragraph["text"]
        for paragraph in suggested(world, motion).paragraphs
        if paragraph["source"]["ref"] == "payload.reasons"
    )
    assert text.count("«") == text.count("»") == 1
    assert text.endswith("и второй абзац».")
    assert "\n" not in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_g_a7_the_conclusion_states_the_outcome_and_weighs_nothing(
    world: World, pending: Callable[..., Motion], language: str
) -> None:
    motion = pending("custody", language)
    said = {key: suggested(world, motion, key).text.rsplit("\n\n", 1)[1] for key in ("sanctioned", "refused")}
    frames = {
        conclusion.replace(motion.kind_entry.outcome(key).label.in_(language)[1:], "")[:-2]
        for key, conclusion in said.items()
    }
    assert len({frame[:30] for frame in frames}) == 1
    for word in ("достаточн", "недостаточн", "отвеча", "жеткілік", "сай келеді", "suffic", "meet the requirements"):
        assert word not in said["sanctioned"] + said["refused"]


@pytest.mark.parametrize(("language", "word"), [("kk", "үлгі"), ("ru", "шаблон"), ("en", "template")])
def test_g_a7_the_label_says_template(world: World, pending: Callable[..., Motion], language: str, word: str) -> None:
    label = suggested(world, pending("search", language)).label.casefold()
    assert word in label
    assert not re.search("интеллект|intelligence", label)


@pytest.mark.parametrize("language", LANGUAGES)
def test_g_a8_what_the_form_leaves_open_or_denies_is_not_recited(
    world: World, pending: Callable[..., Motion], language: str
) -> None:
    motion = pending("custody", language, minor=False, economic=True, economic_exception="listed_article")
    quoted = {
        paragraph["source"]["ref"].removeprefix("payload."): paragraph["text"]
        for paragraph in suggested(world, motion).paragraphs
        if paragraph["source"]["kind"] == "payload"
    }
    assert "minor" not in quoted
    label = motion.kind_entry.form.field("economic").label.in_(language)  # type: ignore[union-attr]
    assert quoted["economic"].endswith(f": {label}.")


@pytest.mark.parametrize(("language", "term"), [("kk", ": 3 тәулік."), ("ru", ": 3 суток."), ("en", ": 3 days.")])
def test_g_a8_terms_are_written_out(world: World, pending: Callable[..., Motion], language: str, term: str) -> None:
    operative = [each["text"] for each in suggested(world, pending("search", language)).paragraphs]
    assert any(term in text for text in operative)


def test_g_a8_attachments_are_named_by_what_they_are(world: World, pending: Callable[..., Motion]) -> None:
    motion = pending("custody", "ru")
    text = " ".join(paragraph["text"] for paragraph in suggested(world, motion).paragraphs)
    assert ".pdf" not in text
    required = {entry.key: entry.label.in_("ru") for entry in motion.kind_entry.attachments}
    for key in motion.attachments.values_list("requirement", flat=True):
        assert required[key] in text


@pytest.mark.parametrize(
    ("language", "cited"), [("kk", "ҚПК 148-бабының 7-1-бөлігі: "), ("ru", "Часть 7-1 статьи 148 УПК: в ")]
)
def test_g_a8_articles_are_cited_as_the_language_does(
    world: World, pending: Callable[..., Motion], language: str, cited: str
) -> None:
    text = suggested(world, pending("custody", language), "sanctioned").text
    assert cited in text
    assert "148(7-1)" not in text


def norms(world: World, motion: Motion, outcome: str) -> list[str]:
    paragraphs = suggested(world, motion, outcome).paragraphs
    return [
        each["source"]["ref"] for each in paragraphs if each["part"] == "reasoning" and each["source"]["kind"] == "norm"
    ]


def test_g_a4_norms_on_minors_and_on_unqualified_acts_are_for_them_alone(
    world: World, pending: Callable[..., Motion]
) -> None:
    adult = norms(world, pending("custody", minor=False, before_qualification=False), "sanctioned")
    assert not {"541", "139"} & set(adult)
    minor = norms(
        world,
        pending("custody", minor=True, gravity="grave", before_qualification=True, qualification_term="d10"),
        "sanctioned",
    )
    assert minor.count("541") == minor.count("139") == 1


def test_g_a4_who_moves_for_bail_is_no_reason_to_refuse_it(world: World, pending: Callable[..., Motion]) -> None:
    motion = pending("bail")
    assert "145(2)" in norms(world, motion, "sanctioned")
    assert "145(2)" not in norms(world, motion, "refused")


def test_g_a5_no_article_stands_twice(world: World, pending: Callable[..., Motion]) -> None:
    for kind in ("complaint", "deposition", "monetary_penalty"):
        motion = pending(kind)
        for outcome in motion.kind_entry.outcomes:
            found = norms(world, motion, outcome.key)
            assert len(found) == len(set(found))
