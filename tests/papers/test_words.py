"""The three wordings say the same things, and every sentence names only facts that there are."""

from datetime import UTC, date, datetime
from string import Formatter
from typing import Any

import pytest

from ecase.cases.models import Person
from ecase.officers.models import Role
from tests.papers.conftest import make
from workflows.motions.states import ActType
from workflows.papers.composition import _COMPOSERS, Letter
from workflows.papers.wording import words


def shape(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: shape(part) for key, part in value.items()}
    return len(value) if isinstance(value, list) else type(value)


@pytest.mark.parametrize("part", ["acts", "labels", "signature", "act_names", "capacities", "verbs"])
def test_the_three_languages_have_the_same_keys(part: str) -> None:
    kazakh, russian, english = (shape(words(language).data[part]) for language in ("kk", "ru", "en"))
    assert kazakh == russian == english


def test_an_act_has_one_layout_in_every_language() -> None:
    layouts = [
        {name: act["layout"] for name, act in words(language).data["acts"].items()} for language in ("kk", "ru", "en")
    ]
    assert layouts[0] == layouts[1] == layouts[2]
    assert set(layouts[0].values()) == set(_COMPOSERS)


def test_there_is_a_paper_for_every_act() -> None:
    assert set(ActType.values) == set(words("kk").data["acts"]) == set(words("kk").data["act_names"])


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_everybody_who_signs_or_is_named_has_a_word(language: str) -> None:
    said = words(language).data
    assert set(said["capacities"]) == set(Person.Capacity.values)
    assert set(Role.values) - set(said["roles"]) == {Role.AUDITOR, Role.ADMINISTRATOR}


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
@pytest.mark.parametrize("template", sorted(ActType.values))
def test_sentences_name_known_facts(template: str, language: str) -> None:
    letter = Letter(make(template, language))
    for sentence in strings(letter.act):
        assert {name for _, name, _, _ in Formatter().parse(sentence) if name} <= set(letter.values)


def strings(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for part in value.values() for text in strings(part)]
    return [text for part in value for text in strings(part)] if isinstance(value, (list, tuple)) else [value]


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("kk", "2026 жылғы 1 қаңтар, сағат 00:30"),
        ("ru", "1 января 2026 года в 00:30"),
        ("en", "1 January 2026 at 00:30"),
    ],
)
def test_instants_are_told_in_local_time(language: str, expected: str) -> None:
    told = words(language).instant(datetime(2025, 12, 31, 19, 30, tzinfo=UTC))
    assert told.replace("\N{NO-BREAK SPACE}", " ") == expected


def test_kazakh_dates_take_the_locative() -> None:
    assert words("kk").date(date(2026, 11, 21), "date_in").endswith("қарашада")


@pytest.mark.parametrize(
    ("count", "expected"), [(0, "0 Б"), (999, "999 Б"), (1_234_567, "1,2 МБ"), (5 * 10**12, "5000,0 ГБ")]
)
def test_sizes(count: int, expected: str) -> None:
    assert words("ru").size(count).replace("\N{NO-BREAK SPACE}", " ") == expected


def test_one_article_and_several() -> None:
    assert words("ru").cite("basis", "147") == "статьёй 147"
    assert words("ru").cite("basis", "147, 148") == "статьями 147, 148"
    assert words("kk").cite("basis", "148(7)") == "148-бабының 7-бөлігін"
    assert words("kk").article("147, 148") == "ҚПК 147, 148-баптары"
    assert words("ru").outcome_article("") == ""


@pytest.mark.parametrize(
    ("language", "article", "cited"),
    [
        ("ru", "148(7-1)", "часть 7-1 статьи 148 УПК"),
        ("ru", "589-1", "статья 589-1 УПК"),
        ("ru", "107(1)(8)", "пункт 8) части 1 статьи 107 УПК"),
        ("ru", "161(9)-(10)", "части 9–10 статьи 161 УПК"),
        ("ru", "147(1)(4)-(5)", "пункты 4–5) части 1 статьи 147 УПК"),
        ("ru", "220(14), 254(3)", "часть 14 статьи 220, часть 3 статьи 254 УПК"),
        ("ru", "55(1)(5-2), 147, 148", "пункт 5-2) части 1 статьи 55, статьи 147, 148 УПК"),
        ("kk", "148(7-1)", "ҚПК 148-бабының 7-1-бөлігі"),
        ("kk", "107(1)(8)", "ҚПК 107-бабы 1-бөлігінің 8) тармағы"),
        ("kk", "161(9)-(10)", "ҚПК 161-бабының 9–10-бөліктері"),
        ("kk", "148(3), 148(7-1)", "ҚПК 148-бабының 3-бөлігі, 148-бабының 7-1-бөлігі"),
        ("en", "148(7-1)", "Article 148(7-1) CPC"),
        ("en", "220(14), 254(3)", "Articles 220(14), 254(3) CPC"),
    ],
)
def test_g_a8_an_article_is_cited_with_its_part(language: str, article: str, cited: str) -> None:
    assert words(language).article(article) == cited


def test_g_a8_a_ruling_rests_on_parts_of_articles() -> None:
    assert words("ru").cite("basis", "55(1)(1), 136, 138") == "пунктом 1) части 1 статьи 55, статьями 136, 138"
    assert words("ru").outcome_article("148(7)") == (
        " (часть 7 статьи 148 Уголовно-процессуального кодекса Республики Казахстан)"
    )


def test_another_act_is_not_cited_as_an_article() -> None:
    assert words("ru").article("76-НП") == "76-НП"


def test_periods_as_far_as_known() -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    assert words("en").period(None, None) == ""
    assert words("en").period(at, None).startswith("from ")
    assert words("en").period(None, at).startswith("until ")
